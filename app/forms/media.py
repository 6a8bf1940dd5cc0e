"""Which files an interview names: the answers to questions that are answered by a file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.forms.pairing import Path, items_of
from app.forms.questions import Form

FILE_TYPES = frozenset({"image", "audio", "video", "file", "osm", "background-audio"})

AUDIT: Path = ("meta", "audit")
"""Where a client names its record of how the interview went. It stands outside of the form's own tree."""

ENCRYPTED: tuple[Path, ...] = (("encryptedXmlFile",), ("media", "file"))
"""Where an encrypted interview names the files in which everything is."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A name, and the question whose answer it is."""

    name: str
    path: Path


def file_questions(form: Form) -> tuple[Path, ...]:
    """The questions of this form that are answered by a file."""
    return tuple(item.path for item in items_of(form).values() if item.type in FILE_TYPES)


def named_files(questions: Iterable[Path], answers: Mapping[str, Any]) -> list[NamedFile]:
    """The files that answers to these questions name, in their order, and the audit; in each turn of a repeat."""
    return [NamedFile(name, path) for path in (*questions, AUDIT) for name in _texts(answers, path)]


def encrypted_files(answers: Mapping[str, Any]) -> list[NamedFile]:
    """The files that an encrypted interview names, whatever its form: itself and those that go with it."""
    return [NamedFile(name, path) for path in ENCRYPTED for name in _texts(answers, path)]


def _texts(tree: Any, path: Path) -> Iterator[str]:
    if isinstance(tree, list):
        for each in tree:
            yield from _texts(each, path)
    elif not path:
        if isinstance(tree, str) and tree:
            yield tree
    elif isinstance(tree, Mapping):
        yield from _texts(tree.get(path[0]), path[1:])
