"""Destroying interviews for good. What remains tells that they were here, and keeps them from coming again."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, literal, select, update
from sqlmodel import Session, col

from app.access import audit
from app.access.tables import Holder
from app.submissions import queries
from app.submissions.identity import spelled
from app.submissions.lineage import State
from app.submissions.redact import redact
from app.submissions.tables import Correction, Erasure, Review, Ruling, SetAside, Submission

ERASED: dict[str, Any] = Submission(instance_id=uuid.UUID(int=0), state=State.ERASED).model_dump(
    exclude={"instance_id"}
)
"""What stands in a row whose interview was erased: nothing but its id, on which every later arrival is judged."""


@dataclass(frozen=True)
class Order:
    """By whose order interviews are erased, when and why. Without a time it is when each of them came."""

    reason: str
    holder: Holder | None = None
    at: dt.datetime | None = None


def destroy(session: Session, ids: Collection[uuid.UUID], order: Order) -> int:
    """Destroy all contents under these ids, which are locked and have a row each. Returns how many contents.

    Raw bytes, what is derived from them, corrections, rulings and reviews with their words go, and what receipts said
    of them. The scores follow.
    """
    remains = _remains(session, ids, order)
    queries.withdraw_contributions(session, ids)
    for table in (SetAside, Correction, Ruling, Review):
        session.execute(delete(table).where(col(table.instance_id).in_(ids)))
    session.execute(update(Submission).where(col(Submission.instance_id).in_(ids)).values(**ERASED))
    for each in remains:
        _keep(session, each)
        audit.record(session, each.at, order.holder, "interview_erased", spelled(each.instance_id))
    # An edit that comes too late must not take the time to read what all tablets were ever told.
    redact(session, ids, None if order.at else {each.device_id for each in remains})
    return len(remains)


def _remains(session: Session, ids: Collection[uuid.UUID], order: Order) -> list[Erasure]:
    found: dict[tuple[uuid.UUID, bytes], Erasure] = {}
    for instance_id, sha256, seq, device_id, device_seq, received_at, told in _contents(session, ids):
        each = found.setdefault(
            (instance_id, sha256),
            Erasure(
                instance_id=instance_id,
                sha256=sha256,
                at=order.at or received_at,
                holder_id=order.holder.id if order.holder else None,
                reason=order.reason,
                seq=seq,
                told=1,
                device_id=device_id,
                device_seq=device_seq,
                received_at=received_at,
            ),
        )
        each.told += told
    return list(found.values())


def _contents(session: Session, ids: Collection[uuid.UUID]) -> Iterable[Any]:
    """The contents without their bytes; the last member tells whether a tablet was told of it a second time."""
    tables: list[Any] = [Submission, SetAside]
    for table in tables:
        again = literal(False) if table is Submission else col(SetAside.told_again)
        columns = (table.instance_id, table.sha256, table.seq, table.device_id, table.device_seq, table.received_at)
        query = select(*columns, again).where(table.instance_id.in_(ids), table.sha256.is_not(None))
        yield from session.execute(query)


def _keep(session: Session, remains: Erasure) -> None:
    """Enter what remains, or add to it where the same content had slipped in once more."""
    earlier = session.get(Erasure, (remains.instance_id, remains.sha256))
    if earlier is None:
        session.add(remains)
    else:
        earlier.told += remains.told
    session.flush()
