"""Mistakes that other systems have made with data, to be planted into a server process: the harness must see each.

Nothing of the application knows of them: the fork server plants one, when it is ordered to, between the fork and the
first line of the command.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from app.database.engines import engine_for_migration
from app.database.tasks import Task
from app.database.writers import OneWriter
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

    def submit(writer: OneWriter, task: Task) -> None:
        def run(session: Session, items: Sequence[Any]) -> Sequence[Any]:
            try:
                values = task.work(session, items)
            except Exception as error:
                task.future.set_exception(error)
                raise
            task.future.set_result(values[0])
            time.sleep(A_MOMENT)
            return values

        right(writer, Task(run, task.item, task.size, is_joint=False))

    right = _replace(OneWriter, "submit", submit)


def _look_then_insert() -> None:
    """The earlier look is believed, and no unique index judges between two that looked at the same time."""
    engine = engine_for_migration(Settings().database_url)
    with engine.begin() as connection:
        for table in ("submission", "scored_interview"):
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_pkey")
    engine.dispose()

    def insert_submissions(session: Session, rows: list[dict[str, Any]]) -> queries.Inserted:
        time.sleep(A_MOMENT)
        session.connection().execute(insert(Submission), rows)
        return queries.Inserted((), ())

    _replace(queries, "insert_submissions", insert_submissions)


def _no_receipt_row() -> None:
    """A batch is answered and forgotten: nothing is written that its answer could rest on when it comes again."""
    _replace(queries, "claim_batches", lambda _, rows: {(row["device_id"], row["batch_id"]) for row in rows})
    _replace(queries, "answer_batch", lambda *_: None)


def _position_instead_of_id() -> None:
    """What became of the items is told in another order than their ids."""

    def keep(*arguments: Any) -> list[Any]:
        told = []
        for arrival, judged in groupby(right(*arguments), key=itemgetter(0)):
            verdicts = [verdict for _, verdict in judged]
            pairs = zip(verdicts, reversed(verdicts), strict=True)
            told += [(arrival, replace(verdict, item=other.item)) for verdict, other in pairs]
        return told

    right = _replace(intake, "_keep", keep)


MUTANTS: dict[str, Callable[[], None]] = {
    "answer before commit": _answer_before_commit,
    "look, then insert": _look_then_insert,
    "no receipt row": _no_receipt_row,
    "position instead of id": _position_instead_of_id,
}
