"""The store, and beside it the folder of this machine where files grow until they are whole."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from uuid import UUID, uuid4

from app.attachments.folder import FolderStore, doubted
from app.attachments.store import Content, Store
from app.database.backup import to_disk
from app.problems import ChecksumDiffers, FileTooLarge, TooMuchAtOnce
from app.settings import Settings


class Draft:
    """A file that grows. It is open in one process at a time."""

    def __init__(self, file: Path, store: Store, max_bytes: int) -> None:
        self._file, self._store, self._max_bytes = file, store, max_bytes
        with doubted():
            file.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            flock(self._handle, LOCK_EX | LOCK_NB)
        except BlockingIOError as error:
            os.close(self._handle)
            raise TooMuchAtOnce from error

    @property
    def size(self) -> int:
        return os.fstat(self._handle).st_size

    def append(self, piece: bytes) -> None:
        """Add these bytes, all of them or none. Raises `FileTooLarge`, `Unavailable`."""
        before = self.size
        if before + len(piece) > self._max_bytes:
            raise FileTooLarge(max_file_bytes=self._max_bytes)
        with doubted():
            try:
                left = memoryview(piece)
                while left:
                    left = left[os.write(self._handle, left) :]
            except OSError:
                os.ftruncate(self._handle, before)
                raise

    def to_disk(self) -> None:
        """From here on what was added survives a power cut."""
        with doubted():
            os.fsync(self._handle)
            to_disk(self._file.parent)

    def keep(self, expected: Content | None = None) -> Content:
        """Put what the file holds into the store, where it survives a power cut. The draft stays: remove it when the
        row that names the content is committed. Raises `ChecksumDiffers` unless it is what was expected."""
        with doubted(), self._file.open("rb") as source:
            content = Content(hashlib.file_digest(source, "sha256").digest(), self.size)
        if content != (expected or content):
            raise ChecksumDiffers
        self.to_disk()
        self._store.take(self._file, content.sha256)
        return content

    def remove(self) -> None:
        with doubted():
            self._file.unlink(missing_ok=True)

    def close(self) -> None:
        os.close(self._handle)


@dataclass(frozen=True)
class Depot:
    """`folder` is where drafts grow; it may be shared by several processes."""

    store: Store
    folder: Path
    max_file_bytes: int

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """A new file, which is gone when the block ends, kept or not."""
        draft = self._open(uuid4())
        try:
            yield draft
        finally:
            draft.remove()
            draft.close()

    @contextmanager
    def resumed(self, upload_id: UUID) -> Iterator[Draft]:
        """The file of an upload, as far as it has come on this machine. Raises `TooMuchAtOnce` while another request
        holds it."""
        draft = self._open(upload_id)
        try:
            yield draft
        finally:
            draft.close()

    def forget(self, upload_id: UUID) -> None:
        with doubted():
            self._path(upload_id).unlink(missing_ok=True)

    def sweep(self, before: datetime) -> None:
        """Remove what has not grown since then: its request, or its process, has ended."""
        with doubted():
            for file in self.folder.glob("*.part"):
                if file.stat().st_mtime < before.timestamp():
                    file.unlink(missing_ok=True)

    def _open(self, draft_id: UUID) -> Draft:
        return Draft(self._path(draft_id), self.store, self.max_file_bytes)

    def _path(self, draft_id: UUID) -> Path:
        return self.folder / f"{draft_id}.part"


def open_depot(settings: Settings) -> Depot:
    """The depot of these settings. Nothing is created before the first file comes."""
    if settings.attachments.startswith("s3://"):
        # Whoever keeps files in a folder needs no S3 in memory.
        from app.attachments.s3 import BucketStore

        return Depot(BucketStore(settings.attachments), settings.data / "incoming", settings.max_file_bytes)
    folder = Path(settings.attachments)
    return Depot(FolderStore(folder), folder / "incoming", settings.max_file_bytes)
