"""Seeing and fetching the files of an interview, within what the caller may see."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.access import audit
from app.access.tables import Holder
from app.attachments import Attachment
from app.communities.areas import Areas
from app.database import Database
from app.forms.catalogue import Catalogue
from app.problems import NotFound
from app.submissions.completeness import Files, files_of
from app.submissions.identity import instance_uuid, spelled
from app.submissions.visibility import reads_personal, seen


def listing(database: Database, holder: Holder, areas: Areas, catalogue: Catalogue, instance_id: str) -> dict[str, Any]:
    """Which files the interview names, which are missing, and which have come. Raises `NotFound`."""
    with database.read() as session:
        wanted, files = _look(session, holder, areas, catalogue, instance_id)
    return {"instance_id": spelled(wanted), "complete": files.complete, **files.document(holder)}


def fetch(
    database: Database, holder: Holder, areas: Areas, catalogue: Catalogue, instance_id: str, name: str, now: datetime
) -> Attachment:
    """The file of this name or hash. A read of what may be personal is recorded. Raises `NotFound`."""
    personal = reads_personal(holder)
    with database.read() as session:
        wanted, files = _look(session, holder, areas, catalogue, instance_id)
        found = _found(files.shown(personal), name)
        session.expunge_all()
    if personal:
        database.write(lambda session: audit.record(session, now, holder, "file_read", spelled(wanted)))
    return found


def _look(
    session: Session, holder: Holder, areas: Areas, catalogue: Catalogue, instance_id: str
) -> tuple[uuid.UUID, Files]:
    wanted = instance_uuid(instance_id)
    if wanted is None:
        raise NotFound
    kept, aside = seen(session, wanted, holder, areas)
    return wanted, files_of(session, kept or aside[0], catalogue)


def _found(files: Sequence[Attachment], name: str) -> Attachment:
    # A hash first: a file may be called like the hash of another one.
    named = [file for file in files if file.sha256.hex() == name] or [file for file in files if file.name == name]
    if not named:
        raise NotFound
    return named[0]
