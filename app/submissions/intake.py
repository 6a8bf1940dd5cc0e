"""Receiving a batch: each item judged, kept exactly once, and told.

Everything that can be said without the database has been said before (`incoming`). Here is one transaction: what is
known, judge, keep, settle, tell. The unique index is the judge of races, not the earlier read.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlmodel import Session, select

from app.access.tables import Holder
from app.database import generation, take_seqs
from app.problems import BatchReused, Erased, InConflict
from app.submissions import queries
from app.submissions.derivation import contribution_rows, derived
from app.submissions.item import Incoming, Interview
from app.submissions.judgement import Kept, Known, Verdict, judge, judge_one
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


@dataclass(frozen=True)
class Answer:
    """What a batch is answered: its own receipts, or those of the first time it came."""

    received_at: dt.datetime
    durable_seq: int
    summary: dict[str, int]
    receipts: bytes


def receive(session: Session, arrival: Arrival) -> Answer:
    """Keep a batch and say what became of each item. Raises `BatchReused` for the id of another batch.

    The answer may be given only after this session's transaction has been committed. Raises `OutOfDate` when
    something was published after the items were read: read them again, so that none is judged by what is past.
    """
    if generation(session) != arrival.generation:
        raise OutOfDate
    _note_heartbeat(session, arrival)
    if not _claim(session, arrival):
        return _answer_of_earlier(session, arrival)
    receipts = [verdict.receipt() for verdict in _keep(session, arrival)]
    counts = summary(receipts)
    # One by one: all documents at once would take more memory than the batch itself.
    told = b"[" + b",".join(orjson.dumps(receipt.document()) for receipt in receipts) + b"]"
    queries.answer_batch(session, arrival.holder.id, arrival.batch_id, {"receipts": told, **counts})
    return Answer(arrival.received_at, queries.last_seq(session), counts, told)


def _claim(session: Session, arrival: Arrival) -> bool:
    """Enter the batch; False when it came before. Every answer rests on a written row, replays included."""
    row = {
        "device_id": arrival.holder.id,
        "batch_id": arrival.batch_id,
        "sha256": arrival.sha256,
        "received_at": arrival.received_at,
    }
    return queries.claim_batch(session, row)


def _answer_of_earlier(session: Session, arrival: Arrival) -> Answer:
    earlier = session.exec(
        select(Batch).where(Batch.device_id == arrival.holder.id, Batch.batch_id == arrival.batch_id)
    ).one()
    if earlier.sha256 != arrival.sha256:
        raise BatchReused(batch_id=arrival.batch_id)
    counts = {name: getattr(earlier, name) for name in ("items", *map(str, Status))}
    return Answer(earlier.received_at, queries.last_seq(session), counts, earlier.receipts)


def _note_heartbeat(session: Session, arrival: Arrival) -> None:
    row = {"device_id": arrival.holder.id, "at": arrival.received_at, **arrival.heartbeat}
    queries.note_heartbeat(session, row)


def _keep(session: Session, arrival: Arrival) -> list[Verdict]:
    """Judge every item and keep what is new, in a few statements."""
    ids = {item.instance_id for item in arrival.items if item.instance_id}
    known = queries.known(session, ids) if ids else Known()
    waiting = {kept.instance_id for kept in known.aside.values() if kept.held}
    verdicts = judge(arrival.items, known)
    novel = [verdict for verdict in verdicts if verdict.is_new or verdict.is_aside]
    for verdict, seq in zip(novel, take_seqs(session, len(novel)) if novel else [], strict=True):
        _own(verdict).seq = seq
    arrived = _keep_new(session, arrival, [verdict for verdict in novel if verdict.is_new])
    if waiting & arrived.keys():
        used = [_own(verdict) for verdict in novel if verdict.is_new]
        queries.settle_held(session, used, arrival.received_at)
    if aside := [verdict for verdict in novel if verdict.is_aside]:
        _keep_aside(session, arrival, aside)
    _settle(session, [verdict for verdict in novel if verdict.is_new], arrived)
    return verdicts


def _keep_new(session: Session, arrival: Arrival, new: list[Verdict]) -> dict[uuid.UUID, State]:
    if not new:
        return {}
    rows = sorted((_row(arrival, verdict) for verdict in new), key=lambda row: row["instance_id"].bytes)
    arrived = queries.insert_submissions(session, rows)
    lost = [verdict for verdict in new if _own(verdict).instance_id not in arrived]
    if lost:
        _judge_again(session, lost)
    contributions = [
        row
        for verdict in new
        if verdict.is_new
        for row in contribution_rows(_provenance(arrival, verdict), _interview(verdict))
    ]
    if contributions:
        queries.insert_contributions(session, contributions)
    return arrived


def _keep_aside(session: Session, arrival: Arrival, aside: list[Verdict]) -> None:
    inserted = queries.insert_set_aside(session, [_aside_row(arrival, verdict) for verdict in aside])
    lost = [verdict for verdict in aside if (_own(verdict).instance_id, _own(verdict).sha256) not in inserted]
    if lost:
        _judge_again(session, lost)


def _judge_again(session: Session, lost: list[Verdict]) -> None:
    """Somebody else kept these after we had looked: the index has judged, so look at what it kept."""
    known = queries.known(session, {_own(verdict).instance_id for verdict in lost})
    for verdict in lost:
        again = judge_one(verdict.item, known)
        verdict.status, verdict.problem = again.status, again.problem
        if again.status is Status.DUPLICATE and again.kept is not None:
            # Changed in place: later items of this batch with the same content share this object.
            _own(verdict).seq, _own(verdict).flags = again.kept.seq, again.kept.flags


def _settle(session: Session, new: list[Verdict], arrived: dict[uuid.UUID, State]) -> None:
    """Decide which revisions count, where edits are involved."""
    edits = {
        _own(verdict).instance_id: verdict
        for verdict in new
        if verdict.is_new and verdict.item.interview and verdict.item.interview.deprecated_id
    }
    touched = edits.keys() | {each for each, state in arrived.items() if state == State.ANNOUNCED}
    if not touched:
        return
    originals = {_interview(verdict).deprecated_id for verdict in edits.values()}
    after = settle_again(session, touched, [each for each in originals if each])
    for instance_id, verdict in edits.items():
        if after[instance_id] == State.CONFLICT:
            verdict.status, verdict.problem = Status.CONFLICT, InConflict()
        elif after[instance_id] == State.ERASED:
            verdict.problem = Erased()


def _own(verdict: Verdict) -> Kept:
    assert verdict.kept is not None
    return verdict.kept


def _interview(verdict: Verdict) -> Interview:
    assert verdict.item.interview is not None
    return verdict.item.interview


def _provenance(arrival: Arrival, verdict: Verdict) -> dict[str, Any]:
    """Who brought it and when: the only columns that the raw bytes cannot tell."""
    return {
        "instance_id": _own(verdict).instance_id,
        "sha256": _own(verdict).sha256,
        "seq": _own(verdict).seq,
        "raw": verdict.item.raw,
        "device_id": arrival.holder.id,
        "device_seq": verdict.item.device_seq,
        "synthetic": arrival.holder.synthetic,
        "batch_id": arrival.batch_id,
        "received_at": arrival.received_at,
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
    }
