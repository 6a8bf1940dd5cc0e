"""Which of the revisions of an interview counts.

An edit is an interview of its own that names the one it replaces in `deprecated_id`. Edits may arrive before what
they replace, and two tablets may edit the same interview. The states depend on the order of arrival in one case
only: of two edits of the same interview the first to arrive counts, and the other waits as a conflict.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    CURRENT = "current"
    SUPERSEDED = "superseded"
    CONFLICT = "conflict"
    ANNOUNCED = "announced"


@dataclass(frozen=True, slots=True)
class Revision:
    """`seq` is the order of arrival; None for an interview which an edit has named but which has not arrived."""

    instance_id: uuid.UUID
    deprecated_id: uuid.UUID | None
    seq: int | None


def settle(family: Iterable[Revision]) -> dict[uuid.UUID, State]:
    """The state of every revision of one family. A link that would close a circle is ignored."""
    revisions = {revision.instance_id: revision for revision in family}
    arrived = sorted((r for r in revisions.values() if r.seq is not None), key=lambda r: r.seq or 0)
    parents = _parents(arrived, revisions)
    edits: dict[uuid.UUID, list[uuid.UUID]] = {}
    for child, parent in parents.items():
        edits.setdefault(parent, []).append(child)
    states: dict[uuid.UUID, State] = {}
    waiting = [(root, State.CURRENT) for root in revisions if root not in parents]
    while waiting:
        instance_id, at_the_end = waiting.pop()
        own_edits = edits.get(instance_id, [])
        if revisions[instance_id].seq is None:
            states[instance_id] = State.ANNOUNCED
        else:
            states[instance_id] = State.SUPERSEDED if own_edits else at_the_end
        waiting += [(edit, State.CONFLICT if n else at_the_end) for n, edit in enumerate(own_edits)]
    return states


def _parents(arrived: list[Revision], known: dict[uuid.UUID, Revision]) -> dict[uuid.UUID, uuid.UUID]:
    parents: dict[uuid.UUID, uuid.UUID] = {}
    for revision in arrived:
        original = revision.deprecated_id
        if original is None or original not in known:
            continue
        ancestor: uuid.UUID | None = original
        while ancestor is not None and ancestor != revision.instance_id:
            ancestor = parents.get(ancestor)
        if ancestor is None:
            parents[revision.instance_id] = original
    return parents
