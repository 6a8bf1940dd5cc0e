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
    """All but the last follow from what came; what is `erased` has no content and no family any more."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    CONFLICT = "conflict"
    SET_ASIDE = "set_aside"
    ANNOUNCED = "announced"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Revision:
    """`seq` is the order of arrival; None for an interview which an edit has named but which has not arrived.

    `chosen` is the number of the resolution that chose it, `set_aside` tells that the last one chose another.
    """

    instance_id: uuid.UUID
    deprecated_id: uuid.UUID | None
    seq: int | None
    chosen: int | None = None
    set_aside: bool = False


def settle(family: Iterable[Revision]) -> dict[uuid.UUID, State]:
    """The state of every revision of these families. A link that would close a circle is ignored.

    Where edits part, the branch leads that was chosen last, else the one that came first. At the end of another
    branch waits a conflict, unless it was seen and set aside.
    """
    revisions = {revision.instance_id: revision for revision in family}
    arrived = sorted((r for r in revisions.values() if r.seq is not None), key=lambda r: r.seq or 0)
    parents = _parents(arrived, revisions)
    edits: dict[uuid.UUID, list[uuid.UUID]] = {}
    for child, parent in parents.items():
        edits.setdefault(parent, []).append(child)
    choices = _choices(revisions, parents)
    states: dict[uuid.UUID, State] = {}
    waiting = [(root, True) for root in revisions if root not in parents]
    while waiting:
        instance_id, leads = waiting.pop()
        own_edits = sorted(edits.get(instance_id, []), key=lambda edit: -choices.get(edit, 0))
        states[instance_id] = State.SUPERSEDED if own_edits else _at_the_end(revisions[instance_id], leads=leads)
        if revisions[instance_id].seq is None:
            states[instance_id] = State.ANNOUNCED
        waiting += [(edit, leads and n == 0) for n, edit in enumerate(own_edits)]
    return states


def _at_the_end(revision: Revision, *, leads: bool) -> State:
    if leads:
        return State.CURRENT
    return State.SET_ASIDE if revision.set_aside else State.CONFLICT


def _choices(revisions: dict[uuid.UUID, Revision], parents: dict[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, int]:
    """For each revision the last choice that fell on it or on one that replaces it."""
    choices: dict[uuid.UUID, int] = {}
    for revision in revisions.values():
        place: uuid.UUID | None = revision.instance_id if revision.chosen else None
        while place is not None:
            choices[place] = max(choices.get(place, 0), revision.chosen or 0)
            place = parents.get(place)
    return choices


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
