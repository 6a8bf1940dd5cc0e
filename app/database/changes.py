"""Word of change between processes, so that what is published and who may enter can be kept in memory.

`generation()` grows whenever any process publishes, enrols or revokes. Asking costs no query while nothing changes.
"""

import threading
from collections.abc import Callable
from typing import Protocol

from sqlalchemy.engine import make_url

from app.database.engines import BUSY_SECONDS, sqlite

READ_GENERATION = "SELECT generation FROM server"


class Changes(Protocol):
    def generation(self) -> int: ...

    def look_again(self) -> None: ...

    def at_reconnection(self, act: Callable[[], object]) -> None:
        """Have this called whenever the database may have become another one: after a fail-over."""

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

    def at_reconnection(self, act: Callable[[], object]) -> None:
        """A file does not fail over."""

    def close(self) -> None:
        with self._lock:
            self._connection.close()
