"""Statements made ready once: SQLAlchemy writes their text, then the driver gets it as it is.

To have a statement looked up and adapted for every batch takes longer than the database takes to run it.
"""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import wraps
from itertools import chain
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import JSON, Boolean, CursorResult, Dialect, LargeBinary, Table
from sqlmodel import Session

from app.database.arrays import array_of

ROWS_AT_ONCE = (100, 50, 20, 10, 5, 2, 1)
"""How many rows SQLite takes in one statement: few texts, so that it keeps them prepared, and few statements, because
Python's other threads are held up at each."""

_ASKED = "IN (__[POSTCOMPILE_ids])"

Adapt = Callable[[Any], Any]
T = TypeVar("T")


def made_once(make: Callable[[Dialect], T]) -> Callable[[Session], T]:
    """A decorator: what is made for a dialect, for the database of a session, and only once in a process."""
    made: dict[str, T] = {}

    @wraps(make)
    def of(session: Session) -> T:
        dialect = session.get_bind().dialect
        if dialect.name not in made:
            made[dialect.name] = make(dialect)
        return made[dialect.name]

    return of


class Ready:
    """A statement with named values."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self._text: str = compiled.string
        self._named = not dialect.positional
        self._given: Mapping[str, Any] = compiled.params
        names: Sequence[str] = compiled.positiontup or list(compiled.params)
        self._adapting = {name: _adapting(compiled.binds[name].type, dialect) for name in names}

    def run(self, session: Session, values: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        given = {**self._given, **(values or {})}
        adapted = {name: adapt(given[name]) for name, adapt in self._adapting.items()}
        return _run(session, self._text, adapted if self._named else tuple(adapted.values()))


class ReadyQuery:
    """A query with one condition `in_(ids)` on UUIDs, and no other value."""

    def __init__(self, query: Any, dialect: Dialect) -> None:
        self._text: str = query.compile(dialect=dialect).string
        self._takes_arrays = dialect.name == "postgresql"
        if self._takes_arrays:
            self._text = self._text.replace(_ASKED, "= ANY(%(ids)s::UUID[])")

    def rows(self, session: Session, ids: Collection[uuid.UUID]) -> Sequence[Any]:
        if self._takes_arrays:
            return _run(session, self._text, {"ids": array_of("UUID", list(ids))}).all()
        asked = f"IN ({', '.join('?' * len(ids))})"
        return _run(session, self._text.replace(_ASKED, asked), tuple([each.bytes for each in ids])).all()


class ReadyRows:
    """An `INSERT` of many rows, each with a value for every column of the table."""

    def __init__(self, insert: Any, table: Table, dialect: Dialect) -> None:
        text: str = insert.compile(dialect=dialect).string
        self._head, _, tail = text.partition(" VALUES (")
        self._tail = tail[tail.find(" ON CONFLICT") :] if " ON CONFLICT" in tail else ""
        adapting = [_adapting(column.type, dialect) for column in table.columns]
        self._adapting = [(place, adapt) for place, adapt in enumerate(adapting) if adapt is not _same]
        self._in_order = itemgetter(*(column.name for column in table.columns))
        self._types = {column.name: column.type.compile(dialect) for column in table.columns}
        self._takes_arrays = dialect.name == "postgresql"

    def run(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """What the statement returns, if it does, of the rows that it let in."""
        returned: list[Any] = []
        for text, values in [self._unnested(rows)] if self._takes_arrays else self._side_by_side(rows):
            result = _run(session, text, values)
            if result.returns_rows:
                returned += result.all()
        return returned

    def _unnested(self, rows: Sequence[Mapping[str, Any]]) -> tuple[str, dict[str, Any]]:
        """All rows as one array a column: a text that does not depend on their number."""
        arrays = ", ".join(f"%({name})s::{kind}[]" for name, kind in self._types.items())
        values = {name: array_of(kind, [row[name] for row in rows]) for name, kind in self._types.items()}
        return f"{self._head} SELECT * FROM unnest({arrays}){self._tail}", values

    def _side_by_side(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        begin, width = 0, len(self._types)
        row = f"({', '.join('?' * width)})"
        for size in ROWS_AT_ONCE:
            while len(rows) - begin >= size:
                part = rows[begin : begin + size]
                values = list(chain.from_iterable(map(self._in_order, part)))
                for place, adapt in self._adapting:
                    values[place::width] = map(adapt, values[place::width])
                yield f"{self._head} VALUES {', '.join([row] * size)}{self._tail}", tuple(values)
                begin += size


def _run(session: Session, text: str, values: Any) -> CursorResult[Any]:
    return session.connection().exec_driver_sql(text, values)


def _adapting(kind: Any, dialect: Dialect) -> Adapt:
    """What makes of a value the one that the driver takes."""
    process: Adapt | None = kind.dialect_impl(dialect).bind_processor(dialect)
    # Truth and bytes are what every driver takes as they are.
    if process is None or isinstance(kind, Boolean | LargeBinary):
        return _same
    return process if isinstance(kind, JSON) else _remembering(process)


def _same(value: Any) -> Any:
    return value


def _remembering(process: Adapt) -> Adapt:
    """All items of a batch share their time and their tablet, so that the last value often comes again. Not for values
    that can change while they stay the same object."""
    last: tuple[Any, Any] = (None, process(None))

    def adapt(value: Any) -> Any:
        nonlocal last
        # Taken at once and set at once: other threads adapt their values here meanwhile.
        known, adapted = last
        if value is not known:
            adapted = process(value)
            last = (value, adapted)
        return adapted

    return adapt
