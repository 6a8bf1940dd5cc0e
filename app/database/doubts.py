"""Connections to PostgreSQL that wait for nothing without end, and take no commit on trust.

A module of its own: on SQLite its driver would only take memory.
"""

from collections import deque
from functools import partial
from typing import Any, ClassVar

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.errors import Diagnostic
from psycopg.pq import TransactionStatus

CUSTOMS: dict[str, str | int] = {
    "connect_timeout": 5,
    "target_session_attrs": "read-write",
    # After a failover the first host of the URL may be the one that must not be asked.
    "load_balance_hosts": "random",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""Parameters of libpq for what the URL leaves open. `connect_timeout` is in seconds and counts for each host,
`tcp_user_timeout` is in milliseconds."""


class DoubtingConnection(psycopg.Connection[Any]):
    """Drops the connection when a statement is not answered in time: whether the server did what it was asked, only a
    new connection can tell. Sending `cancel`, as drivers do, would make the server keep a commit that its standby may
    never get."""

    deadline_seconds: ClassVar[float | None] = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._warnings: deque[str] = deque(maxlen=10)
        self.add_notice_handler(partial(_note_warning, self._warnings))

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        try:
            return super().wait(gen, interval, self.deadline_seconds if timeout is None else timeout)
        except psycopg.OperationalError:
            if timeout is None and self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.close()
            raise

    def commit(self) -> None:
        """Commit. A warning beside it is a doubt: PostgreSQL gives one when the wait for the standby was cancelled,
        and calls the commit a success."""
        self._warnings.clear()
        super().commit()
        if self._warnings:
            self.close()
            raise psycopg.OperationalError(f"the commit is in doubt: {self._warnings[0]}")


def is_warning(notice: Diagnostic) -> bool:
    """Whether it is one, whatever language the server speaks."""
    return notice.severity_nonlocalized == "WARNING"


def _note_warning(warnings: deque[str], notice: Diagnostic) -> None:
    # Read at once: the notice is gone when its handler has returned.
    if is_warning(notice):
        warnings.append(notice.message_primary or "")


def connection_class(deadline_seconds: float | None) -> type[DoubtingConnection]:
    """Connections that wait so long for the answer to a statement, or without end."""
    return type("Connection", (DoubtingConnection,), {"deadline_seconds": deadline_seconds})
