"""Looking at who waits for whom in PostgreSQL."""

import time
from concurrent.futures import Future
from typing import Any

from sqlalchemy import Engine


def wait_until_one_waits(engine: Engine, other: "Future[Any]") -> None:
    """Wait until somebody waits for a lock, or the other is done."""
    deadline = time.monotonic() + 5
    with engine.connect() as connection:
        while not other.done() and time.monotonic() < deadline:
            if connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar_one():
                return
            time.sleep(0.01)
