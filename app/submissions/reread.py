"""Reading kept bytes again: by what is published now, and with the corrections that were made since."""

import datetime as dt
import sys
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from sqlmodel import Session, col, select

from app.access.tables import Holder
from app.submissions.correction import correct, without_doubtful
from app.submissions.envelope import RawItem, reopened
from app.submissions.identity import spelled
from app.submissions.incoming import Library, Source, read_item
from app.submissions.item import Incoming
from app.submissions.tables import Correction

Changes = Mapping[str, Any]
Corrections = Mapping[tuple[uuid.UUID, bytes], Sequence[Correction]]


class Kept(Protocol):
    """Content with its raw bytes, whichever table it stands in."""

    instance_id: uuid.UUID
    device_seq: int | None

    @property
    def sha256(self) -> bytes | None: ...

    @property
    def raw(self) -> bytes | None: ...

    @property
    def received_at(self) -> dt.datetime | None: ...


def corrections_of(session: Session, ids: Collection[uuid.UUID]) -> Corrections:
    """The corrections of all contents under these ids, in their order."""
    query = select(Correction).where(col(Correction.instance_id).in_(ids)).order_by(col(Correction.number))
    found: dict[tuple[uuid.UUID, bytes], list[Correction]] = {}
    for each in session.exec(query):
        found.setdefault((each.instance_id, each.sha256), []).append(each)
    return found


def holders_of(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Holder]:
    """Those who brought the contents, by their ids."""
    return {holder.id: holder for holder in session.exec(select(Holder).where(col(Holder.id).in_(ids)))}


def content_of(kept: Kept, changes: Sequence[Changes] = ()) -> dict[str, Any]:
    """The item as it is read now. Raises `Misplaced` for a change that does not fit what was sent."""
    opened = reopened(kept.raw or b"")
    if not changes:
        return opened.content if isinstance(opened.content, dict) else {}
    content = opened.content if isinstance(opened.content, dict) else without_doubtful(opened.raw)
    return correct({**content, "instance_id": spelled(kept.instance_id)}, changes)


def reread(kept: Kept, changes: Sequence[Changes], library: Library, holder: Holder) -> Incoming:
    """The item as it would be judged today; its hash stays that of what was sent. Raises `Misplaced`."""
    item = reopened(kept.raw or b"")
    if changes:
        item = RawItem(item.raw, content_of(kept, changes))
    assert kept.received_at is not None
    incoming = read_item(item, library, Source(holder, kept.received_at), sys.maxsize)
    # What was too faulty to show its own id was kept under the one that could be made out.
    incoming.instance_id, incoming.device_seq = kept.instance_id, kept.device_seq
    if changes:
        incoming.sha256 = kept.sha256 or b""
    return incoming
