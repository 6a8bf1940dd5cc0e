"""Bringing a file for an interview, which may come before the interview itself: up to a limit."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlmodel import Session, col

from app.attachments import Attachment, Depot
from app.attachments.tables import Upload
from app.attachments.uploads import Progress, Wanted, begin
from app.database import Database
from app.problems import Erased, TooManyUnclaimed
from app.submissions.tables import SetAside, Submission
from app.submissions.visibility import is_erased


def bring(database: Database, depot: Depot, wanted: Wanted, max_unclaimed_bytes: int, now: datetime) -> Progress:
    """Begin to bring a file, or go on with it. Raises `FileTooLarge`, `Erased`, and `TooManyUnclaimed` while too much
    of this tablet waits for its interviews already."""
    with database.read() as session:
        if is_erased(session, wanted.instance_id):
            raise Erased
        if not _has_come(session, wanted.instance_id):
            waiting = _unclaimed_bytes(session, wanted.device_id)
            if waiting + wanted.content.size > max_unclaimed_bytes:
                raise TooManyUnclaimed
    return begin(database, depot, wanted, now)


def _has_come(session: Session, instance_id: uuid.UUID) -> bool:
    kept = exists().where(col(Submission.instance_id) == instance_id, col(Submission.sha256).is_not(None))
    aside = exists().where(col(SetAside.instance_id) == instance_id)
    return bool(session.scalar(select(kept | aside)))


def _unclaimed_bytes(session: Session, device_id: uuid.UUID) -> int:
    """What this tablet has brought, or is bringing, for interviews that have not come."""
    here = select(func.coalesce(func.sum(Attachment.size), 0)).where(
        col(Attachment.device_id) == device_id, *_without_interview(Attachment.instance_id)
    )
    on_its_way = select(func.coalesce(func.sum(Upload.size), 0)).where(
        col(Upload.device_id) == device_id, col(Upload.kept_at).is_(None), *_without_interview(Upload.instance_id)
    )
    return int(session.scalar(here) or 0) + int(session.scalar(on_its_way) or 0)


def _without_interview(instance_id: Any) -> list[Any]:
    kept = exists().where(col(Submission.instance_id) == instance_id, col(Submission.sha256).is_not(None))
    return [~kept, ~exists().where(col(SetAside.instance_id) == instance_id)]
