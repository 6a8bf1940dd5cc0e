"""What a holder may see of what was kept. Somebody else's is the same as absent."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel import Session, and_, col, or_, select

from app.access.policy import Right, may
from app.access.tables import Holder
from app.communities.areas import Areas
from app.problems import NotFound
from app.submissions.tables import Erasure, SetAside, Submission

Table = type[Submission] | type[SetAside]


def visible(session: Session, table: Table, holder: Holder, areas: Areas) -> list[Any]:
    """The one row filter: what this holder may see of a table, as conditions."""
    if not may(holder.role, Right.READ_SUBMISSIONS):
        return [table.device_id == holder.id]
    return inside(session, table, areas.within(holder.communities)) if holder.communities else []


def seen(
    session: Session, wanted: uuid.UUID, holder: Holder, areas: Areas
) -> tuple[Submission | None, Sequence[SetAside]]:
    """What this holder sees under an id: the interview, and what was set aside. Raises `NotFound` for nothing."""
    kept = session.exec(
        select(Submission).where(
            Submission.instance_id == wanted,
            col(Submission.sha256).is_not(None),
            *visible(session, Submission, holder, areas),
        )
    ).first()
    aside = session.exec(
        select(SetAside).where(SetAside.instance_id == wanted, *visible(session, SetAside, holder, areas))
    ).all()
    if kept is None and not (aside and reads_personal(holder)):
        raise NotFound
    return kept, aside


def is_erased(session: Session, instance_id: uuid.UUID) -> bool:
    """Whether something was erased under this id, so that nothing may be kept under it any more."""
    return session.exec(select(Erasure.instance_id).where(Erasure.instance_id == instance_id)).first() is not None


def reads_personal(holder: Holder) -> bool:
    """Whether this holder may see the personal answers of what it sees."""
    return may(holder.role, Right.READ_PERSONAL_ANSWERS) or may(holder.role, Right.READ_OWN_SUBMISSIONS)


def inside(session: Session, table: Table, communities: Collection[str]) -> list[Any]:
    """What lies in these communities, as conditions. What cannot be placed belongs to those who look after all the
    communities of the tablet that brought it."""
    placed = col(table.community).in_(communities)
    if table is Submission:
        return [placed]
    own = [
        device_id
        for device_id, works_in in session.exec(select(Holder.id, Holder.communities))
        if works_in and set(works_in) <= set(communities)
    ]
    return [or_(placed, and_(col(table.community).is_(None), col(table.device_id).in_(own)))]
