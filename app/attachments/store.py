"""Where the bytes of files are kept: each content once, under its SHA-256, whatever it is called and how often."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

PIECE_BYTES = 1 << 18
"""How much of a file is in memory at once while it is read."""


class Content(NamedTuple):
    """The bytes of a file, by their hash."""

    sha256: bytes
    size: int


class Store(Protocol):
    """Raises `Unavailable` whenever it cannot do what it was asked, a full disk included."""

    def take(self, file: Path, sha256: bytes) -> None:
        """Keep the bytes of this file, which are on disk and have this hash. They survive a power cut when this
        returns; the file itself stays where it is. What is kept already is taken again without harm."""

    def has(self, sha256: bytes) -> bool: ...

    def read(self, sha256: bytes, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`, in pieces. Raises `ContentLost` before the first one."""

    def discard(self, sha256: bytes) -> None:
        """Forget these bytes, if they are there."""
