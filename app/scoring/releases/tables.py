"""The memory of what was released."""

import uuid
from datetime import datetime

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field, SQLModel

from app.database import UuidBytes


class Release(SQLModel, table=True):
    """Numbers as they were released, byte for byte; nothing of it ever changes.

    `content` is the answer of `/scores`, `manifest` what it was made from; the hashes are of these bytes.
    `communities` are those to which the releaser was limited, empty for everybody's; a release is theirs alone.
    """

    release_id: str = Field(primary_key=True)
    framework_id: str
    framework_version: str
    round: str | None = None
    title: str
    released_at: datetime = Field(index=True)
    holder_id: uuid.UUID = Field(sa_type=UuidBytes)
    communities: list[str] = Field(sa_type=JSON)
    sha256: bytes = Field(sa_type=LargeBinary(32))
    content: bytes
    manifest: bytes
