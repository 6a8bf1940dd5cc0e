"""Files in pieces over bad networks: begun, continued wherever they stopped, checked at the end."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from app.attachments.attach import attach, discard, unname
from app.attachments.depot import Depot, Draft
from app.attachments.store import Content
from app.attachments.tables import Attachment, Upload
from app.database import Database, insert_into
from app.problems import ChecksumDiffers, FileTooLarge, InvalidRequest, NotFound, OffsetDiffers


@dataclass(frozen=True)
class Wanted:
    """A file that a tablet wants to bring."""

    instance_id: uuid.UUID
    name: str
    content: Content
    media_type: str | None
    device_id: uuid.UUID


@dataclass(frozen=True)
class Progress:
    """How far a file has come. `upload_id` is None where nothing had to be sent."""

    upload_id: uuid.UUID | None
    offset: int
    size: int
    complete: bool


def begin(database: Database, depot: Depot, wanted: Wanted, now: datetime) -> Progress:
    """Begin to bring a file, or go on with it. Raises `FileTooLarge`.

    Content that the same tablet has brought before is not sent again. What others brought is: whoever knows only the
    hash of a file must not get the file for it, nor learn that it is here.
    """
    content = wanted.content
    if content.size > depot.max_file_bytes:
        raise FileTooLarge(max_file_bytes=depot.max_file_bytes)
    if _brought_before(database, wanted) and depot.store.has(content.sha256):
        database.write(lambda session: attach(session, depot.store, [_attachment(wanted, now)]))
        return Progress(None, content.size, content.size, True)
    upload = database.write(lambda session: _entered(session, wanted, now))
    return _looked_at(database, depot, upload, now)


def progress(database: Database, depot: Depot, device_id: uuid.UUID, upload_id: uuid.UUID, now: datetime) -> Progress:
    """How far this tablet's upload has come. Raises `NotFound`."""
    return _looked_at(database, depot, _upload(database, device_id, upload_id), now)


def add_piece(
    database: Database,
    depot: Depot,
    device_id: uuid.UUID,
    upload_id: uuid.UUID,
    offset: int,
    piece: bytes,
    now: datetime,
) -> Progress:
    """Add bytes that begin at `offset`; the last ones are answered when the file is kept.

    Raises `NotFound`, `OffsetDiffers`, `InvalidRequest` and `ChecksumDiffers`.
    """
    upload = _upload(database, device_id, upload_id)
    if upload.kept_at is not None:
        return _complete(upload)
    with depot.resumed(upload.id) as draft:
        if offset != draft.size:
            raise OffsetDiffers(offset=draft.size)
        if offset + len(piece) > upload.size:
            raise InvalidRequest(where="body", what="The piece goes beyond the size that was declared for the file.")
        draft.append(piece)
        return _finished(database, depot, upload, draft, now)


def clear_away(database: Database, depot: Depot, before: datetime) -> None:
    """Forget uploads that were begun before then, with what has come of them."""

    def work(session: Session) -> list[uuid.UUID]:
        old = delete(Upload).where(col(Upload.begun_at) < before).returning(col(Upload.id), col(Upload.sha256))
        gone = session.execute(old).all()
        unname(session, [sha256 for _, sha256 in gone])
        return [upload_id for upload_id, _ in gone]

    for upload_id in database.write(work):
        depot.forget(upload_id)
    depot.sweep(before)
    discard(database, depot.store)


def _brought_before(database: Database, wanted: Wanted) -> bool:
    query = select(Attachment.sha256).where(
        Attachment.sha256 == wanted.content.sha256,
        Attachment.size == wanted.content.size,
        Attachment.device_id == wanted.device_id,
    )
    with database.read() as session:
        return session.exec(query.limit(1)).first() is not None


def _entered(session: Session, wanted: Wanted, now: datetime) -> Upload:
    """The upload of this file by this tablet: a new one unless it was begun before, in which case it goes on."""
    key: dict[str, Any] = {
        "device_id": wanted.device_id,
        "instance_id": wanted.instance_id,
        "name": wanted.name,
        "sha256": wanted.content.sha256,
    }
    new = Upload(**key, size=wanted.content.size, media_type=wanted.media_type, begun_at=now)
    again = {"begun_at": now, "kept_at": None, "size": new.size}
    enter = insert_into(Upload, session.get_bind().dialect).values(new.model_dump())
    session.execute(enter.on_conflict_do_update(index_elements=list(key), set_=again))
    found = session.exec(select(Upload).filter_by(**key)).one()
    session.expunge(found)
    return found


def _upload(database: Database, device_id: uuid.UUID, upload_id: uuid.UUID) -> Upload:
    with database.read() as session:
        upload = session.get(Upload, upload_id)
        if upload is None or upload.device_id != device_id:
            raise NotFound
        session.expunge(upload)
    return upload


def _looked_at(database: Database, depot: Depot, upload: Upload, now: datetime) -> Progress:
    if upload.kept_at is not None:
        return _complete(upload)
    with depot.resumed(upload.id) as draft:
        return _finished(database, depot, upload, draft, now)


def _finished(database: Database, depot: Depot, upload: Upload, draft: Draft, now: datetime) -> Progress:
    """Keep the file if all of it is here: first on disk, then in the database, and only then told."""
    if draft.size < upload.size:
        draft.to_disk()
        return Progress(upload.id, draft.size, upload.size, False)
    try:
        draft.keep(Content(upload.sha256, upload.size))
        database.write(lambda session: _enter(session, depot, upload, now))
    except ChecksumDiffers:
        draft.remove()
        raise
    except NotFound:
        database.write(lambda session: unname(session, [upload.sha256]))
        discard(database, depot.store)
        draft.remove()
        raise
    draft.remove()
    return _complete(upload)


def _enter(session: Session, depot: Depot, upload: Upload, now: datetime) -> None:
    mine = update(Upload).where(col(Upload.id) == upload.id).values(kept_at=now).returning(col(Upload.id))
    if session.scalars(mine).first() is None:
        # It was taken away meanwhile, with its interview.
        raise NotFound
    content = Content(upload.sha256, upload.size)
    wanted = Wanted(upload.instance_id, upload.name, content, upload.media_type, upload.device_id)
    attach(session, depot.store, [_attachment(wanted, now)])


def _attachment(wanted: Wanted, now: datetime) -> Attachment:
    return Attachment(
        instance_id=wanted.instance_id,
        name=wanted.name,
        sha256=wanted.content.sha256,
        size=wanted.content.size,
        media_type=wanted.media_type,
        device_id=wanted.device_id,
        received_at=now,
    )


def _complete(upload: Upload) -> Progress:
    return Progress(upload.id, upload.size, upload.size, True)
