"""Word of change between processes, so that what is published and who may enter can be kept in memory.

`generation()` grows whenever any process publishes, enrols or revokes. Asking costs no query while nothing changes.
"""

import os
import select
import threading
from typing import Protocol

import psycopg
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from app.database.engines import BUSY_SECONDS, sqlite

READ_GENERATION = "SELECT generation FROM server"


class Changes(Protocol):
    def generation(self) -> int: ...

    def look_again(self) -> None: ...

    def close(self) -> None: ...


class FileChanges:
    """On SQLite: `PRAGMA data_version` reads shared memory and differs after any other connection has committed."""

    def __init__(self, url: str) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite.connect(
            make_url(url).database or "", check_same_thread=False, isolation_level=None, timeout=BUSY_SECONDS
        )
        self._data_version, self._generation = -1, -1

    def generation(self) -> int:
        with self._lock:
            (data_version,) = self._connection.execute("PRAGMA data_version").fetchone()
            if data_version != self._data_version:
                (self._generation,) = self._connection.execute(READ_GENERATION).fetchone()
                self._data_version = data_version
            return self._generation

    def look_again(self) -> None:
        with self._lock:
            self._data_version = -1

    def close(self) -> None:
        with self._lock:
            self._connection.close()


class NotifiedChanges:
    """On PostgreSQL: a thread listens for `NOTIFY tangguh`. While it cannot listen, every question is a query."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._generation, self._fresh, self._listening = -1, False, False
        self._wake, self._woken = os.pipe()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def generation(self) -> int:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="tangguh-changes", daemon=True)
                self._thread.start()
            if not (self._fresh and self._listening):
                # Marked before the query, so that a notice which arrives during it is not overlooked.
                self._fresh = True
                with self._engine.connect() as connection:
                    self._generation = connection.scalars(text(READ_GENERATION)).one()
            return self._generation

    def look_again(self) -> None:
        self._fresh = False

    def close(self) -> None:
        self._closed.set()
        os.write(self._woken, b"x")
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

    def _wait_for_notices(self) -> None:
        arguments, options = self._engine.dialect.create_connect_args(self._engine.url)
        with psycopg.connect(*arguments, **options, autocommit=True) as connection:
            connection.execute("LISTEN tangguh")
            self._fresh, self._listening = False, True
            while not self._closed.is_set():
                select.select([connection.fileno(), self._wake], [], [])
                for _ in connection.notifies(timeout=0):
                    self._fresh = False
        self._listening = False
