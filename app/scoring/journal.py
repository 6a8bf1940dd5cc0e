"""Where the sums stand: in cells, and in a journal of the interviews that have come or gone since.

Whoever changes sums enters these interviews into the journal, in the transaction of the change. Entries are only ever
added, so that transactions beside each other need not wait. When there is much in the journal, one of them folds it
into the cells that it belongs to. Cells and entries of one moment are exact.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from typing import Any, TypeVar

import orjson
from sqlalchemy import BindParameter, Dialect, bindparam, delete, func, select, text
from sqlalchemy.sql.base import Executable
from sqlmodel import Session

from app.database import Ready, ReadyQuery, ReadyRows, as_uuid, insert_into, made_once, table_of
from app.scoring.interviews import Row
from app.scoring.layout import Layout
from app.scoring.layouts import Place, layouts
from app.scoring.tables import ScoreCell, ScoreEntry
from app.scoring.tally import Change, Key, Tally, apply

MOST_BYTES = 700_000
"""How much may stand in the journal: some 2,500 interviews with forty scores. Readers of scores read all of it,
in a fifth of the time that the scores themselves take."""

Line = tuple[int, str | None, str | None, bool, bool, orjson.Fragment]
"""What `Change.of` takes, in place of whose last two stands the `Content` that holds them, dumped."""

AllTallies = dict[Place, dict[Key, Tally]]

T = TypeVar("T")

_LOCK = 0x7365_6C73
TRY_LOCK = text(f"SELECT pg_try_advisory_xact_lock({_LOCK})")
WAIT_FOR_LOCK = text(f"SELECT pg_advisory_xact_lock({_LOCK})")
ALONE = text("LOCK TABLE score_entry IN EXCLUSIVE MODE")


def enter(session: Session, lines: Iterable[tuple[Place, Line]]) -> None:
    """Change the sums."""
    statement, journal_bytes = _statements(session).enter, 0
    for place, own in sorted(by_place(lines).items()):
        content = orjson.dumps(own)
        values = {
            "of_framework": place[0],
            "of_version": place[1],
            "changes": content.decode(),
            "own_bytes": len(content),
        }
        journal_bytes = statement.run(session, values).scalar_one()
    if journal_bytes > MOST_BYTES:
        fold_unless_others_do(session)


def fold(session: Session) -> None:
    """Add to the cells what stands in the journal. Waits until nobody else does."""
    _wait_to_fold(session)
    _fold(session)


def fold_unless_others_do(session: Session) -> None:
    """The same without waiting, where nothing depends on it."""
    if _may_fold(session):
        _fold(session)


def clear(session: Session) -> None:
    """Forget every sum. Whoever enters one waits until this transaction ends."""
    _wait_to_fold(session)
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(ALONE)
    session.execute(delete(ScoreEntry))
    session.execute(delete(ScoreCell))


def load_tallies(
    session: Session, place: Place, layout: Layout, communities: Collection[str] | None
) -> dict[Key, Tally]:
    """The sums of a framework version in these communities ("" for interviews without one), or in all."""
    cells, entries = table_of(ScoreCell), table_of(ScoreEntry)
    in_cells = select(cells).where(cells.c.framework_id == place[0], cells.c.framework_version == place[1])
    if communities is not None:
        in_cells = in_cells.where(cells.c.community.in_(communities))
    in_journal = select(entries.c.changes).where(
        entries.c.framework_id == place[0], entries.c.framework_version == place[1]
    )
    run = session.connection().execute
    tallies = dict(_restored(row) for row in run(in_cells).mappings())
    changes = chain.from_iterable(_changes(content) for (content,) in run(in_journal))
    apply((each for each in changes if communities is None or each.key.community in communities), layout, tallies)
    return tallies


def load_all(session: Session) -> AllTallies:
    """The sums of every framework version. Raises ValueError or TypeError for damaged ones."""
    run, tallies = session.connection().execute, AllTallies()
    for row in run(select(table_of(ScoreCell))).mappings():
        place, (key, tally) = (row["framework_id"], row["framework_version"]), _restored(row)
        if row["cell_id"] != _cell_id(place, key):
            raise ValueError("a cell that stands for another")
        tallies.setdefault(place, {})[key] = tally
    apply_all(session, _entered(run(select(table_of(ScoreEntry))).mappings()), tallies)
    return tallies


def apply_all(session: Session, changes: Mapping[Place, Iterable[Change]], tallies: AllTallies) -> None:
    """Let interviews come into the cells of any framework, and out of them."""
    known = layouts(session)
    for place, own in changes.items():
        apply(own, known[place], tallies.setdefault(place, {}))


def by_place(several: Iterable[tuple[Place, T]]) -> dict[Place, list[T]]:
    """What belongs to each framework version."""
    found: dict[Place, list[T]] = defaultdict(list)
    for place, each in several:
        found[place].append(each)
    return found


def _fold(session: Session) -> None:
    run, ready, tallies = session.connection().execute, _statements(session), AllTallies()
    entries = run(ready.entries).mappings().all()
    if not entries:
        return
    apply_all(session, _entered(entries), tallies)
    cells = {_cell_id(place, key): (place, key, tally) for place, own in tallies.items() for key, tally in own.items()}
    for cell_id, *sums in ready.cells.rows(session, cells):
        cells[as_uuid(cell_id)][2].add(Tally.restored(*sums))
    gone = [{"of_cell": cell_id} for cell_id, (_, _, tally) in cells.items() if not tally]
    ready.hold.run(session, [_stored(cell_id, *cell) for cell_id, cell in cells.items() if cell[2]])
    if gone:
        run(ready.remove, gone)
    # These and no others: some may have been entered meanwhile, under smaller numbers too.
    run(ready.fold, {"ids": [entry["id"] for entry in entries]})


def _may_fold(session: Session) -> bool:
    """Whether this transaction may change cells from now on; never waits."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.connection().execute(TRY_LOCK).scalar_one())


def _wait_to_fold(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(WAIT_FOR_LOCK)


def _entered(entries: Iterable[Row]) -> dict[Place, Iterator[Change]]:
    """Made one by one, as they are counted: thousands made beforehand would have left the processor's cache."""
    contents = by_place(((each["framework_id"], each["framework_version"]), each["changes"]) for each in entries)
    return {place: chain.from_iterable(map(_changes, own)) for place, own in contents.items()}


def _changes(content: str) -> Iterator[Change]:
    for sign, community, round_, approved, synthetic, (place, values, *_) in orjson.loads(content):
        yield Change.of(sign, community, round_, approved, synthetic, place, values)


def _restored(row: Row) -> tuple[Key, Tally]:
    dimensions = _pairs(orjson.loads(row["dimensions"]))
    key = Key(row["community"], row["round"], row["stratum"], row["psu"], row["ssu"], dimensions, row["approved"])
    return key, Tally.restored(row["sums"], row["counts"], row["moments"])


def _pairs(dimensions: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in dimensions)


def _stored(cell_id: uuid.UUID, place: Place, key: Key, tally: Tally) -> dict[str, Any]:
    return {
        "cell_id": cell_id,
        "framework_id": place[0],
        "framework_version": place[1],
        **key._asdict(),
        "dimensions": orjson.dumps(key.dimensions),
        **tally.stored(),
    }


def _cell_id(place: Place, key: Key) -> uuid.UUID:
    return uuid.UUID(bytes=blake2b(orjson.dumps([*place, *key]), digest_size=16).digest())


@dataclass(frozen=True)
class _Statements:
    enter: Ready
    entries: Executable
    cells: ReadyQuery
    hold: ReadyRows
    remove: Executable
    fold: Executable


@made_once
def _statements(dialect: Dialect) -> _Statements:
    cell, entry = table_of(ScoreCell), table_of(ScoreEntry)
    among: BindParameter[Any] = bindparam("ids", expanding=True)
    cells = select(cell.c.cell_id, cell.c.sums, cell.c.counts, cell.c.moments).where(cell.c.cell_id.in_(among))
    hold = insert_into(cell, dialect)
    hold = hold.on_conflict_do_update(
        index_elements=["cell_id"], set_={name: hold.excluded[name] for name in ("sums", "counts", "moments")}
    )
    before = select(entry.c.journal_bytes).order_by(entry.c.id.desc()).limit(1).scalar_subquery()
    enter = insert_into(entry, dialect).values(
        framework_id=bindparam("of_framework"),
        framework_version=bindparam("of_version"),
        journal_bytes=func.coalesce(before, 0) + bindparam("own_bytes"),
        changes=bindparam("changes"),
    )
    return _Statements(
        enter=Ready(enter.returning(entry.c.journal_bytes), dialect),
        entries=select(entry),
        cells=ReadyQuery(cells, dialect),
        hold=ReadyRows(hold, cell, dialect),
        remove=delete(cell).where(cell.c.cell_id == bindparam("of_cell")),
        fold=delete(entry).where(entry.c.id.in_(among)),
    )
