"""Where the sums stand: in cells, and in a journal of what has been added to them since.

Whoever changes sums enters tallies into the journal, in the transaction of the change. Entries are only ever added, so
that transactions beside each other need not wait. When there is much in the journal, one of them folds it into the
cells that it belongs to. Cells and entries of one moment are exact.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import BindParameter, Dialect, bindparam, delete, func, select, text
from sqlalchemy.sql.base import Executable
from sqlmodel import Session

from app.database import Ready, ReadyQuery, ReadyRows, as_uuid, insert_into, made_once, table_of
from app.scoring.interviews import Row
from app.scoring.tables import ScoreCell, ScoreEntry
from app.scoring.tally import Key, Tally

MOST_BYTES = 4_000_000
"""How much may stand in the journal: some two thousand tallies of a framework of forty indicators. Readers of scores
read all of it, in a tenth of the time that the scores themselves take."""

Place = tuple[str, str]
"""A framework and its version."""

Tallies = dict[tuple[Place, Key], Tally]

_LOCK = 0x7365_6C73
TRY_LOCK = text(f"SELECT pg_try_advisory_xact_lock({_LOCK})")
WAIT_FOR_LOCK = text(f"SELECT pg_advisory_xact_lock({_LOCK})")
ALONE = text("LOCK TABLE score_entry IN EXCLUSIVE MODE")


def add(tallies: Tallies, place: Place, key: Key, tally: Tally, sign: int = 1) -> None:
    """Count what a tally holds among the others."""
    tallies.setdefault((place, key), Tally()).add(tally, sign)


def enter(session: Session, tallies: Tallies) -> None:
    """Add tallies to the sums."""
    by_place: dict[Place, dict[Key, Tally]] = defaultdict(dict)
    for (place, key), tally in tallies.items():
        if tally:
            by_place[place][key] = tally
    statement, journal_bytes = _statements(session).enter, 0
    for place in sorted(by_place):
        content = _written(by_place[place])
        values = {"of_framework": place[0], "of_version": place[1], "tallies": content, "own_bytes": len(content)}
        journal_bytes = statement.run(session, values).scalar_one()
    if journal_bytes > MOST_BYTES and _may_fold(session):
        _fold(session)


def fold(session: Session) -> None:
    """Add to the cells what stands in the journal. Waits until nobody else does."""
    _wait_to_fold(session)
    _fold(session)


def clear(session: Session) -> None:
    """Forget every sum. Whoever enters one waits until this transaction ends."""
    _wait_to_fold(session)
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(ALONE)
    session.execute(delete(ScoreEntry))
    session.execute(delete(ScoreCell))


def load_tallies(session: Session, place: Place, communities: Collection[str] | None) -> dict[Key, Tally]:
    """The sums of a framework version in these communities ("" for interviews without one), or in all."""
    cells, entries = table_of(ScoreCell), table_of(ScoreEntry)
    in_cells = select(cells).where(cells.c.framework_id == place[0], cells.c.framework_version == place[1])
    if communities is not None:
        in_cells = in_cells.where(cells.c.community.in_(communities))
    in_journal = select(entries.c.tallies).where(
        entries.c.framework_id == place[0], entries.c.framework_version == place[1]
    )
    run = session.connection().execute
    tallies = dict(_restored(row) for row in run(in_cells).mappings())
    for (content,) in run(in_journal):
        for key, sums, counts, moments in _read(content):
            if communities is None or key.community in communities:
                tallies.setdefault(key, Tally()).add_stored(sums, counts, moments)
    return tallies


def load_all(session: Session) -> Tallies:
    """The sums of every framework version. Raises ValueError for damaged ones."""
    run, tallies = session.connection().execute, Tallies()
    for row in run(select(table_of(ScoreCell))).mappings():
        place, (key, tally) = (row["framework_id"], row["framework_version"]), _restored(row)
        if row["cell_id"] != _cell_id(place, key):
            raise ValueError("a cell that stands for another")
        add(tallies, place, key, tally)
    for row in run(select(table_of(ScoreEntry))).mappings():
        _add_entry(tallies, row)
    return tallies


def _fold(session: Session) -> None:
    run, ready, tallies = session.connection().execute, _statements(session), Tallies()
    entries = run(ready.entries).mappings().all()
    if not entries:
        return
    for entry in entries:
        _add_entry(tallies, entry)
    cells = {_cell_id(place, key): (place, key, tally) for (place, key), tally in tallies.items()}
    for cell_id, *sums in ready.cells.rows(session, cells):
        cells[as_uuid(cell_id)][2].add(Tally.restored(*sums))
    gone = [{"of_cell": cell_id} for cell_id, (_, _, tally) in cells.items() if not tally]
    ready.hold.run(session, [_stored(cell_id, *cell) for cell_id, cell in cells.items() if cell[2]])
    if gone:
        run(ready.remove, gone)
    # One by one: others may have entered theirs meanwhile, under smaller numbers too.
    run(ready.fold, [{"of_entry": entry["id"]} for entry in entries])


def _may_fold(session: Session) -> bool:
    """Whether this transaction may change cells from now on; never waits."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.connection().execute(TRY_LOCK).scalar_one())


def _wait_to_fold(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(WAIT_FOR_LOCK)


def _written(tallies: Mapping[Key, Tally]) -> bytes:
    """An index in JSON behind its length, then all sums one after the other."""
    index: list[Any] = []
    parts: list[bytes] = []
    for key, tally in tallies.items():
        stored = tally.stored()
        sums, moments = stored["sums"], stored["moments"]
        index.append([*key, orjson.Fragment(stored["counts"]), len(sums), len(moments)])
        parts += (sums, moments)
    head = orjson.dumps(index)
    return b"".join([len(head).to_bytes(4, "big"), head, *parts])


def _add_entry(tallies: Tallies, entry: Row) -> None:
    place = entry["framework_id"], entry["framework_version"]
    for key, sums, counts, moments in _read(entry["tallies"]):
        tallies.setdefault((place, key), Tally()).add_stored(sums, counts, moments)


def _read(content: bytes) -> Iterator[tuple[Key, bytes, list[list[Any]], bytes]]:
    """Each key with what is stored of its tally."""
    place = 4 + int.from_bytes(content[:4], "big")
    for community, round_, stratum, psu, ssu, dimensions, approved, counts, sums, moments in orjson.loads(
        content[4:place]
    ):
        middle, end = place + sums, place + sums + moments
        key = Key(community, round_, stratum, psu, ssu, _pairs(dimensions), approved)
        yield key, content[place:middle], counts, content[middle:end]
        place = end


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
        tallies=bindparam("tallies"),
    )
    return _Statements(
        enter=Ready(enter.returning(entry.c.journal_bytes), dialect),
        entries=select(entry),
        cells=ReadyQuery(cells, dialect),
        hold=ReadyRows(hold, cell, dialect),
        remove=delete(cell).where(cell.c.cell_id == bindparam("of_cell")),
        fold=delete(entry).where(entry.c.id == bindparam("of_entry")),
    )
