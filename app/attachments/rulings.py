"""What coordinators decided where several files came under one name. Decisions are only ever added."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, select

from app.attachments.tables import Attachment, FileRuling


def rulings_of(session: Session, ids: Collection[uuid.UUID]) -> list[FileRuling]:
    """The rulings on files of these interviews, in their order."""
    query = select(FileRuling).where(col(FileRuling.instance_id).in_(ids))
    return list(session.exec(query.order_by(col(FileRuling.number), col(FileRuling.kept).desc())))


def waiting(instance_id: Any) -> Any:
    """Whether the interview of this id has a file beside another one of the same name that nobody has decided on."""
    file, other = aliased(Attachment), aliased(Attachment)
    namesake = exists().where(
        col(other.instance_id) == file.instance_id, col(other.name) == file.name, col(other.sha256) != file.sha256
    )
    decided = exists().where(
        col(FileRuling.instance_id) == file.instance_id,
        col(FileRuling.name) == file.name,
        col(FileRuling.sha256) == file.sha256,
    )
    return exists().where(col(file.instance_id) == instance_id, namesake, ~decided)
