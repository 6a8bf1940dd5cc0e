"""The memory of what was released."""

import uuid
from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from app.database import UuidBytes


class Release(SQLModel, table=True):
    """Numbers as they were released, byte for byte; nothing of it ever changes.

    `content` is the answer of `/scores`, `manifest` what it was made from; the hashes are of these bytes.
    `audience` is `analysts` or `public`.
    """

    release_id: str = Field(primary_key=True)
    framework_id: str
    framework_version: str
    round: str | None = None
    title: str
    audience: str
    released_at: datetime = Field(index=True)
    holder_id: uuid.UUID = Field(sa_type=UuidBytes)
    sha256: bytes = Field(sa_type=LargeBinary(32))
    content: bytes
    manifest: bytes
