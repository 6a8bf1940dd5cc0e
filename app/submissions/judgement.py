"""What becomes of each item, given what is kept already: pure, so that any order of arrival can be tried."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.forms.flags import Flag
from app.problems import Erased, InConflict, Problem
from app.submissions.item import Incoming
from app.submissions.receipt import Receipt, Status, receipt_code


@dataclass(slots=True)
class Kept:
    """Content under an instance id. `seq` is 0 until it is kept; items with the same content share one `Kept`."""

    instance_id: uuid.UUID
    sha256: bytes
    seq: int = 0
    flags: Sequence[Mapping[str, Any]] = ()
    held: bool = False


@dataclass(slots=True)
class Known:
    """What is kept: under each id the content that came first, by id and hash the contents set aside, and the ids of
    what was erased."""

    first: dict[uuid.UUID, Kept] = field(default_factory=dict)
    aside: dict[tuple[uuid.UUID, bytes], Kept] = field(default_factory=dict)
    erased: set[uuid.UUID] = field(default_factory=set)


@dataclass(slots=True)
class Verdict:
    """The judgement on one item. `kept` is its own content, or for a duplicate the content that was there first."""

    item: Incoming
    status: Status
    kept: Kept | None = None
    problem: Problem | None = None

    @property
    def is_new(self) -> bool:
        return self.status in (Status.ACCEPTED, Status.EDITED)

    @property
    def is_aside(self) -> bool:
        return self.status in (Status.HELD, Status.CONFLICT)

    def receipt(self) -> Receipt:
        receipt = Receipt(self.item.given_id, self.status, problem=self.problem)
        if self.kept is not None:
            receipt.code = receipt_code(self.kept.instance_id, self.kept.sha256)
            receipt.seq = self.kept.seq or None
            receipt.flags = [Flag.restored(flag) for flag in self.kept.flags]
        return receipt


def judge(items: Iterable[Incoming], known: Known) -> list[Verdict]:
    """A verdict an item. `known` grows on the way, so that a batch may repeat itself."""
    verdicts = []
    for item in items:
        verdict = judge_one(item, known)
        if verdict.kept is not None and verdict.is_new:
            known.first[verdict.kept.instance_id] = verdict.kept
        elif verdict.kept is not None and verdict.is_aside:
            known.aside[verdict.kept.instance_id, verdict.kept.sha256] = verdict.kept
        verdicts.append(verdict)
    return verdicts


def judge_one(item: Incoming, known: Known) -> Verdict:
    if item.instance_id is None:
        return Verdict(item, Status.REJECTED, problem=item.problem)
    if item.instance_id in known.erased:
        return Verdict(item, Status.DUPLICATE, Kept(item.instance_id, item.sha256), Erased())
    first = known.first.get(item.instance_id)
    aside = known.aside.get((item.instance_id, item.sha256))
    if first is not None and first.sha256 == item.sha256:
        return Verdict(item, Status.DUPLICATE, first)
    can_be_used_now = aside is not None and aside.held and item.interview is not None and first is None
    if aside is not None and not can_be_used_now:
        return Verdict(item, Status.DUPLICATE, aside)
    own = Kept(item.instance_id, item.sha256)
    if item.interview is None:
        own.held = True
        return Verdict(item, Status.HELD, own, item.problem)
    own.flags = [flag.stored() for flag in item.interview.flags]
    if first is not None:
        return Verdict(item, Status.CONFLICT, own, InConflict())
    return Verdict(item, Status.EDITED if item.interview.deprecated_id else Status.ACCEPTED, own)
