"""The numbers that tablets give their interviews, of whatever is kept from them, or was until it was erased."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from app.submissions.tables import Erasure, SetAside, Submission

FURTHEST_BACK = 1_000
"""Most numbers looked at of one tablet, the highest first: more than one gives in a fieldwork. So this costs the same
however much is stored."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A kept content with its tablet's number. `is_edit` when it replaces another interview."""

    number: int
    instance_id: uuid.UUID
    received_at: dt.datetime
    is_edit: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one tablet. Below `first` there are more of them, which are not looked at."""

    kept: list[Numbered]
    first: int


def numbers_of(session: Session, device_id: uuid.UUID) -> Numbers:
    """The highest numbers of this tablet."""
    kept: list[Numbered] = []
    first = 1
    tables: list[Any] = [Submission, SetAside, Erasure]
    for table in tables:
        original = table.deprecated_id if table is Submission else None
        query = select(table.device_seq, table.instance_id, table.received_at, original)
        query = query.where(table.device_id == device_id, col(table.device_seq).is_not(None))
        rows = session.execute(query.order_by(col(table.device_seq).desc()).limit(FURTHEST_BACK)).all()
        kept += [Numbered(number, own, at, replaces is not None) for number, own, at, replaces in rows]
        if len(rows) == FURTHEST_BACK:
            first = max(first, rows[-1][0])
    return Numbers([each for each in kept if each.number >= first], first)
