"""Keeping the sums: whatever changes what counts enters the change into their journal, in the same transaction.

An interview waits where `summed` is not how it stands now: after a review or an edit until the end of the transaction,
and while all sums are begun again. The sums and the waiting interviews of one moment are exact.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Dialect, bindparam, literal_column, select, text, update
from sqlalchemy.sql.base import Executable
from sqlmodel import Session

from app.database import Ready, made_once, table_of
from app.scoring import journal
from app.scoring.contribution import Contribution
from app.scoring.framework import Framework
from app.scoring.interviews import Row, contribution
from app.scoring.journal import Place, Tallies
from app.scoring.layout import Layout
from app.scoring.tables import STANDING, WAITING, FrameworkVersion, ScoredInterview
from app.scoring.tally import Key, Tally

CHUNK = 500
"""Most waiting interviews that are counted at once."""

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
    """Add rows of `ScoredInterview`, which count, to the sums."""
    journal.enter(session, _added_up(session, ((row, 1, contribution(row)) for row in rows)))


def count_out(session: Session, rows: Iterable[Row]) -> None:
    """Subtract rows from the sums that hold them."""
    journal.enter(session, _added_up(session, ((row, -1, _as_summed(row)) for row in rows)))


def catch_up(session: Session) -> int:
    """Count waiting interviews, some at a time; returns how many."""
    run, ready = session.connection().execute, _statements(session)
    rows = run(ready.waiting).mappings().all()
    if rows:
        journal.enter(session, _added_up(session, ((row, *change) for row in rows for change in lacking(row))))
        run(ready.caught_up, {"places": ready.listed([row["stands_at"] for row in rows])})
    return len(rows)


def start_again(session: Session) -> None:
    """Forget every sum, so that all interviews wait to be counted."""
    journal.clear(session)
    session.execute(update(ScoredInterview).values(summed=0))


def differing(session: Session) -> int:
    """How many sums are not just what the interviews that they hold add up to."""
    table = table_of(ScoredInterview)
    rows = session.connection().execute(select(table).where(table.c.summed > 0), execution_options={"yield_per": 1000})
    wanted = _stored(_added_up(session, ((row, 1, _as_summed(row)) for row in rows.mappings())))
    try:
        kept = _stored(journal.load_all(session))
    except (ValueError, TypeError):
        return len(wanted) or 1
    return sum(kept.get(place) != wanted.get(place) for place in kept.keys() | wanted.keys())


def _stored(tallies: Tallies) -> dict[tuple[Place, Key], dict[str, bytes]]:
    return {place: tally.stored() for place, tally in tallies.items() if tally}


def _as_summed(row: Row) -> Contribution:
    return replace(contribution(row), approved=row["summed"] == _APPROVED)


def _added_up(session: Session, changes: Iterable[tuple[Row, int, Contribution]]) -> Tallies:
    frameworks, tallies = _frameworks(session), Tallies()
    for row, sign, own in changes:
        place = row["framework_id"], row["framework_version"]
        framework, layout = frameworks[place]
        journal.add(tallies, place, Key.of(framework, own), Tally.of(layout, own), sign)
    return tallies


def _frameworks(session: Session) -> dict[Place, tuple[Framework, Layout]]:
    """Every published version with its layout, each made once in a process."""
    run, ready = session.connection().execute, _statements(session)
    found = {}
    published: Sequence[Any] = ready.frameworks.run(session).all()
    for framework_id, version, sha256 in published:
        if sha256 not in _made:
            content = run(ready.content, {"of_sha256": sha256}).scalars().first()
            framework = Framework.model_validate(orjson.loads(content or b""))
            _made[sha256] = framework, Layout.of(framework)
        found[framework_id, version] = _made[sha256]
    return found


_made: dict[bytes, tuple[Framework, Layout]] = {}


@dataclass(frozen=True)
class _Statements:
    frameworks: Ready
    content: Executable
    waiting: Executable
    caught_up: Executable
    listed: Callable[[list[Any]], Any]


@made_once
def _statements(dialect: Dialect) -> _Statements:
    scored, framework = table_of(ScoredInterview), table_of(FrameworkVersion)
    # By where they stand, which is looked up in no index: a planner without statistics would take the wrong one.
    place, among_these, listed = _PLACES[dialect.name]
    waiting = select(scored, literal_column(place).label("stands_at")).where(WAITING).limit(CHUNK)
    return _Statements(
        frameworks=Ready(select(framework.c.framework_id, framework.c.version, framework.c.sha256), dialect),
        content=select(framework.c.content).where(framework.c.sha256 == bindparam("of_sha256")),
        waiting=waiting.with_for_update(skip_locked=True),
        caught_up=text(f"UPDATE scored_interview SET summed = {STANDING} WHERE {among_these}"),
        listed=listed,
    )
