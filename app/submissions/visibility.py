"""What a holder may see of what was kept. Somebody else's is the same as absent."""

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, and_, col, or_, select

from app.access.policy import Right, may
from app.access.tables import Holder
from app.communities.areas import Areas
from app.submissions.tables import SetAside, Submission

Table = type[Submission] | type[SetAside]


def visible(session: Session, table: Table, holder: Holder, areas: Areas) -> list[Any]:
    """The one row filter: what this holder may see of a table, as conditions."""
    if not may(holder.role, Right.READ_SUBMISSIONS):
        return [table.device_id == holder.id]
    return inside(session, table, areas.within(holder.communities)) if holder.communities else []


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
