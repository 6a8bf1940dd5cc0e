"""Engines for the databases that we claim, set up so that a commit means: on disk."""

import sqlite3
from pathlib import Path
from shutil import disk_usage
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import make_url

from app.database.arrays import teach_arrays

try:
    import pysqlite3.dbapi2 as sqlite
except ModuleNotFoundError:
    sqlite = sqlite3

__all__ = [
    "BUSY_SECONDS",
    "engine_for_migration",
    "file_of",
    "journal",
    "postgresql_engine",
    "short_of_room",
    "sqlite",
    "sqlite_engine",
    "unsafe",
    "wal_is_safe",
]

BUSY_SECONDS = 15

ROOM_BYTES = 500_000_000
"""With less free on the disk, whoever runs this server is warned: it is some hundred thousand interviews."""


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite is free of the WAL-reset bug (3.7.0 to 3.51.2), which can lose committed transactions.

    Fixed in 3.51.3 and, as backports, in 3.50.7 and 3.44.6. Source: sqlite.org/wal.html#walresetbug.
    """
    backports = {(3, 50): 7, (3, 44): 6}
    fixed_in = backports.get(version[:2])
    return version >= (3, 51, 3) or (fixed_in is not None and version[2] >= fixed_in)


def journal(version: tuple[int, int, int] = sqlite.sqlite_version_info) -> tuple[str, str]:
    """The `journal_mode` and `synchronous` that survive a power cut on this version of SQLite."""
    return ("wal", "full") if wal_is_safe(version) else ("truncate", "extra")


def unsafe(version: tuple[int, int, int] = sqlite.sqlite_version_info) -> list[str]:
    """What whoever runs this server should know about the SQLite that it was given; a sentence each."""
    if wal_is_safe(version):
        return []
    name = ".".join(map(str, version))
    return [
        f"SQLite {name} can lose committed transactions in WAL mode, so it is used without (slower, and as safe). "
        "Install pysqlite3 0.6.1 or later."
    ]


def short_of_room(url: str) -> list[str]:
    """The same about the disk that an embedded database is on."""
    file = file_of(url)
    free = disk_usage(file.parent).free if file is not None else ROOM_BYTES
    if free >= ROOM_BYTES:
        return []
    return [
        f"Only {free // 1_000_000} MB are free on the disk of the database. When it is full, interviews are refused "
        "and stay on the tablets. Make room there."
    ]


def file_of(url: str) -> Path | None:
    """The file of an embedded database; None where a server keeps the data."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def sqlite_engine(url: str, *, writes: bool, connections: int = 1) -> Engine:
    """An engine whose transactions begin `IMMEDIATE` when it writes, and which cannot write otherwise.

    A transaction that reads first and then writes fails at once when another one wrote in between, whatever the
    timeout; `BEGIN IMMEDIATE` waits its turn instead.
    """
    engine = create_engine(
        url,
        module=sqlite,
        pool_size=connections,
        max_overflow=0,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        **_options(),
    )
    mode, synchronous = journal()

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA journal_mode={mode}")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA cache_size=-16384" if writes else "PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def postgresql_engine(url: str, connections: int, deadline_seconds: float | None = None) -> Engine:
    """A pool that checks a connection before it lends it, and drops those that do not answer in time."""
    from app.database.doubts import CUSTOMS, connection_class

    address = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(
        address.update_query_dict({name: str(value) for name, value in CUSTOMS.items() if name not in address.query}),
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={"options": "-c timezone=UTC"},
        **_options(),
    )
    connect = connection_class(deadline_seconds).connect

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]) -> Any:
        return connect(*arguments, **options)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        teach_arrays(connection)

    @event.listens_for(engine, "handle_error")
    def _leave_out_the_values(context: ExceptionContext) -> None:
        # The DETAIL of PostgreSQL quotes the row that it refuses.
        primary = getattr(getattr(context.original_exception, "diag", None), "message_primary", None)
        if primary is not None and context.sqlalchemy_exception is not None:
            context.original_exception.args = (primary,)
            context.sqlalchemy_exception.args = (primary,)

    return engine


def engine_for_migration(url: str) -> Engine:
    """One connection that may change the schema."""
    if make_url(url).get_backend_name() == "sqlite":
        return sqlite_engine(url, writes=True)
    return postgresql_engine(url, connections=1)


def _options() -> dict[str, Any]:
    """What all engines share. Parameters are answers of people, so no error message may hold them."""
    return {
        "hide_parameters": True,
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
    }
