"""The files of the interviews of an export, and the list that says which is which."""

import re
from collections.abc import Iterator

from app.attachments import Attachment, Store
from app.exports.cells import moment, text
from app.exports.write import Export, lines
from app.exports.zipping import Entry, zipped
from app.problems import ContentLost

LIST = "files.csv"
HEADERS = ["instance_id", "name", "sha256", "size", "media_type", "received_at", "path"]

_KNOWN = re.compile(
    r"\.(jpe?g|png|gif|webp|heic|m4a|mp3|ogg|oga|opus|wav|aac|amr|3gpp?|mp4|m4v|webm|mov|mkv|pdf|csv|txt|osm)",
    re.IGNORECASE,
)
"""Endings that come into an archive: no program opens such a file as a program."""


def files_zip(export: Export, store: Store) -> Iterator[bytes]:
    """Every file that the interviews name and that may leave, by its interview and its hash; last the list of them.

    Names come from strangers, so they stand in the list and are no paths.
    """
    yield from zipped(_entries(export, store))


def _entries(export: Export, store: Store) -> Iterator[Entry]:
    listed = bytearray(lines([HEADERS]))
    for kept in export.interviews():
        paths: dict[str, str] = {}
        for file in export.files_of(kept):
            path = _path(kept.instance_id, file)
            if path not in paths:
                pieces = _content(store, file)
                paths[path] = path if pieces else ""
                if pieces:
                    yield Entry(path, pieces, stored=True)
            listed += lines([_row(kept.instance_id, file, paths[path])])
    yield Entry(LIST, [bytes(listed)])


def _content(store: Store, file: Attachment) -> Iterator[bytes] | None:
    """The bytes of a file, or None where they are lost: one file must not keep all others from their reader."""
    try:
        return store.read(file.sha256, 0, file.size)
    except ContentLost:
        return None


def _path(instance_id: str, file: Attachment) -> str:
    _, dot, ending = file.name.rpartition(".")
    known = _KNOWN.fullmatch(f"{dot}{ending}")
    return f"{instance_id.removeprefix('uuid:')}/{file.sha256.hex()}{known[0].lower() if known else ''}"


def _row(instance_id: str, file: Attachment, path: str) -> list[str]:
    return [
        instance_id,
        text(file.name),
        file.sha256.hex(),
        str(file.size),
        text(file.media_type or ""),
        moment(file.received_at),
        path,
    ]
