"""How works are committed: one writer with group commit on SQLite, many side by side on PostgreSQL."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from time import perf_counter
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import Session

from app.problems import Unavailable

T = TypeVar("T")
Work = Callable[[Session], T]

GROUP = 64
"""Most works in one commit; more would only make the first of them wait."""

TRIES = 5
AGAIN = {"40001", "40P01"}
"""SQLSTATEs with which PostgreSQL asks to run the whole transaction again: serialisation failure and deadlock."""


def doubtful(error: BaseException) -> bool:
    """Whether it is unknown, after this error, what the database has kept. A mistake in our SQL is no such doubt."""
    return isinstance(error, DBAPIError | NoConnection) and not isinstance(error, IntegrityError | ProgrammingError)


class Writer(Protocol):
    on_commit: Callable[[int, float], None]
    """Called after a commit with how many works it had and how many seconds it took."""

    def submit(self, work: Work[T]) -> "Future[T]": ...

    def close(self) -> None: ...


class OneWriter:
    """One thread and one connection. Works that wait for it share a commit, each behind a savepoint of its own, so
    that a work which fails takes nothing of the others with it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.on_commit: Callable[[int, float], None] = _unheard
        self._waiting: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="tangguh-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> "Future[T]":
        future: Future[T] = Future()
        self._waiting.put((work, future))
        return future

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        while self._commit_next():
            pass

    def _commit_next(self) -> bool:
        """Wait for works and commit them; False when none will come any more. Nothing of a group outlives the call,
        so that no batch is held in memory until the next one comes."""
        taken = [self._waiting.get()]
        with suppress(queue.Empty):
            while len(taken) < GROUP:
                taken.append(self._waiting.get_nowait())
        group = [each for each in taken if each is not None and each[1].set_running_or_notify_cancel()]
        if group:
            self._commit(group)
        return None not in taken

    def _commit(self, group: list[tuple[Work[Any], "Future[Any]"]]) -> None:
        kept: list[tuple[Future[Any], Any]] = []
        failed: list[tuple[Future[Any], Exception]] = []
        try:
            with Session(self._engine) as session:
                for work, future in group:
                    try:
                        with session.begin_nested():
                            value = work(session)
                        kept.append((future, value))
                    except Exception as error:
                        if doubtful(error):
                            raise
                        failed.append((future, error))
                began = perf_counter()
                session.commit()
                self.on_commit(len(kept), perf_counter() - began)
        except Exception as error:
            # A COMMIT that fails may leave its transaction open; nothing of it may slip into the next one.
            self._engine.dispose()
            for _, future in group:
                future.set_exception(_unavailable(error))
            return
        for future, value in kept:
            future.set_result(value)
        for future, mistake in failed:
            future.set_exception(mistake)


class ManyWriters:
    """A transaction a work, in a few threads."""

    def __init__(self, engine: Engine, threads: int) -> None:
        self._engine = engine
        self.on_commit: Callable[[int, float], None] = _unheard
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="tangguh-writer")

    def submit(self, work: Work[T]) -> "Future[T]":
        return self._pool.submit(self._run, work)

    def close(self) -> None:
        self._pool.shutdown()

    def _run(self, work: Work[T]) -> T:
        for tries_left in reversed(range(TRIES)):
            try:
                return self._commit(work)
            except (DBAPIError, NoConnection) as error:
                again = isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) in AGAIN
                if not doubtful(error):
                    raise
                if not again or not tries_left:
                    raise _unavailable(error) from error
        raise AssertionError("unreachable")

    def _commit(self, work: Work[T]) -> T:
        with Session(self._engine) as session:
            value = work(session)
            session.flush()
            try:
                began = perf_counter()
                session.commit()
                self.on_commit(1, perf_counter() - began)
            except (IntegrityError, ProgrammingError) as error:
                raise _unavailable(error) from error
            except DBAPIError:
                session.invalidate()
                raise
        return value


def _unheard(works: int, seconds: float) -> None:
    """Nobody measures."""


def _unavailable(error: Exception) -> Unavailable:
    problem = Unavailable()
    problem.__cause__ = error
    return problem
