"""PostgreSQL's binary form of arrays, for whole columns of new rows. The driver's own way with lists looks at every
element anew and takes ten times as long.

Source: `array_send` and the `…_send` functions of each type in PostgreSQL; the form is stable.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

_NULL = struct.pack("!i", -1)
_length = struct.Struct("!i").pack
_sized_int4 = struct.Struct("!ii").pack
_sized_int8 = struct.Struct("!iq").pack
_sized_float8 = struct.Struct("!id").pack
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Array:
    """An array as it goes over the wire. The statement must say its type: `%(…)s::UUID[]`."""

    content: bytes


def _bytes(value: bytes) -> bytes:
    return _length(len(value)) + value


def _text(value: str) -> bytes:
    return _bytes(value.encode())


def _moment(value: datetime) -> bytes:
    since = value - _EPOCH
    return _sized_int8(8, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


_ELEMENTS: dict[str, tuple[int, Callable[[Any], bytes]]] = {
    "BIGINT": (20, lambda value: _sized_int8(8, value)),
    "BOOLEAN": (16, lambda value: b"\0\0\0\1\1" if value else b"\0\0\0\1\0"),
    "BYTEA": (17, _bytes),
    "FLOAT": (701, lambda value: _sized_float8(8, value)),
    "INTEGER": (23, lambda value: _sized_int4(4, value)),
    "JSON": (114, lambda value: _bytes(orjson.dumps(value))),
    "TIMESTAMP WITH TIME ZONE": (1184, _moment),
    "UUID": (2950, lambda value: b"\0\0\0\x10" + value.bytes),
    "VARCHAR": (1043, _text),
}
"""The number of each type, by its name in SQL, and what makes a length and a value of an element."""


def array_of(kind: str, values: Sequence[Any]) -> Array:
    """An array with one dimension; `None` becomes NULL."""
    oid, element = _ELEMENTS[kind]
    head = struct.pack("!iiIii", 1, 1, oid, len(values), 1)
    return Array(head + b"".join(_elements(element, values)))


def _elements(element: Callable[[Any], bytes], values: Sequence[Any]) -> list[bytes]:
    # Most columns of a batch hold one value, the very same object, again and again.
    written, last, last_written = [], None, _NULL
    for value in values:
        if value is not last:
            last, last_written = value, _NULL if value is None else element(value)
        written.append(last_written)
    return written


def teach_arrays(connection: Any) -> None:
    """Make a connection of psycopg send an `Array` as it is."""
    # Here, because on SQLite the driver of PostgreSQL would only take memory.
    from psycopg.adapt import Dumper
    from psycopg.pq import Format

    class AsItIs(Dumper):
        format = Format.BINARY

        def dump(self, obj: Array) -> bytes:
            return obj.content

    connection.adapters.register_dumper(Array, AsItIs)
