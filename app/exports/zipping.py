"""A ZIP as it is written: no more of it is in memory than one piece, and the names of what is in it."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any, NamedTuple, cast

UNDATED = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive, or the same data would give other bytes a minute later."""


class Entry(NamedTuple):
    """A file of an archive. What is packed already is `stored` as it is."""

    name: str
    pieces: Iterable[bytes]
    stored: bool = False


def zipped(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The archive of these entries, each taken when its turn comes."""
    sink = _Sink()
    with zipfile.ZipFile(cast(IO[bytes], sink), "w") as archive:
        for name, pieces, stored in entries:
            entry = zipfile.ZipInfo(name, UNDATED)
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            # How large it becomes is not known before, and may be more than 2 GB.
            with archive.open(entry, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield sink.take()
    yield sink.take()


class _Sink(io.RawIOBase):
    """A file that only takes what is written, and gives it on."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._written += piece
        return len(piece)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken
