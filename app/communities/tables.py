"""The memory of where we ask."""

from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class Community(SQLModel, table=True):
    """An area by its Kemendagri code. `description` is the published entry as it stood in its file."""

    code: str = Field(primary_key=True)
    name: str
    level: str
    parent: str | None = None
    bps_code: str | None = None
    description: dict[str, Any] = Field(sa_type=JSON)
