"""Deciding which of several files of one name counts; the others are kept beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.access import audit
from app.access.tables import Holder
from app.attachments import Attachment, FileRuling, attachments_of, plain_name
from app.communities.areas import Areas
from app.database import Database, take_seqs
from app.problems import InvalidRequest, NotFound
from app.submissions import queries
from app.submissions.identity import instance_uuid, spelled
from app.submissions.visibility import seen


@dataclass(frozen=True)
class Choice:
    """Which content shall count under a name, and why."""

    name: str
    keep: str
    reason: str
    by: Holder
    at: datetime


def choose(database: Database, areas: Areas, instance_id: str, choice: Choice) -> dict[str, Any]:
    """Let the chosen file count, and say what was decided.

    Raises `NotFound` where no several files came under that name, and `InvalidRequest` for a content that is none of
    them.
    """
    wanted = instance_uuid(instance_id)
    if wanted is None:
        raise NotFound

    def work(session: Session) -> dict[str, Any]:
        queries.lock_family(session, {wanted})
        seen(session, wanted, choice.by, areas)
        sides = [file for file in attachments_of(session, [wanted]) if file.name == plain_name(choice.name)]
        kept = _chosen(sides, choice)
        number, *_ = take_seqs(session, 1)
        session.add_all(_ruling(file, choice, number, kept=file is kept) for file in sides)
        others = [file.sha256.hex() for file in sides if file is not kept]
        decided = {"number": number, "kept": kept.sha256.hex(), "set_aside": others}
        # Names come from strangers and may be personal, so the record has hashes only.
        audit.record(session, choice.at, choice.by, "file_chosen", spelled(wanted), **decided)
        return {"instance_id": spelled(wanted), "name": kept.name, **decided}

    return database.write(work)


def _chosen(sides: Sequence[Attachment], choice: Choice) -> Attachment:
    if len(sides) < 2:
        raise NotFound
    for file in sides:
        if file.sha256.hex() == choice.keep.lower():
            return file
    raise InvalidRequest(where="body.keep", what="no file of that name has this hash.")


def _ruling(file: Attachment, choice: Choice, number: int, *, kept: bool) -> FileRuling:
    return FileRuling(
        number=number,
        instance_id=file.instance_id,
        name=file.name,
        sha256=file.sha256,
        kept=kept,
        at=choice.at,
        holder_id=choice.by.id,
        reason=choice.reason,
    )
