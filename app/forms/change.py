"""A change between two versions of a form, and the two versions as they are compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from app.forms.outline import read_outline
from app.forms.pairing import Item, Path, items_of, pair
from app.forms.questions import compile_form
from app.forms.renaming import suspect
from app.forms.sheets import Line, read_sheets


class Verdict(StrEnum):
    """What a change does to the answers that were given before it, the worst first."""

    BREAKING = "breaking"
    NEEDS_MAPPING = "needs_mapping"
    SAFE = "safe"


class Entry(NamedTuple):
    """The line of a mapping that settles a change.

    `place` is "" for a line about a question, else the old list, or the one old question, whose choice it is;
    `users` are the old questions with that choice.
    """

    place: str
    old: str
    new: str | None
    users: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """`questions` are paths such as `house/walls`; `message` says what it means for the data, `remedy` what to do."""

    verdict: Verdict
    code: str
    questions: tuple[str, ...]
    message: str
    remedy: str = ""
    entry: Entry | None = None

    def described(self) -> dict[str, Any]:
        """For programs."""
        return {
            "class": str(self.verdict),
            "change": self.code,
            "questions": list(self.questions),
            "message": self.message,
            "remedy": self.remedy,
        }


class Version:
    """One version of a form: its document, what that means, and its rows by the path of their question or group."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.form = compile_form(document)
        self.items = items_of(self.form)
        outline = read_outline(read_sheets(document).rows["survey"])
        self.lines: dict[str, Line] = {node.path: node.line for node in outline.root.walk()}


@dataclass(frozen=True)
class Comparison:
    """Two versions. `named` is what a mapping says about items of the old one."""

    old: Version
    new: Version
    named: Mapping[Path, Path | None] = field(default_factory=dict)

    @cached_property
    def renamed(self) -> dict[Path, Path]:
        """What a mapping says was renamed, and what probably was."""
        said = {old: new for old, new in self.named.items() if new is not None}
        return said | suspect(self.old.items, self.new.items, self.named)

    @cached_property
    def pairs(self) -> dict[Path, Path]:
        """From each old item to the new one that it is now, renamed ones included."""
        return pair(self.old.items, self.new.items, {**self.named, **self.renamed})

    @cached_property
    def paired(self) -> list[tuple[Item, Item]]:
        return [(self.old.items[old], self.new.items[new]) for old, new in self.pairs.items()]

    @cached_property
    def removed(self) -> list[Item]:
        return [item for path, item in self.old.items.items() if path not in self.pairs]

    @cached_property
    def added(self) -> list[Item]:
        taken = set(self.pairs.values())
        return [item for path, item in self.new.items.items() if path not in taken]


def shown(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(item.shown for item in items)
