"""Publishing communities. Unlike forms they are a register, not a version: an entry replaces the one with its code."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.access import audit
from app.access.tables import Holder
from app.communities.areas import Area
from app.communities.tables import Community
from app.database import changed


def publish_communities(
    session: Session, document: Iterable[dict[str, Any]], *, now: datetime, by: Holder | None = None
) -> int:
    """Enter every area of a checked document; returns how many are new or different."""
    entered = 0
    for entry in document:
        area = Area.model_validate(entry)
        known = session.get(Community, area.code)
        if known is not None and known.description == entry:
            continue
        entered += 1
        session.merge(
            Community(
                code=area.code,
                name=area.name,
                level=area.level,
                parent=area.parent,
                bps_code=area.bps_code,
                description=entry,
            )
        )
    if entered:
        audit.record(session, now, by, "communities_published", f"{entered} communities")
        changed(session)
    return entered
