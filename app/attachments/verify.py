"""Comparing what rows name with what the store holds: after a copy was put back, and against decay."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from sqlmodel import col, delete, select

from app.attachments.store import Content, Store
from app.attachments.tables import Attachment
from app.database import Database
from app.problems import ContentLost


@dataclass
class Comparison:
    """How many different contents are named, which of them are lost or spoiled, and how many bytes all have."""

    contents: int = 0
    lost: list[bytes] = field(default_factory=list)
    bytes: int = 0


def compare(database: Database, store: Store, *, read: bool, tell: Callable[[int], None]) -> Comparison:
    """Look for every content that a row names; with `read` also read it and compare its hash. Raises `Unavailable`."""
    with database.read() as session:
        named = [Content(*row) for row in session.exec(select(Attachment.sha256, Attachment.size).distinct())]
    found = Comparison()
    for content in named:
        found.contents += 1
        found.bytes += content.size
        if not (_is_whole(store, content) if read else store.has(content.sha256)):
            found.lost.append(content.sha256)
        tell(found.contents)
    return found


def forget(database: Database, store: Store, lost: Collection[bytes]) -> int:
    """Take away the names of what is lost, so that its interviews say again that it is missing. Returns how many."""
    for sha256 in lost:
        store.discard(sha256)
    gone = delete(Attachment).where(col(Attachment.sha256).in_(lost)).returning(col(Attachment.name))
    return database.write(lambda session: len(session.scalars(gone).all()))


def _is_whole(store: Store, content: Content) -> bool:
    digest = hashlib.sha256()
    try:
        for piece in store.read(content.sha256, 0, content.size):
            digest.update(piece)
    except ContentLost:
        return False
    return digest.digest() == content.sha256
