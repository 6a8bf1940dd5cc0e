"""How works are committed: one writer with group commit on SQLite, many side by side on PostgreSQL."""

import threading
from collections.abc import Callable
from time import perf_counter
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import Session

from app.database.tasks import Outcome, Party, Task, Waiting
from app.problems import Unavailable

GROUP = 64
"""Most tasks in one commit; more would only make the first of them wait."""

TRIES = 5
AGAIN = {"40001", "40P01"}
"""SQLSTATEs with which PostgreSQL asks to run the whole transaction again: serialisation failure and deadlock."""


def doubtful(error: BaseException) -> bool:
    """Whether it is unknown, after this error, what the database has kept. A mistake in our SQL is no such doubt."""
    return isinstance(error, DBAPIError | NoConnection) and not isinstance(error, IntegrityError | ProgrammingError)


class Writer(Protocol):
    on_commit: Callable[[int, float], None]
    """Called after a commit with how many tasks it had and how many seconds it took."""

    def submit(self, task: Task) -> None: ...

    def close(self) -> None: ...


class OneWriter:
    """One thread and one connection. Tasks that wait for it share a commit, each behind a savepoint of its own, so
    that a task which fails takes nothing of the others with it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.on_commit: Callable[[int, float], None] = _unheard
        self._waiting = Waiting()
        self._thread = threading.Thread(target=self._run, name="tangguh-writer", daemon=True)
        self._thread.start()

    def submit(self, task: Task) -> None:
        self._waiting.put(task)

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        while self._commit_next():
            pass

    def _commit_next(self) -> bool:
        """Wait for tasks and commit them; False when none will come any more. Nothing of a group outlives the call,
        so that no batch is held in memory until the next one comes."""
        parties, is_last = self._waiting.take(GROUP)
        if parties:
            self._commit(parties)
        return not is_last

    def _commit(self, parties: list[Party]) -> None:
        done: list[Outcome] = []
        try:
            with Session(self._engine) as session:
                for party in parties:
                    done += _done_behind_savepoint(session, party)
                began = perf_counter()
                session.commit()
                self.on_commit(len(done), perf_counter() - began)
        except Exception as error:
            # A COMMIT that fails may leave its transaction open; nothing of it may slip into the next one.
            self._engine.dispose()
            done = [Outcome(task, error=_unavailable(error)) for party in parties for task in party]
        for outcome in done:
            outcome.tell()


def _done_behind_savepoint(session: Session, party: Party) -> list[Outcome]:
    try:
        with session.begin_nested():
            return _done(session, party)
    except Exception as error:
        if doubtful(error):
            raise
        if len(party) == 1:
            return [Outcome(party[0], error=error)]
    return [outcome for task in party for outcome in _done_behind_savepoint(session, [task])]


class ManyWriters:
    """A few threads, each with transactions of its own."""

    def __init__(self, engine: Engine, threads: int) -> None:
        self._engine = engine
        self.on_commit: Callable[[int, float], None] = _unheard
        self._waiting = Waiting()
        self._threads = [
            threading.Thread(target=self._run, name=f"tangguh-writer-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, task: Task) -> None:
        self._waiting.put(task)

    def close(self) -> None:
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while self._commit_next():
            pass

    def _commit_next(self) -> bool:
        parties, is_last = self._waiting.take(1)
        for party in parties:
            for outcome in self._outcomes(party):
                outcome.tell()
        return not is_last

    def _outcomes(self, party: Party) -> list[Outcome]:
        try:
            return self._committed(party)
        except Exception as error:
            if isinstance(error, Unavailable) or len(party) == 1:
                return [Outcome(task, error=error) for task in party]
        return [outcome for task in party for outcome in self._outcomes([task])]

    def _committed(self, party: Party) -> list[Outcome]:
        for tries_left in reversed(range(TRIES)):
            try:
                return self._commit(party)
            except (DBAPIError, NoConnection) as error:
                again = isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) in AGAIN
                if not doubtful(error):
                    raise
                if not again or not tries_left:
                    raise _unavailable(error) from error
        raise AssertionError("unreachable")

    def _commit(self, party: Party) -> list[Outcome]:
        with Session(self._engine) as session:
            done = _done(session, party)
            session.flush()
            try:
                began = perf_counter()
                session.commit()
                self.on_commit(len(done), perf_counter() - began)
            except (IntegrityError, ProgrammingError) as error:
                raise _unavailable(error) from error
            except DBAPIError:
                session.invalidate()
                raise
        return done


def _done(session: Session, party: Party) -> list[Outcome]:
    values = party[0].work(session, [task.item for task in party])
    return [Outcome(task, value) for task, value in zip(party, values, strict=True)]


def _unheard(tasks: int, seconds: float) -> None:
    """Nobody measures."""


def _unavailable(error: Exception) -> Unavailable:
    problem = Unavailable()
    problem.__cause__ = error
    return problem
