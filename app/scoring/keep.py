"""Keeping the sums: whatever changes what counts enters the change into their journal, in the same transaction.

An interview waits where `summed` is not how it stands now: after a review or an edit until the end of the transaction,
and while all sums are begun again. The sums and the waiting interviews of one moment are exact.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Dialect, literal_column, select, text, update
from sqlalchemy.sql.base import Executable
from sqlmodel import Session

from app.database import made_once, table_of
from app.scoring import journal
from app.scoring.contribution import Content
from app.scoring.interviews import Row
from app.scoring.journal import AllTallies
from app.scoring.layouts import Place
from app.scoring.tables import STANDING, WAITING, ScoredInterview
from app.scoring.tally import Change, Key

CHUNK = 500
"""Most waiting interviews that are counted at once."""

_APPROVED = 2
_PLACES: dict[str, tuple[str, str, Callable[[list[Any]], Any]]] = {
    "postgresql": ("CAST(ctid AS text)", "ctid = ANY(CAST(CAST(:places AS text[]) AS tid[]))", list),
    "sqlite": (
        "rowid",
        "rowid IN (SELECT value FROM json_each(:places))",
        lambda rowids: orjson.dumps(rowids).decode(),
    ),
}


def standing(row: Row) -> int:
    """How a row of `ScoredInterview` stands in the sums: 0 not at all, 1 as one that counts, 2 as an approved one."""
    return 0 if not row["counts"] else 2 if row["approved"] else 1


def lacking(row: Row) -> Iterator[Change]:
    """What the sums lack to hold a row as it stands now: as what it is to be withdrawn, and as what to be added."""
    return _changes(row, _lacking(row))


def count_in(session: Session, rows: Iterable[Row]) -> None:
    """Add rows of `ScoredInterview`, which count, to the sums."""
    _enter(session, ((row, 1, row["approved"]) for row in rows))


def count_out(session: Session, rows: Iterable[Row]) -> None:
    """Subtract rows from the sums that hold them."""
    _enter(session, ((row, -1, _was_approved(row)) for row in rows if _content(row)))


def catch_up(session: Session) -> int:
    """Count waiting interviews, some at a time; returns how many."""
    run, ready = session.connection().execute, _statements(session)
    rows = run(ready.waiting).mappings().all()
    if rows:
        _enter(session, ((row, *as_what) for row in rows if _content(row) for as_what in _lacking(row)))
        run(ready.caught_up, {"places": ready.listed([row["stands_at"] for row in rows])})
    return len(rows)


def start_again(session: Session) -> None:
    """Forget every sum, so that all interviews wait to be counted."""
    journal.clear(session)
    session.execute(update(ScoredInterview).values(summed=0))


def differing(session: Session) -> int:
    """How many sums are not just what the interviews that they hold add up to."""
    table = table_of(ScoredInterview)
    rows = session.connection().execute(select(table).where(table.c.summed > 0), execution_options={"yield_per": CHUNK})
    wanted, damaged = AllTallies(), 0
    for some in rows.mappings().partitions():
        changes = [(_place(row), change) for row in some for change in _changes(row, [(1, _was_approved(row))])]
        damaged += len(some) - len(changes)
        journal.apply_all(session, journal.by_place(changes), wanted)
    expected = _stored(wanted)
    try:
        kept = _stored(journal.load_all(session))
    except (ValueError, TypeError):
        return len(expected) or 1
    return damaged + sum(kept.get(place) != expected.get(place) for place in kept.keys() | expected.keys())


def _stored(tallies: AllTallies) -> dict[tuple[Place, Key], dict[str, bytes]]:
    return {(place, key): tally.stored() for place, own in tallies.items() for key, tally in own.items() if tally}


def _place(row: Row) -> Place:
    return row["framework_id"], row["framework_version"]


def _was_approved(row: Row) -> bool:
    return bool(row["summed"] == _APPROVED)


def _lacking(row: Row) -> Iterator[tuple[int, bool]]:
    """With which sign, and whether as an approved one."""
    if row["summed"]:
        yield -1, _was_approved(row)
    if row["counts"]:
        yield 1, row["approved"]


def _enter(session: Session, rows: Iterable[tuple[Row, int, bool]]) -> None:
    lines = (
        (
            _place(row),
            (sign, row["community"], row["round"], approved, row["synthetic"], orjson.Fragment(row["content"])),
        )
        for row, sign, approved in rows
    )
    journal.enter(session, lines)


def _content(row: Row) -> Content | None:
    """None where it is damaged: it must not come into the journal, and rebuilding mends it and all sums."""
    try:
        return Content.loaded(row["content"])
    except (ValueError, TypeError):
        return None


def _changes(row: Row, as_what: Iterable[tuple[int, bool]]) -> Iterator[Change]:
    if content := _content(row):
        for sign, approved in as_what:
            yield Change.of(
                sign, row["community"], row["round"], approved, row["synthetic"], content.place, content.values
            )


@dataclass(frozen=True)
class _Statements:
    waiting: Executable
    caught_up: Executable
    listed: Callable[[list[Any]], Any]


@made_once
def _statements(dialect: Dialect) -> _Statements:
    scored = table_of(ScoredInterview)
    # By where they stand, which is looked up in no index: a planner without statistics would take the wrong one.
    place, among_these, listed = _PLACES[dialect.name]
    waiting = select(scored, literal_column(place).label("stands_at")).where(WAITING).limit(CHUNK)
    return _Statements(
        waiting=waiting.with_for_update(skip_locked=True),
        caught_up=text(f"UPDATE scored_interview SET summed = {STANDING} WHERE {among_these}"),
        listed=listed,
    )
