"""The raw limits: rows a second that a database can put on this disk, with nothing of ours around it.

A row is a unique 16-byte id and the bytes of an interview. No intake that keeps its promise can be faster than
this without sharing commits, so figures are told as a share of it.
"""

import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import count
from typing import Protocol

import psycopg
from psycopg import pq
from sqlalchemy.engine import make_url

from app.database.engines import journal, sqlite
from benchmarks.rig.serving import plain

UUID_OID, BYTEA_OID = 2950, 17
ONE = b"INSERT INTO raw (id, payload) VALUES ($1, $2)"
MANY = b"INSERT INTO raw (id, payload) SELECT * FROM unnest($1::uuid[], $2::bytea[])"


class RawLimit(Protocol):
    def rate(self, batch: int, writers: int, seconds: float) -> float:
        """Rows a second in commits of `batch` rows."""

    def close(self) -> None: ...


class SqliteLimit:
    """One connection, as SQLite has one writer, set up as the application's own."""

    def __init__(self, url: str, payload: bytes) -> None:
        self._payload = payload
        self._numbers = count(1)
        mode, synchronous = journal()
        self._connection = sqlite.connect(make_url(url).database or "", isolation_level=None)
        self._connection.execute(f"PRAGMA journal_mode={mode}")
        self._connection.execute(f"PRAGMA synchronous={synchronous}")
        self._connection.execute("PRAGMA cache_size=-65536")
        self._connection.execute("CREATE TABLE raw (id BLOB PRIMARY KEY, payload BLOB NOT NULL)")

    def rate(self, batch: int, writers: int, seconds: float) -> float:
        rows, begin = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - begin) < seconds:
            values = [(_id(self._numbers), self._payload) for _ in range(batch)]
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT INTO raw VALUES (?, ?)", values)
            self._connection.execute("COMMIT")
            rows += batch
        return rows / elapsed

    def close(self) -> None:
        self._connection.close()


class PostgresLimit:
    """Many connections, a statement a commit, prepared and in binary, by libpq itself."""

    def __init__(self, url: str, payload: bytes) -> None:
        self._url, self._payload = plain(url), payload
        self._numbers = count(1)
        with psycopg.connect(self._url) as connection:
            connection.execute("CREATE TABLE raw (id uuid PRIMARY KEY, payload bytea NOT NULL)")

    def rate(self, batch: int, writers: int, seconds: float) -> float:
        rows: list[int] = []
        with ExitStack() as stack:
            connections = [stack.enter_context(psycopg.connect(self._url)).pgconn for _ in range(writers)]
            deadline = time.perf_counter() + seconds
            threads = [
                threading.Thread(target=lambda each: rows.append(self._write(each, batch, deadline)), args=(each,))
                for each in connections
            ]
            begin = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return sum(rows) / (time.perf_counter() - begin)

    def close(self) -> None:
        """Nothing stays open between two measurements."""

    def _write(self, connection: pq.abc.PGconn, batch: int, deadline: float) -> int:
        rows = 0
        connection.prepare(b"insert", ONE if batch == 1 else MANY)
        while time.perf_counter() < deadline:
            ids, payloads = [_id(self._numbers) for _ in range(batch)], [self._payload] * batch
            values = [ids[0], self._payload] if batch == 1 else [_array(UUID_OID, ids), _array(BYTEA_OID, payloads)]
            result = connection.exec_prepared(b"insert", values, [1, 1])
            if result.status != pq.ExecStatus.COMMAND_OK:
                raise RuntimeError(result.error_message.decode(errors="replace"))
            rows += batch
        return rows


def _id(numbers: Iterator[int]) -> bytes:
    """In order, as the ids of version 7 that tablets make nearly are."""
    return next(numbers).to_bytes(16, "big")


def _array(oid: int, values: Sequence[bytes]) -> bytes:
    """PostgreSQL's binary form of an array with one dimension."""
    head = struct.pack("!iiIii", 1, 0, oid, len(values), 1)
    return head + b"".join(struct.pack("!i", len(value)) + value for value in values)


def raw_limit(url: str, payload: bytes) -> RawLimit:
    """The limit of this database, which is new and belongs to the measurement alone."""
    return (SqliteLimit if make_url(url).get_backend_name() == "sqlite" else PostgresLimit)(url, payload)
