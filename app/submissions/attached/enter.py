"""Entering the files that came in one request with their interview."""

from collections.abc import Sequence

from sqlmodel import Session

from app.attachments import Attachment, Store, attach, discard
from app.attachments.attach import unname
from app.database import Database
from app.submissions import queries
from app.submissions.visibility import is_erased


def enter(database: Database, store: Store, files: Sequence[Attachment]) -> None:
    """Enter files of one interview whose content is in the store. Of what was erased, even since it came, nothing is
    kept. Raises `Unavailable`."""
    (instance_id,) = {file.instance_id for file in files}

    def work(session: Session) -> bool:
        queries.lock_family(session, {instance_id})
        if is_erased(session, instance_id):
            unname(session, [file.sha256 for file in files])
            return False
        attach(session, store, files)
        return True

    if not database.write(work):
        discard(database, store)
