"""Word of change on PostgreSQL. A module of its own: on SQLite its driver would only take memory."""

import os
import select
import threading
from collections.abc import Callable
from time import monotonic

import psycopg
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from app.database.changes import READ_GENERATION
from app.database.doubts import connection_class

SILENCE_SECONDS = 10
"""After so long without a notice the listener asks whether its server is still there."""

PATIENCE_SECONDS = 0.5
ASK = b"?"


class NotifiedChanges:
    """On PostgreSQL: a thread listens for `NOTIFY tangguh`. While it cannot listen, every question is a query.

    Questions are asked on the event loop. So after one that waited in vain nobody else is kept waiting: all fail at
    once until the thread has reached the server again.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kind = connection_class(SILENCE_SECONDS)
        self._generation, self._fresh, self._listening, self._lost = -1, False, False, False
        self._interrupted = False
        self._wake, self._woken = os.pipe()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._at_reconnection: Callable[[], object] = bool

    def at_reconnection(self, act: Callable[[], object]) -> None:
        self._at_reconnection = act

    def generation(self) -> int:
        if self._lost:
            raise NoConnection("the database has not answered since it was asked before")
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="tangguh-changes", daemon=True)
                self._thread.start()
            if not (self._fresh and self._listening):
                self._generation = self._read()
            return self._generation

    def _read(self) -> int:
        # Marked before the query, so that a notice which arrives during it is not overlooked.
        self._fresh, began = True, monotonic()
        try:
            with self._engine.connect() as connection:
                return int(connection.scalars(text(READ_GENERATION)).one())
        except SQLAlchemyError:
            self._fresh = False
            if monotonic() - began > PATIENCE_SECONDS:
                self._lost = True
                os.write(self._woken, ASK)
            raise

    def look_again(self) -> None:
        self._fresh = False

    def close(self) -> None:
        self._closed.set()
        os.write(self._woken, ASK)
        if self._thread is not None:
            self._thread.join()
        os.close(self._wake)
        os.close(self._woken)

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                self._wait_for_notices()
            except psycopg.Error:
                self._listening = False
                self._closed.wait(1)
                self._interrupted = True

    def _wait_for_notices(self) -> None:
        arguments, options = self._engine.dialect.create_connect_args(self._engine.url)
        with self._kind.connect(*arguments, **options, autocommit=True) as connection:
            self._lost = False
            connection.execute("LISTEN tangguh")
            self._fresh, self._listening = False, True
            if self._interrupted:
                self._interrupted = False
                self._at_reconnection()
            while not self._closed.is_set():
                readable, _, _ = select.select([connection.fileno(), self._wake], [], [], SILENCE_SECONDS)
                if self._wake in readable:
                    os.read(self._wake, len(ASK))
                if not readable or self._wake in readable:
                    # A server that hangs, or that is primary no longer, is as silent as one where nothing happens.
                    connection.execute("SELECT")
                    self._fresh, self._lost = False, False
                for _ in connection.notifies(timeout=0):
                    self._fresh = False
        self._listening = False
