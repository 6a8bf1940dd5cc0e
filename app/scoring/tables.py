"""The memory of what answers mean: published frameworks, and what each interview contributes to their scores."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, false, text
from sqlmodel import Field, SQLModel

from app.database import UuidBytes

STANDING = "CASE WHEN NOT counts THEN 0 WHEN approved THEN 2 ELSE 1 END"
Number = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts by itself in a column of type INTEGER only."""

WAITING = text(f"summed <> {STANDING}")
"""Of interviews that the kept sums do not follow yet."""


class FrameworkVersion(SQLModel, table=True):
    """A framework as it was published; it never changes. `ordinal` counts publications.

    `scored` is false until the interviews that were kept before the publication have been scored.
    """

    __tablename__ = "framework_version"

    framework_id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    sha256: bytes = Field(sa_type=LargeBinary(32))
    content: bytes
    published_at: datetime
    ordinal: int
    scored: bool = False


class ScoredInterview(SQLModel, table=True):
    """What one interview contributes to one framework version.

    The key begins with the number of the interview, so that new rows stand beside each other in its index: random ids
    would dirty a page of it each. `content` is a `contribution.Content`. `counts` is false while another revision of
    the interview counts instead, or while a review rejects it; `approved` tells that its last review does approve it.
    `summed` is how the kept sums hold it (`keep.standing`): where it stands otherwise by now, the sums will follow, and
    readers take this into account meanwhile.
    """

    __tablename__ = "scored_interview"

    seq: int = Field(primary_key=True, sa_type=BigInteger)
    framework_id: str = Field(primary_key=True)
    framework_version: str = Field(primary_key=True)
    instance_id: uuid.UUID = Field(sa_type=UuidBytes)
    received_at: datetime
    community: str | None = None
    round: str | None = None
    counts: bool = True
    approved: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    summed: int = 0
    synthetic: bool = False
    content: bytes

    __table_args__ = (
        Index("ix_scored_interview_framework", "framework_id", "framework_version", "community", "seq"),
        Index(
            "ix_scored_interview_waiting",
            "framework_id",
            "framework_version",
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )


class ScoreCell(SQLModel, table=True):
    """The exact sums over the interviews of one sampled unit that no domain tells apart (`Key`, `Tally`).

    `cell_id` is a hash of the framework version and the key; a cell that nobody is in any more is not there.
    """

    __tablename__ = "score_cell"

    cell_id: uuid.UUID = Field(primary_key=True, sa_type=UuidBytes)
    framework_id: str
    framework_version: str
    community: str
    round: str
    stratum: str
    psu: str
    ssu: str
    dimensions: bytes
    approved: bool
    sums: bytes
    counts: bytes
    moments: bytes

    __table_args__ = (Index("ix_score_cell_framework", "framework_id", "framework_version", "community"),)


class ScoreEntry(SQLModel, table=True):
    """The interviews that one transaction let come or go, and no cell of the framework version knows yet (`journal`).

    `journal_bytes` is about how long the journal was with it, so that this can be known without reading all of it.
    """

    __tablename__ = "score_entry"

    id: int | None = Field(default=None, sa_type=Number, primary_key=True)
    framework_id: str
    framework_version: str
    journal_bytes: int = Field(sa_type=BigInteger)
    changes: str
