"""The memory of what is known of communities beside interviews. Rows are added and never changed: a later one counts
instead of an earlier one about the same, and `seq` tells which is later."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel

from app.database import UuidBytes


class Fact(SQLModel, table=True):
    """One value of one community from elsewhere than the survey, with its source, date and evidence grade.

    `value` is a score between `scale_min` and `scale_max`, or a figure in `unit` that the indicator's rule turns into
    one. Without a value the fact takes back what was recorded before.
    """

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True, sa_type=UuidBytes)
    seq: int = Field(sa_type=BigInteger)
    framework_id: str
    framework_version: str
    node: str
    community: str
    round: str | None = None
    source: str
    value: float | None = None
    unit: str | None = None
    scale_min: float
    scale_max: float
    reference: str
    observed_on: date
    grade: str
    note: str | None = None
    recorded_by: uuid.UUID = Field(sa_type=UuidBytes)
    recorded_at: datetime
    synthetic: bool = False

    __table_args__ = (Index("ix_fact_framework", "framework_id", "community", "seq"),)


class Workshop(SQLModel, table=True):
    """A meeting that scored a community. `about` holds kind, day, place, groups and minutes; `survey_seq` is how far
    the interviews reached that its entries were compared with; `corrects` names the workshop that this one mends."""

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True, sa_type=UuidBytes)
    seq: int = Field(sa_type=BigInteger)
    framework_id: str
    framework_version: str
    framework_sha256: bytes = Field(sa_type=LargeBinary(32))
    community: str
    round: str | None = None
    about: dict[str, Any] = Field(sa_type=JSON)
    survey_seq: int = Field(sa_type=BigInteger)
    corrects: uuid.UUID | None = Field(default=None, sa_type=UuidBytes)
    recorded_by: uuid.UUID = Field(sa_type=UuidBytes)
    recorded_at: datetime
    synthetic: bool = False

    __table_args__ = (Index("ix_workshop_framework", "framework_id", "community", "seq"),)


class WorkshopEntry(SQLModel, table=True):
    """What a workshop said of one node: the groups' scores before and after they saw the survey, what was agreed and
    how. `survey` is the survey's row as it was at that moment."""

    __tablename__ = "workshop_entry"

    workshop_id: uuid.UUID = Field(primary_key=True, foreign_key="workshop.id", sa_type=UuidBytes)
    node: str = Field(primary_key=True)
    position: int
    scores: list[dict[str, Any]] = Field(sa_type=JSON)
    evidence: list[dict[str, Any]] = Field(sa_type=JSON)
    method: str
    agreed: float | None = None
    reason: str | None = None
    dissent: str | None = None
    scale_min: float
    scale_max: float
    survey: dict[str, Any] = Field(sa_type=JSON)
