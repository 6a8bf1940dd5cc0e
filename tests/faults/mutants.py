"""Mistakes that other systems have made with data, to be planted into a server process: the harness must see each.

Nothing of the application knows of them: the fork server plants one, when it is ordered to, between the fork and the
first line of the command.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col

from app.database.engines import engine_for_migration
from app.database.writers import OneWriter, Work
from app.settings import Settings
from app.submissions import intake, queries
from app.submissions.tables import Submission

A_MOMENT = 0.05
"""Seconds that a loaded disk or network puts between two steps that only look like one."""


def plant(name: str) -> None:
    """Plant the mistake of this name; none for an empty name."""
    if name:
        MUTANTS[name]()


def _replace(owner: Any, name: str, mistake: Callable[..., Any]) -> Callable[..., Any]:
    """Put a mistake in the place of what must be there. Returns what was there."""
    right: Callable[..., Any] = getattr(owner, name)
    setattr(owner, name, mistake)
    return right


def _answer_before_commit() -> None:
    """The answer leaves when the statements have run; the commit follows in its own time."""

    def submit(writer: OneWriter, work: Work[Any]) -> "Future[Any]":
        answered: Future[Any] = Future()

        def run(session: Session) -> None:
            try:
                answered.set_result(work(session))
            except Exception as error:
                answered.set_exception(error)
                raise
            time.sleep(A_MOMENT)

        right(writer, run)
        return answered

    right = _replace(OneWriter, "submit", submit)


def _look_then_insert() -> None:
    """The earlier look is believed, and no unique index judges between two that looked at the same time."""
    engine = engine_for_migration(Settings().database_url)
    with engine.begin() as connection:
        for table in ("submission", "scored_interview"):
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_pkey")
    engine.dispose()

    def insert_submissions(session: Session, rows: list[dict[str, Any]]) -> dict[Any, Any]:
        time.sleep(A_MOMENT)
        statement = insert(Submission).returning(col(Submission.instance_id), col(Submission.state))
        return {row[0]: row[1] for row in session.connection().execute(statement, rows)}

    _replace(queries, "insert_submissions", insert_submissions)


def _no_receipt_row() -> None:
    """A batch is answered and forgotten: nothing is written that its answer could rest on when it comes again."""
    _replace(queries, "claim_batch", lambda *_: True)
    _replace(queries, "answer_batch", lambda *_: None)


def _position_instead_of_id() -> None:
    """What became of the items is told in another order than their ids."""

    def keep(*arguments: Any) -> list[Any]:
        verdicts = right(*arguments)
        return [replace(verdict, item=other.item) for verdict, other in zip(verdicts, reversed(verdicts), strict=True)]

    right = _replace(intake, "_keep", keep)


MUTANTS: dict[str, Callable[[], None]] = {
    "answer before commit": _answer_before_commit,
    "look, then insert": _look_then_insert,
    "no receipt row": _no_receipt_row,
    "position instead of id": _position_instead_of_id,
}
