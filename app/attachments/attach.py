"""Entering files under their interviews, and taking them away again."""

import unicodedata
import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import delete, exists, text
from sqlmodel import Session, SQLModel, col, select

from app.attachments.rulings import rulings_of
from app.attachments.store import Store
from app.attachments.tables import Attachment, DiscardedContent, FileRuling, Upload
from app.database import Database, insert_into
from app.problems import Unavailable

ALONE = text("LOCK TABLE attachment IN SHARE ROW EXCLUSIVE MODE")

LONGEST_NAME = 255

_NAMED = exists().where(col(Attachment.sha256) == col(DiscardedContent.sha256))


def plain_name(name: str) -> str:
    """The name as it is kept and compared: composed (NFC), and without what no database of ours could keep."""
    composed = unicodedata.normalize("NFC", name).replace("\0", "�")
    return composed.encode("utf-8", "replace").decode()[:LONGEST_NAME]


def attach(session: Session, store: Store, files: Sequence[Attachment]) -> None:
    """Enter files whose content is in the store. Entering one again changes nothing.

    Raises `Unavailable` if the content was discarded in between: the tablet brings it again.
    """
    if not files:
        return
    _enter(session, Attachment, [file.model_dump() for file in files])
    # Looked at after the insert, which whoever discards content waits for, or is seen by.
    if not all(store.has(sha256) for sha256 in {file.sha256 for file in files}):
        raise Unavailable


def attachments_of(session: Session, ids: Collection[uuid.UUID]) -> list[Attachment]:
    """The files of these interviews, one interview after the other; of each name first the one that counts: what was
    chosen last, else what came first."""
    chosen = {(each.instance_id, each.name): each.sha256 for each in rulings_of(session, ids) if each.kept}

    def place(file: Attachment) -> tuple[Any, ...]:
        of = file.instance_id, file.name
        return *of, chosen.get(of) != file.sha256, file.received_at, file.sha256

    return sorted(session.exec(select(Attachment).where(col(Attachment.instance_id).in_(ids))), key=place)


def remove_attachments(session: Session, ids: Collection[uuid.UUID]) -> int:
    """Take away the files of these interviews and those still on their way, and say how many were here. Call
    `discard` after the commit: it deletes the bytes that nothing else names."""
    # Uploads first: an upload that is just being finished is waited for, and then its file is seen.
    uploads = delete(Upload).where(col(Upload.instance_id).in_(ids)).returning(col(Upload.sha256))
    files = delete(Attachment).where(col(Attachment.instance_id).in_(ids)).returning(col(Attachment.sha256))
    on_their_way, here = list(session.scalars(uploads)), list(session.scalars(files))
    session.execute(delete(FileRuling).where(col(FileRuling.instance_id).in_(ids)))
    unname(session, [*on_their_way, *here])
    return len(here)


def unname(session: Session, hashes: Iterable[bytes]) -> None:
    """Have `discard` look whether anything still names this content."""
    if rows := [{"sha256": sha256} for sha256 in sorted(set(hashes))]:
        _enter(session, DiscardedContent, rows)


def discard(database: Database, store: Store) -> None:
    """Delete the bytes that lost their last name, in this removal or in one that was interrupted."""
    with database.read() as session:
        # Committed: bytes must not go for a removal that may still be undone.
        unnamed = set(session.scalars(select(DiscardedContent.sha256).where(~_NAMED)))
        if not unnamed and session.scalars(select(DiscardedContent.sha256)).first() is None:
            return

    def work(session: Session) -> None:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(ALONE)
        for sha256 in session.scalars(select(DiscardedContent.sha256).where(~_NAMED)).all():
            if sha256 in unnamed:
                store.discard(sha256)
                session.execute(delete(DiscardedContent).where(col(DiscardedContent.sha256) == sha256))
        session.execute(delete(DiscardedContent).where(_NAMED))

    database.write(work)


def _enter(session: Session, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    session.execute(insert_into(table, session.get_bind().dialect).on_conflict_do_nothing(), rows)
