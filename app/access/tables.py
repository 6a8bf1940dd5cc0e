"""The memory of access: holders of tokens, their tokens, and what was done with them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field, SQLModel

from app.access.policy import Role
from app.database import EnumText, UuidBytes


class RoleText(EnumText[Role]):
    enum = Role
    cache_ok = True


class Holder(SQLModel, table=True):
    """A person, a device or a programme that may hold a token, in one role, within some communities (none: all)."""

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True, sa_type=UuidBytes)
    name: str = Field(unique=True)
    role: Role = Field(sa_type=RoleText)
    communities: list[str] = Field(default_factory=list, sa_type=JSON)
    synthetic: bool = False


class Token(SQLModel, table=True):
    """A token by its hash. It is valid until it expires or is revoked.

    The digests are what `digest.secrets_of` makes of it; tokens from before they were kept have none.
    """

    hash: bytes = Field(primary_key=True, sa_type=LargeBinary(32))
    holder_id: uuid.UUID = Field(foreign_key="holder.id", index=True, sa_type=UuidBytes)
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    digest_md5: bytes | None = Field(default=None, sa_type=LargeBinary(16))
    digest_sha256: bytes | None = Field(default=None, sa_type=LargeBinary(32))


class AuditEntry(SQLModel, table=True):
    """One thing that somebody did: appended, never changed. `details` hold no answers and no tokens."""

    __tablename__ = "audit_entry"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True, sa_type=UuidBytes)
    at: datetime = Field(index=True)
    holder_id: uuid.UUID | None = Field(default=None, sa_type=UuidBytes)
    action: str
    subject: str
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
