"""What must be, in plain Python: the rules of the contract without tables, transactions or races.

`Reference` is fed the same batches as the server, in the order in which they reach it. It knows no clock, no hash and
no SQL; the order of arrival matters only where the rules say so: of two contents under one id, and of two edits of one
interview, the first to arrive counts.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

REUSED = "batch_reused"


@dataclass(frozen=True)
class Content:
    """A finished interview as it lies on a tablet. The same content is the same interview, however it is spelled."""

    instance_id: str
    version: str
    community: str
    minutes: int
    started_at: str
    edits: str | None = None
    readable: bool = True


@dataclass
class Aside:
    kind: str
    tablet: str
    settled: bool = False


Batch = Sequence[tuple[str, Content]]
"""Interviews, each under its id as the tablet spelled it."""


@dataclass
class Reference:
    versions: set[str] = field(default_factory=set)
    communities: set[str] = field(default_factory=set)
    first: dict[str, Content] = field(default_factory=dict)
    """What counts or did, by id, in the order of arrival."""
    brought: dict[str, str] = field(default_factory=dict)
    """Which tablet brought it."""
    aside: dict[Content, Aside] = field(default_factory=dict)
    batches: dict[tuple[str, str], tuple["Batch", list[str]]] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)

    def snapshot(self) -> "Reference":
        """As much as a backup holds."""
        kept = {name: copy(value) for name, value in vars(self).items()}
        return Reference(**{**kept, "aside": {content: copy(each) for content, each in self.aside.items()}})

    def receive(self, tablet: str, batch_id: str, batch: Batch) -> list[str] | str:
        """The status of each item, or `REUSED` for the id of a batch with other items."""
        earlier = self.batches.get((tablet, batch_id))
        if earlier is not None:
            return earlier[1] if earlier[0] == batch else REUSED
        told = [self._judge(tablet, content) for _, content in batch]
        states = self.states()
        for n, (_, content) in enumerate(batch):
            if told[n] == "edited" and states[content.instance_id] == "conflict":
                told[n] = "conflict"
        self.batches[tablet, batch_id] = (batch, told)
        return told

    def _judge(self, tablet: str, content: Content) -> str:
        first, aside = self.first.get(content.instance_id), self.aside.get(content)
        waits_for_this = aside is not None and aside.kind == "held" and not aside.settled
        if content == first:
            return "duplicate"
        if aside is not None and not (waits_for_this and first is None and self.usable(content)):
            return "duplicate"
        if not self.usable(content) or first is not None:
            kind = "conflict" if self.usable(content) else "held"
            self.aside[content] = Aside(kind, tablet)
            return kind
        if aside is not None:
            aside.settled = True
        self.first[content.instance_id] = content
        self.brought[content.instance_id] = tablet
        return "edited" if content.edits else "accepted"

    def usable(self, content: Content) -> bool:
        return content.readable and content.version in self.versions and content.community in self.communities

    def states(self) -> dict[str, str]:
        """The state of every interview that has come or been named by an edit."""
        edits: dict[str, list[str]] = {}
        for content in self.first.values():
            if content.edits:
                edits.setdefault(content.edits, []).append(content.instance_id)
        states = dict.fromkeys(edits, "announced")
        for instance_id in self.first:
            states[instance_id] = "superseded" if instance_id in edits else "current"
            later, original = instance_id, self._original(instance_id)
            while original and states[instance_id] == "current":
                if edits[original][0] != later:
                    states[instance_id] = "conflict"
                later, original = original, self._original(original)
        return states

    def families(self) -> list[list[str]]:
        """Interviews that have come, together with all their edits."""
        roots: dict[str, list[str]] = {}
        for instance_id in self.first:
            root = instance_id
            while original := self._original(root):
                root = original
            roots.setdefault(root, []).append(instance_id)
        return list(roots.values())

    def _original(self, instance_id: str) -> str | None:
        content = self.first.get(instance_id)
        return content.edits if content else None

    def have(self, tablet: str, instance_id: str) -> str:
        """What a tablet is told about one of its own interviews."""
        own = [
            each for content, each in self.aside.items() if content.instance_id == instance_id and each.tablet == tablet
        ]
        waiting = [each.kind for each in own if not each.settled]
        if self.brought.get(instance_id) == tablet:
            in_conflict = "conflict" in waiting[-1:] or self.states()[instance_id] == "conflict"
            return "conflict" if in_conflict else "kept"
        return waiting[-1] if waiting else "kept" if own else "missing"

    def holds(self, content: Content) -> bool:
        return content in self.aside or self.first.get(content.instance_id) == content

    def tallies(self) -> dict[str, Any]:
        """What a database that keeps its promises holds, in a form that can be compared."""
        told = [status for _, statuses in self.batches.values() for status in statuses]
        return {
            "states": self.states(),
            "order": list(self.first),
            "brought": self.brought,
            "aside": sorted((content.instance_id, each.kind, each.settled) for content, each in self.aside.items()),
            "told": {status: told.count(status) for status in sorted(set(told))},
        }
