"""The append-only record of token events and of every read of personal answers."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.access.tables import AuditEntry, Holder


def record(session: Session, at: datetime, holder: Holder | None, action: str, subject: str, **details: Any) -> None:
    """Add one entry. `holder` is None for the command line. Details must hold neither answers nor tokens."""
    session.add(
        AuditEntry(at=at, holder_id=holder.id if holder else None, action=action, subject=subject, details=details)
    )
