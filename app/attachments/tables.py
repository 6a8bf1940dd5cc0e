"""The memory of files: which came for which interview, under which name; which count, and which are on their way."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.database import UuidBytes


class Attachment(SQLModel, table=True):
    """A file that came for an interview under a name, which is data only. Its bytes are in the store.

    The interview may come later. Other content under the same name is kept beside; what came first counts, unless a
    `FileRuling` says otherwise.
    """

    instance_id: uuid.UUID = Field(primary_key=True, sa_type=UuidBytes)
    name: str = Field(primary_key=True)
    sha256: bytes = Field(primary_key=True, sa_type=LargeBinary(32), index=True)
    size: int = Field(sa_type=BigInteger)
    media_type: str | None = None
    device_id: uuid.UUID = Field(sa_type=UuidBytes, index=True)
    received_at: datetime


class FileRuling(SQLModel, table=True):
    """What a coordinator decided about one of several contents under one name; those with one `number` are one
    decision, and the last one holds."""

    __tablename__ = "file_ruling"

    number: int = Field(primary_key=True, sa_type=BigInteger)
    instance_id: uuid.UUID = Field(sa_type=UuidBytes, index=True)
    name: str
    sha256: bytes = Field(primary_key=True, sa_type=LargeBinary(32))
    kept: bool
    at: datetime
    holder_id: uuid.UUID = Field(sa_type=UuidBytes)
    reason: str


class Upload(SQLModel, table=True):
    """A file on its way in pieces. How far it has come is told by its draft alone."""

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True, sa_type=UuidBytes)
    device_id: uuid.UUID = Field(sa_type=UuidBytes)
    instance_id: uuid.UUID = Field(sa_type=UuidBytes)
    name: str
    sha256: bytes = Field(sa_type=LargeBinary(32))
    size: int = Field(sa_type=BigInteger)
    media_type: str | None = None
    begun_at: datetime = Field(index=True)
    kept_at: datetime | None = None

    __table_args__ = (UniqueConstraint("device_id", "instance_id", "name", "sha256"),)


class DiscardedContent(SQLModel, table=True):
    """Content whose last name was taken away. Its bytes go as soon as that is certain."""

    __tablename__ = "discarded_content"

    sha256: bytes = Field(primary_key=True, sa_type=LargeBinary(32))
