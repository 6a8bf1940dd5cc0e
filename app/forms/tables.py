"""The memory of what we ask: published versions of forms, which never change."""

from datetime import datetime

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field, SQLModel


class FormVersion(SQLModel, table=True):
    """A version as it is served: `content` are the bytes, `sha256` their hash. `ordinal` counts publications."""

    __tablename__ = "form_version"

    form_id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    sha256: bytes = Field(sa_type=LargeBinary(32))
    title: str
    languages: list[str] = Field(sa_type=JSON)
    content: bytes
    published_at: datetime
    ordinal: int
