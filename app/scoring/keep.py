"""Keeping the sums: whatever changes what counts, changes its cells in the same transaction, or waits to be counted.

An interview waits where `summed` is not how it stands now. On SQLite, with its one writer, hardly any ever does. On
PostgreSQL one transaction at a time may change cells; those beside it leave their interviews waiting rather than wait
themselves, and the next one to change cells counts them too. Cells and waiting interviews of one moment are exact.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import BindParameter, Dialect, Table, bindparam, delete, literal_column, select, text, update
from sqlalchemy.sql.base import Executable
from sqlmodel import Session, SQLModel

from app.database import ReadyQuery, ReadyRows, as_uuid, insert_into
from app.scoring.contribution import Contribution
from app.scoring.framework import Framework
from app.scoring.interviews import Row, contribution
from app.scoring.layout import Layout
from app.scoring.tables import STANDING, WAITING, FrameworkVersion, ScoreCell, ScoredInterview
from app.scoring.tally import Key, Tally

CHUNK = 500
"""Most waiting interviews that one transaction counts besides its own."""

Change = tuple[int, Contribution]

_APPROVED = 2
_PLACES: dict[str, tuple[str, str, Callable[[list[Any]], Any]]] = {
    "postgresql": ("CAST(ctid AS text)", "ctid = ANY(CAST(CAST(:places AS text[]) AS tid[]))", list),
    "sqlite": (
        "rowid",
        "rowid IN (SELECT value FROM json_each(:places))",
        lambda rowids: orjson.dumps(rowids).decode(),
    ),
}
_LOCK = 0x7365_6C73
TRY_LOCK = text(f"SELECT pg_try_advisory_xact_lock({_LOCK})")
WAIT_FOR_LOCK = text(f"SELECT pg_advisory_xact_lock({_LOCK})")


def may_count(session: Session) -> bool:
    """Whether this transaction may change cells from now on; never waits."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.connection().execute(TRY_LOCK).scalar_one())


def wait_to_count(session: Session) -> None:
    """Wait until this transaction may change cells. Best before it locks rows: whoever may change cells waits for
    rows, and of two that wait for each other one is begun anew, a second later."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(WAIT_FOR_LOCK)


def standing(row: Row) -> int:
    """How a row of `ScoredInterview` stands in the sums: 0 not at all, 1 as one that counts, 2 as an approved one."""
    return 0 if not row["counts"] else 2 if row["approved"] else 1


def lacking(row: Row) -> Iterator[Change]:
    """What the sums lack to hold a row as it stands now: as what it is to be withdrawn, and as what to be added."""
    own = contribution(row)
    if row["summed"]:
        yield -1, _as_summed(row)
    if row["counts"]:
        yield 1, own


def count_in(session: Session, rows: Iterable[Row]) -> None:
    """Add rows of `ScoredInterview`, which count, to their cells. Only after `may_count`."""
    _change(session, [(_framework(row), 1, contribution(row)) for row in rows])


def count_out(session: Session, rows: Iterable[Row]) -> None:
    """Subtract rows from the cells that hold them. Only after `may_count`."""
    _change(session, [(_framework(row), -1, _as_summed(row)) for row in rows])


def catch_up(session: Session) -> int:
    """Count waiting interviews, some at a time; returns how many. Only after `may_count`."""
    run, ready = session.connection().execute, _statements(session)
    rows = run(ready.waiting).mappings().all()
    if rows:
        _change(session, [(_framework(row), *change) for row in rows for change in lacking(row)])
        run(ready.caught_up, {"places": ready.listed([row["stands_at"] for row in rows])})
    return len(rows)


def start_again(session: Session) -> None:
    """Forget every cell, so that all interviews wait to be counted."""
    wait_to_count(session)
    session.execute(delete(ScoreCell))
    session.execute(update(ScoredInterview).values(summed=0))


def differing(session: Session) -> int:
    """How many cells are not just what the interviews that they hold add up to."""
    table = _table(ScoredInterview)
    rows = session.connection().execute(select(table).where(table.c.summed > 0), execution_options={"yield_per": 1000})
    held = ((_framework(row), 1, _as_summed(row)) for row in rows.mappings())
    wanted = {cell.cell_id: cell.stored() for cell in _added_up(session, held)}
    cells = [dict(row) for row in session.connection().execute(select(_table(ScoreCell))).mappings()]
    kept = {cell.pop("cell_id"): cell for cell in cells}
    return sum(kept.get(cell_id) != wanted.get(cell_id) for cell_id in kept.keys() | wanted.keys())


def restored(row: Row) -> tuple[Key, Tally]:
    """A row of `ScoreCell` as the scores see it."""
    dimensions = tuple((name, value) for name, value in orjson.loads(row["dimensions"]))
    key = Key(row["community"], row["round"], row["stratum"], row["psu"], row["ssu"], dimensions, row["approved"])
    return key, Tally.restored(row["sums"], row["counts"], row["moments"])


@dataclass(slots=True)
class _Cell:
    """A cell by its place, with what is added to it."""

    framework: tuple[str, str]
    key: Key
    tally: Tally

    def stored(self) -> dict[str, Any]:
        return {
            "framework_id": self.framework[0],
            "framework_version": self.framework[1],
            **self.key._asdict(),
            "dimensions": orjson.dumps(self.key.dimensions),
            **self.tally.stored(),
        }

    @property
    def cell_id(self) -> uuid.UUID:
        return uuid.UUID(bytes=blake2b(orjson.dumps([*self.framework, *self.key]), digest_size=16).digest())


def _framework(row: Row) -> tuple[str, str]:
    return row["framework_id"], row["framework_version"]


def _as_summed(row: Row) -> Contribution:
    return replace(contribution(row), approved=row["summed"] == _APPROVED)


def _change(session: Session, changes: Sequence[tuple[tuple[str, str], int, Contribution]]) -> None:
    if not changes:
        return
    ready = _statements(session)
    cells = {cell.cell_id: cell for cell in _added_up(session, changes)}
    for cell_id, *sums in ready.cells.rows(session, cells):
        cells[as_uuid(cell_id)].tally.add(Tally.restored(*sums))
    gone = [{"of_cell": cell_id} for cell_id, cell in cells.items() if not cell.tally]
    ready.hold.run(session, [{"cell_id": of, **cell.stored()} for of, cell in cells.items() if cell.tally])
    if gone:
        session.connection().execute(ready.remove, gone)


def _added_up(session: Session, changes: Iterable[tuple[tuple[str, str], int, Contribution]]) -> Collection[_Cell]:
    frameworks = _frameworks(session)
    cells: dict[tuple[tuple[str, str], Key], _Cell] = {}
    for place, sign, own in changes:
        framework, layout = frameworks[place]
        key = Key.of(framework, own)
        cell = cells.get((place, key))
        if cell is None:
            cell = cells[place, key] = _Cell(place, key, Tally())
        cell.tally.add(Tally.of(layout, own), sign)
    return cells.values()


def _frameworks(session: Session) -> dict[tuple[str, str], tuple[Framework, Layout]]:
    """Every published version with its layout, each made once in a process."""
    run, ready = session.connection().execute, _statements(session)
    found = {}
    for framework_id, version, sha256 in run(ready.frameworks).all():
        if sha256 not in _made:
            content = run(ready.content, {"of_sha256": sha256}).scalars().first()
            framework = Framework.model_validate(orjson.loads(content or b""))
            _made[sha256] = framework, Layout.of(framework)
        found[framework_id, version] = _made[sha256]
    return found


_made: dict[bytes, tuple[Framework, Layout]] = {}


@dataclass(frozen=True)
class _Statements:
    frameworks: Executable
    content: Executable
    cells: ReadyQuery
    hold: ReadyRows
    remove: Executable
    waiting: Executable
    caught_up: Executable
    listed: Callable[[list[Any]], Any]


def _statements(session: Session) -> _Statements:
    dialect = session.get_bind().dialect
    if dialect.name not in _ready:
        _ready[dialect.name] = _made_ready(dialect)
    return _ready[dialect.name]


_ready: dict[str, _Statements] = {}


def _made_ready(dialect: Dialect) -> _Statements:
    cell, scored, framework = _table(ScoreCell), _table(ScoredInterview), _table(FrameworkVersion)
    among: BindParameter[Any] = bindparam("ids", expanding=True)
    cells = select(cell.c.cell_id, cell.c.sums, cell.c.counts, cell.c.moments).where(cell.c.cell_id.in_(among))
    hold = insert_into(cell, dialect)
    hold = hold.on_conflict_do_update(
        index_elements=["cell_id"], set_={name: hold.excluded[name] for name in ("sums", "counts", "moments")}
    )
    # By where they stand, which is looked up in no index: a planner without statistics would take the wrong one.
    place, among_these, listed = _PLACES[dialect.name]
    waiting = select(scored, literal_column(place).label("stands_at")).where(WAITING).limit(CHUNK)
    return _Statements(
        frameworks=select(framework.c.framework_id, framework.c.version, framework.c.sha256),
        content=select(framework.c.content).where(framework.c.sha256 == bindparam("of_sha256")),
        cells=ReadyQuery(cells, dialect),
        hold=ReadyRows(hold, cell, dialect),
        remove=delete(cell).where(cell.c.cell_id == bindparam("of_cell")),
        waiting=waiting.with_for_update(skip_locked=True),
        caught_up=text(f"UPDATE scored_interview SET summed = {STANDING} WHERE {among_these}"),
        listed=listed,
    )


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]
