"""The store as a folder: one file a content, spread over 256 folders by the first two digits of its hash."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from app.attachments.store import PIECE_BYTES
from app.database.backup import to_disk
from app.problems import ContentLost, Unavailable


@contextmanager
def doubted() -> Iterator[None]:
    """Whatever a disk may say, its answer to a tablet is: not kept, come again."""
    try:
        yield
    except OSError as error:
        raise Unavailable from error


class FolderStore:
    """Needs a file system with hard links. Several processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, file: Path, sha256: bytes) -> None:
        target = self._path(sha256)
        with doubted():
            if not target.parent.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                to_disk(self._folder)
            with suppress(FileExistsError):
                # The same bytes under a second name: there is no moment at which half of them are here.
                os.link(file, target)
            to_disk(target.parent)

    def has(self, sha256: bytes) -> bool:
        with doubted():
            return self._path(sha256).exists()

    def read(self, sha256: bytes, start: int, stop: int) -> Iterator[bytes]:
        try:
            source = self._path(sha256).open("rb")
        except FileNotFoundError as error:
            raise ContentLost from error
        except OSError as error:
            raise Unavailable from error
        return _pieces(source, start, stop)

    def discard(self, sha256: bytes) -> None:
        target = self._path(sha256)
        with doubted(), suppress(FileNotFoundError):
            target.unlink()
            to_disk(target.parent)

    def _path(self, sha256: bytes) -> Path:
        name = sha256.hex()
        return self._folder / name[:2] / name


def _pieces(source: BinaryIO, start: int, stop: int) -> Iterator[bytes]:
    with source:
        source.seek(start)
        left = stop - start
        while left > 0 and (piece := source.read(min(left, PIECE_BYTES))):
            left -= len(piece)
            yield piece
