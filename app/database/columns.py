"""Column types and the one row that says which server this is."""

import uuid
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Dialect, LargeBinary, Sequence, String, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel


class UuidBytes(TypeDecorator[uuid.UUID]):
    """A UUID in 16 bytes: `uuid` on PostgreSQL, a blob on SQLite (half the index of its text)."""

    impl = LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        native = postgresql.UUID(as_uuid=True) if dialect.name == "postgresql" else LargeBinary(16)
        return dialect.type_descriptor(native)

    def process_bind_param(self, value: uuid.UUID | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> uuid.UUID | None:
        return None if value is None else as_uuid(value)


def as_uuid(value: uuid.UUID | bytes) -> uuid.UUID:
    """A UUID as either driver gives it."""
    return value if isinstance(value, uuid.UUID) else uuid.UUID(bytes=value)


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model, for statements whose rows stay rows."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


E = TypeVar("E", bound=StrEnum)


class EnumText(TypeDecorator[E]):
    """The member of a closed list, as plain text: adding one needs no change of the schema."""

    impl = String
    enum: type[E]

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        return None if value is None else self.enum(value)


class Server(SQLModel, table=True):
    """One row. `epoch` changes when the data were restored or copied, which `place` tells; `generation` grows whenever
    something is published, enrolled or revoked; `seq` counts kept interviews where the database has no sequences."""

    id: int = Field(default=1, primary_key=True)
    server_id: uuid.UUID = Field(sa_type=UuidBytes)
    epoch: uuid.UUID = Field(sa_type=UuidBytes)
    seq: int = Field(default=0, sa_type=BigInteger)
    generation: int = Field(default=0, sa_type=BigInteger)
    place: str | None = None


arrival = Sequence("submission_seq", metadata=SQLModel.metadata)
"""The order of arrival on PostgreSQL. Databases without sequences leave it out and count in `Server.seq`."""
