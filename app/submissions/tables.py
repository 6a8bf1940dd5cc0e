"""The memory of what came back. Only this room touches these tables."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, false, text
from sqlmodel import Field, SQLModel

from app.database import EnumText, UuidBytes
from app.submissions.lineage import State
from app.submissions.review_state import ReviewState


class StateText(EnumText[State]):
    enum = State
    cache_ok = True


class ReviewText(EnumText[ReviewState]):
    enum = ReviewState
    cache_ok = True


def _numbered(table: str) -> Index:
    """Finds the numbers of one tablet without a look at anybody else's."""
    given = text("device_seq IS NOT NULL")
    return Index(f"ix_{table}_device_seq", "device_id", "device_seq", sqlite_where=given, postgresql_where=given)


class Submission(SQLModel, table=True):
    """An interview that counts, or did until an edit replaced it. The unique key judges all races.

    `raw` is the item byte for byte as it was sent; every other column can be made from it again, but for who brought
    it and when. A row in state `announced` holds only the id of an interview that an edit names and that has not come,
    one in state `erased` the id of an interview that must never come again. `review` is the last word of a `Review`.
    """

    instance_id: uuid.UUID = Field(primary_key=True, sa_type=UuidBytes)
    state: State = Field(sa_type=StateText)
    seq: int | None = Field(default=None, sa_type=BigInteger, index=True)
    sha256: bytes | None = Field(default=None, sa_type=LargeBinary(32))
    form_id: str | None = None
    version: str | None = None
    deprecated_id: uuid.UUID | None = Field(default=None, sa_type=UuidBytes)
    community: str | None = None
    round: str | None = None
    enumerator: str | None = None
    refusal: bool = False
    review: ReviewState | None = Field(default=None, sa_type=ReviewText)
    flags: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    raw: bytes | None = None
    device_id: uuid.UUID | None = Field(default=None, sa_type=UuidBytes)
    device_seq: int | None = Field(default=None, sa_type=BigInteger)
    synthetic: bool = False
    batch_id: str | None = None
    received_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    __table_args__ = (
        Index(
            "ix_submission_deprecated_id",
            "deprecated_id",
            sqlite_where=text("deprecated_id IS NOT NULL"),
            postgresql_where=text("deprecated_id IS NOT NULL"),
        ),
        _numbered("submission"),
    )


class SetAside(SQLModel, table=True):
    """Content that could not count when it came: `held` (not usable yet) or in `conflict` with what came first.

    Rows stay for ever. `settled_at` tells when one stopped waiting, `told_again` that the tablet then brought it anew
    and was told a second time that it is kept.
    """

    __tablename__ = "set_aside"

    instance_id: uuid.UUID = Field(primary_key=True, sa_type=UuidBytes)
    sha256: bytes = Field(primary_key=True, sa_type=LargeBinary(32))
    kind: str
    reason: str
    seq: int = Field(sa_type=BigInteger, index=True)
    form_id: str | None = None
    version: str | None = None
    community: str | None = None
    raw: bytes
    device_id: uuid.UUID = Field(sa_type=UuidBytes)
    device_seq: int | None = Field(default=None, sa_type=BigInteger)
    synthetic: bool = False
    batch_id: str
    received_at: datetime
    settled_at: datetime | None = None
    told_again: bool = Field(default=False, sa_column_kwargs={"server_default": false()})

    __table_args__ = (
        Index(
            "ix_set_aside_waiting",
            "kind",
            "seq",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        _numbered("set_aside"),
    )


class Correction(SQLModel, table=True):
    """How a coordinator has content read that could not be used as it was sent. The raw bytes stay as they are.

    `changes` may hold `form_id`, `version`, `deprecated_id`, and `answers` by path; later numbers go over earlier ones.
    """

    instance_id: uuid.UUID = Field(primary_key=True, sa_type=UuidBytes)
    sha256: bytes = Field(primary_key=True, sa_type=LargeBinary(32))
    number: int = Field(primary_key=True)
    at: datetime
    holder_id: uuid.UUID = Field(sa_type=UuidBytes)
    reason: str
    changes: dict[str, Any] = Field(sa_type=JSON)


class Ruling(SQLModel, table=True):
    """What a coordinator decided about one content of a conflict; those with one `number` are one resolution.

    `kind` is `content` (one id, several contents) or `edits` (several edits of one interview). `place` is the number
    by which the interview goes on standing among its siblings, whatever number it gets to be seen again.
    """

    number: int = Field(primary_key=True, sa_type=BigInteger)
    instance_id: uuid.UUID = Field(primary_key=True, sa_type=UuidBytes, index=True)
    sha256: bytes = Field(primary_key=True, sa_type=LargeBinary(32))
    kind: str
    kept: bool
    place: int = Field(sa_type=BigInteger)
    at: datetime
    holder_id: uuid.UUID = Field(sa_type=UuidBytes)
    reason: str


class Review(SQLModel, table=True):
    """What a coordinator said about one content: appended, never changed. The note may be personal."""

    instance_id: uuid.UUID = Field(primary_key=True, sa_type=UuidBytes)
    sha256: bytes = Field(primary_key=True, sa_type=LargeBinary(32))
    number: int = Field(primary_key=True)
    at: datetime
    holder_id: uuid.UUID = Field(sa_type=UuidBytes)
    state: ReviewState = Field(sa_type=ReviewText)
    note: str | None = None


class Erasure(SQLModel, table=True):
    """What remains of a content that was erased: that it was here, whose tablet brought it, and by whose order it went.

    `told` counts how often a tablet was told that it is kept. No `holder_id` tells the command line, or an edit that
    came after its interview had been erased.
    """

    instance_id: uuid.UUID = Field(primary_key=True, sa_type=UuidBytes)
    sha256: bytes = Field(primary_key=True, sa_type=LargeBinary(32))
    at: datetime
    holder_id: uuid.UUID | None = Field(default=None, sa_type=UuidBytes)
    reason: str
    seq: int = Field(sa_type=BigInteger, index=True)
    told: int
    device_id: uuid.UUID = Field(sa_type=UuidBytes)
    device_seq: int | None = Field(default=None, sa_type=BigInteger)
    received_at: datetime

    __table_args__ = (_numbered("erasure"),)


class Batch(SQLModel, table=True):
    """A batch that was answered, with its answer, so that sending it again gets the same one."""

    device_id: uuid.UUID = Field(primary_key=True, sa_type=UuidBytes)
    batch_id: str = Field(primary_key=True)
    sha256: bytes = Field(sa_type=LargeBinary(32))
    received_at: datetime
    items: int = 0
    accepted: int = 0
    duplicate: int = 0
    edited: int = 0
    conflict: int = 0
    held: int = 0
    rejected: int = 0
    receipts: bytes = b"[]"


class Heartbeat(SQLModel, table=True):
    """What a tablet last said about itself. `outbox` counts finished interviews still on it after that batch."""

    device_id: uuid.UUID = Field(primary_key=True, sa_type=UuidBytes)
    at: datetime
    sent_at: datetime | None = None
    outbox: int | None = Field(default=None, sa_type=BigInteger)
    oldest_unsent_at: datetime | None = None
    app_version: str | None = None
    battery: float | None = None
    free_bytes: int | None = Field(default=None, sa_type=BigInteger)
