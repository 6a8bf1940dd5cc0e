"""Receiving a batch: each item judged, kept exactly once, and told.

Everything that can be said without the database has been said before (`incoming`). Here is one transaction: what is
known, judge, keep, settle, tell. The unique index is the judge of races, not the earlier read.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import orjson
from sqlmodel import Session, select

from app.access.tables import Holder
from app.database import generation, take_seqs
from app.problems import BatchReused, Erased, InConflict
from app.submissions import queries
from app.submissions.derivation import contribution_rows, derived
from app.submissions.item import Incoming, Interview
from app.submissions.judgement import Kept, Verdict, judge, judge_one
from app.submissions.lineage import State
from app.submissions.receipt import Status, summary
from app.submissions.revisions import settle_again
from app.submissions.tables import Batch


class OutOfDate(Exception):
    """What is published has changed since the items were read."""


@dataclass(frozen=True)
class Arrival:
    """A batch as it arrived: from whom, when, and with which word about the tablet itself."""

    batch_id: str
    sha256: bytes
    items: Sequence[Incoming]
    holder: Holder
    received_at: dt.datetime
    heartbeat: dict[str, Any]
    generation: int

    @property
    def key(self) -> tuple[uuid.UUID, str]:
        return self.holder.id, self.batch_id

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """Who brought it and when: the only columns that the raw bytes cannot tell, the same for all its items."""
        return {
            "device_id": self.holder.id,
            "synthetic": self.holder.synthetic,
            "batch_id": self.batch_id,
            "received_at": self.received_at,
        }


@dataclass(frozen=True)
class Answer:
    """What a batch is answered: its own receipts, or those of the first time it came."""

    received_at: dt.datetime
    durable_seq: int
    summary: dict[str, int]
    receipts: bytes


Judged = tuple[Arrival, Verdict]


def receive(session: Session, arrivals: Sequence[Arrival]) -> list[Answer]:
    """Keep batches and say what became of each item: an answer a batch, the same as if one had come after the other.

    The answers may be given only after this session's transaction has been committed. Raises `BatchReused` for the id
    of another batch, and `OutOfDate` when something was published after the items were read: read them again, so that
    none is judged by what is past. Then nothing of these batches may be kept; try them one by one.
    """
    now = generation(session)
    if any(arrival.generation != now for arrival in arrivals):
        raise OutOfDate
    _note_heartbeats(session, arrivals)
    new = _claim(session, arrivals)
    judged = _keep(session, [(arrival, item) for arrival in new for item in arrival.items])
    answers: dict[int, Answer] = {}
    begin = 0
    for arrival in new:
        verdicts = [verdict for _, verdict in judged[begin : begin + len(arrival.items)]]
        answers[id(arrival)] = _answer(session, arrival, verdicts)
        begin += len(verdicts)
    last = queries.last_seq(session)
    return [replace(answers.get(id(each)) or _answer_of_earlier(session, each), durable_seq=last) for each in arrivals]


def _answer(session: Session, arrival: Arrival, verdicts: list[Verdict]) -> Answer:
    receipts = [verdict.receipt() for verdict in verdicts]
    counts = summary(receipts)
    # One by one: all documents at once would take more memory than the batch itself.
    told = b"[" + b",".join(orjson.dumps(receipt.document()) for receipt in receipts) + b"]"
    queries.answer_batch(session, *arrival.key, {"receipts": told, **counts})
    return Answer(arrival.received_at, 0, counts, told)


def _claim(session: Session, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Enter the batches. Returns those that had not come before.

    Every answer rests on a written row, replays included: they have entered a heartbeat.
    """
    first: dict[tuple[uuid.UUID, str], Arrival] = {}
    for arrival in arrivals:
        first.setdefault(arrival.key, arrival)
    rows = [_batch_row(first[key]) for key in sorted(first)]
    entered = queries.claim_batches(session, rows)
    return [arrival for arrival in arrivals if arrival is first[arrival.key] and arrival.key in entered]


def _batch_row(arrival: Arrival) -> dict[str, Any]:
    return {
        "device_id": arrival.holder.id,
        "batch_id": arrival.batch_id,
        "sha256": arrival.sha256,
        "received_at": arrival.received_at,
        "receipts": b"",
        **dict.fromkeys(("items", *map(str, Status)), 0),
    }


def _answer_of_earlier(session: Session, arrival: Arrival) -> Answer:
    earlier = session.exec(
        select(Batch).where(Batch.device_id == arrival.holder.id, Batch.batch_id == arrival.batch_id)
    ).one()
    if earlier.sha256 != arrival.sha256:
        raise BatchReused(batch_id=arrival.batch_id)
    counts = {name: getattr(earlier, name) for name in ("items", *map(str, Status))}
    return Answer(earlier.received_at, 0, counts, earlier.receipts)


def _note_heartbeats(session: Session, arrivals: Sequence[Arrival]) -> None:
    """In the order of the ids: two transactions that wait for each other's tablets would wait for ever."""
    rows = {
        each.holder.id: {"device_id": each.holder.id, "at": each.received_at, **each.heartbeat} for each in arrivals
    }
    queries.note_heartbeats(session, [rows[device_id] for device_id in sorted(rows)])


def _keep(session: Session, brought: list[tuple[Arrival, Incoming]]) -> list[Judged]:
    """Judge every item and keep what is new, in a few statements."""
    known = queries.known(session, {item.instance_id for _, item in brought if item.instance_id})
    waiting = {kept.instance_id for kept in known.aside.values() if kept.held}
    verdicts = judge([item for _, item in brought], known)
    judged = [(arrival, verdict) for (arrival, _), verdict in zip(brought, verdicts, strict=True)]
    novel = [(arrival, verdict) for arrival, verdict in judged if verdict.is_new or verdict.is_aside]
    for (_, verdict), seq in zip(novel, take_seqs(session, len(novel)) if novel else [], strict=True):
        _own(verdict).seq = seq
    new = [(arrival, verdict) for arrival, verdict in novel if verdict.is_new]
    announced = _keep_new(session, new, judged)
    new = [(arrival, verdict) for arrival, verdict in new if verdict.is_new]
    if new and waiting:
        now = max(arrival.received_at for arrival, _ in new)
        queries.settle_held(session, [_own(verdict) for _, verdict in new], now)
    if aside := [(arrival, verdict) for arrival, verdict in novel if verdict.is_aside]:
        _keep_aside(session, aside)
    _settle(session, [verdict for _, verdict in new], announced)
    return judged


def _keep_new(session: Session, new: list[Judged], judged: list[Judged]) -> Collection[uuid.UUID]:
    """Returns the ids that edits had announced."""
    if not new:
        return ()
    rows = [_row(arrival, verdict) for arrival, verdict in new]
    # In the order of the ids, so that two transactions never wait for each other.
    inserted = queries.insert_submissions(session, sorted(rows, key=_in_order))
    if lost := inserted.lost:
        # With all that came beside them under the same ids: what was judged against ours stands against theirs now.
        _judge_again(session, [verdict for _, verdict in judged if verdict.item.instance_id in lost])
    contributions = [
        contribution
        for row, (_, verdict) in zip(rows, new, strict=True)
        if verdict.is_new
        for contribution in contribution_rows(row, _interview(verdict))
    ]
    if contributions:
        queries.insert_contributions(session, contributions)
    return inserted.announced


def _keep_aside(session: Session, aside: list[Judged]) -> None:
    rows = sorted([_aside_row(arrival, verdict) for arrival, verdict in aside], key=_in_order)
    inserted = queries.insert_set_aside(session, rows)
    lost = [verdict for _, verdict in aside if (_own(verdict).instance_id, _own(verdict).sha256) not in inserted]
    if lost:
        _judge_again(session, lost)


def _in_order(row: dict[str, Any]) -> tuple[bytes, bytes]:
    return row["instance_id"].bytes, row["sha256"]


def _judge_again(session: Session, lost: list[Verdict]) -> None:
    """Somebody else kept these after we had looked: the index has judged, so look at what it kept."""
    known = queries.known(session, {_own(verdict).instance_id for verdict in lost})
    for verdict in lost:
        own, again = _own(verdict), judge_one(verdict.item, known)
        verdict.status, verdict.problem = again.status, again.problem
        if again.is_aside:
            known.aside[own.instance_id, own.sha256] = own
        elif again.kept is not None:
            # Changed in place: later items with the same content share this object.
            own.seq, own.flags = again.kept.seq, again.kept.flags


def _settle(session: Session, new: list[Verdict], announced: Collection[uuid.UUID]) -> None:
    """Decide which revisions count, where edits are involved."""
    edits = {_own(verdict).instance_id: verdict for verdict in new if _interview(verdict).deprecated_id}
    touched = edits.keys() | set(announced)
    if not touched:
        return
    originals = {_interview(verdict).deprecated_id for verdict in edits.values()}
    after = settle_again(session, touched, [each for each in originals if each])
    for instance_id, verdict in edits.items():
        if after[instance_id] == State.CONFLICT:
            verdict.status, verdict.problem = Status.CONFLICT, InConflict()
        elif after[instance_id] == State.ERASED:
            verdict.problem, _own(verdict).flags = Erased(), ()


def _own(verdict: Verdict) -> Kept:
    assert verdict.kept is not None
    return verdict.kept


def _interview(verdict: Verdict) -> Interview:
    assert verdict.item.interview is not None
    return verdict.item.interview


def _provenance(arrival: Arrival, verdict: Verdict) -> dict[str, Any]:
    own = _own(verdict)
    return {
        "instance_id": own.instance_id,
        "sha256": own.sha256,
        "seq": own.seq,
        "raw": verdict.item.raw,
        "device_seq": verdict.item.device_seq,
        **arrival.provenance,
    }


def _row(arrival: Arrival, verdict: Verdict) -> dict[str, Any]:
    return {"state": State.CURRENT, "review": None, **_provenance(arrival, verdict), **derived(_interview(verdict))}


def _aside_row(arrival: Arrival, verdict: Verdict) -> dict[str, Any]:
    form_id, version = verdict.item.named_form
    interview = verdict.item.interview
    return {
        **_provenance(arrival, verdict),
        "kind": str(verdict.status),
        "reason": verdict.problem.slug if verdict.problem else "",
        "form_id": form_id,
        "version": version,
        "community": interview.community if interview else None,
        "settled_at": None,
        "told_again": False,
    }
