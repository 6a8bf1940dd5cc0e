"""A `multipart/form-data` request as it streams in: the interview into memory, which is small, its files onto disk."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from os import fsync
from pathlib import Path
from typing import Self
from uuid import uuid4

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from app.attachments import Depot
from app.problems import FileTooLarge, InvalidFormData, ItemTooLarge, Problem, TruncatedFormData, Unavailable

INTERVIEW, INCOMPLETE = "xml_submission_file", "*isIncomplete*"

MOST_PARTS = 1_000
"""Collect sends 100 files at once."""

LONGEST_FIELD = 10_000
"""Of other fields, which mean nothing here."""

_MEDIA_TYPE = re.compile(r"[\x20-\x7e]{1,100}")


@dataclass(frozen=True)
class SpooledFile:
    """A file of an interview, on disk under `path`. `name` is as its sender spells it: never a path of ours."""

    name: str
    media_type: str
    path: Path
    sha256: bytes
    size: int


@dataclass(frozen=True)
class Parcel:
    """What came in one request. `xml` is None where no interview was in it."""

    xml: bytes | None
    files: list[SpooledFile]


class Unpacking:
    """Takes a body piece by piece. Its files lie beside the drafts of the depot, and are gone when the `with` ends:
    have the store take them before.

    Raises `InvalidFormData`, `TruncatedFormData` for what does not end, `ItemTooLarge`, `FileTooLarge`, and
    `Unavailable` for a disk that does not take a file.
    """

    def __init__(self, content_type: str, depot: Depot, max_interview_bytes: int) -> None:
        kind, options = parse_options_header(content_type)
        if kind.lower() != "multipart/form-data" or not options.get("boundary"):
            raise InvalidFormData(what="it is no multipart/form-data with a boundary")
        with _understood():
            # Latin-1 never fails, whatever bytes stand in the name of a file; `_text` reads them as what they are.
            self._parser = PushMultipartParser(
                options["boundary"], header_charset="latin-1", max_segment_count=MOST_PARTS
            )
        self._depot, self._longest = depot, max_interview_bytes
        self._fields: dict[str, bytearray] = {}
        self._files: list[SpooledFile] = []
        self._place: _Field | _File | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self._place, _File):
            self._place.discard()
        for file in self._files:
            file.path.unlink(missing_ok=True)

    def feed(self, piece: bytes) -> None:
        with _understood():
            for event in self._parser.parse(piece):
                if isinstance(event, MultipartSegment):
                    self._place = self._begun(event)
                elif event is not None and self._place is not None:
                    self._place.write(event)
                elif isinstance(self._place, _File):
                    self._files.append(self._place.finished())
                    self._place = None

    @property
    def in_memory(self) -> int:
        """How many bytes of what has come are in memory."""
        return sum(map(len, self._fields.values()))

    def finish(self) -> Parcel:
        try:
            self._parser.close()
        except MultipartError as error:
            raise TruncatedFormData from error
        return self.so_far()

    def so_far(self) -> Parcel:
        """The parts that have come in full, should a file after them be too large."""
        xml = self._fields.get(INTERVIEW)
        return Parcel(None if xml is None else bytes(xml), self._files)

    def _begun(self, segment: MultipartSegment) -> "_Field | _File":
        if _is_file(segment):
            return _File(_text(segment.filename or segment.name), _media_type(segment), self._depot)
        if segment.name in self._fields:
            raise InvalidFormData(what="one of its fields stands in it twice")
        content = self._fields[segment.name] = bytearray()
        if segment.name == INTERVIEW:
            return _Field(content, self._longest, ItemTooLarge(max_item_bytes=self._longest))
        return _Field(content, LONGEST_FIELD, InvalidFormData(what="one of its fields is too long"))


@dataclass(frozen=True)
class _Field:
    content: bytearray
    longest: int
    too_long: Problem

    def write(self, piece: bytes) -> None:
        if len(self.content) + len(piece) > self.longest:
            raise self.too_long
        self.content.extend(piece)


class _File:
    def __init__(self, name: str, media_type: str, depot: Depot) -> None:
        self._name, self._media_type, self._longest = name, media_type, depot.max_file_bytes
        self._sha256, self._size = hashlib.sha256(), 0
        self._path = depot.folder / f"{uuid4()}.part"
        with _on_disk():
            depot.folder.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("xb")

    def write(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._longest:
            raise FileTooLarge(max_file_bytes=self._longest)
        self._sha256.update(piece)
        with _on_disk():
            self._file.write(piece)

    def finished(self) -> SpooledFile:
        """Closed, so that a hundred photographs do not need a hundred open files; its bytes survive a power cut."""
        with _on_disk(), self._file as file:
            file.flush()
            fsync(file.fileno())
        return SpooledFile(self._name, self._media_type, self._path, self._sha256.digest(), self._size)

    def discard(self) -> None:
        with suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except MultipartError as error:
        raise InvalidFormData(what="its parts cannot be told apart") from error


@contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable from error


def _is_file(segment: MultipartSegment) -> bool:
    """Collect gives every file a name of its own; there are clients that name it by its part alone."""
    if segment.name in (INTERVIEW, INCOMPLETE):
        return False
    return segment.filename is not None or segment.content_type not in (None, "text/plain")


def _media_type(segment: MultipartSegment) -> str:
    """What a file is said to be, unless no database of ours could keep it."""
    said = segment.content_type or ""
    return said if _MEDIA_TYPE.fullmatch(said) else ""


def _text(name: str) -> str:
    """File names travel as raw UTF-8, whatever the headers' own rules are."""
    raw = name.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return name
