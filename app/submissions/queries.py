"""What the intake asks of its tables: a handful of statements, whatever the size of the batch."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, delete, exists, func, or_, tuple_, update
from sqlmodel import Session, col, select

from app.database import as_uuid, insert_into, table_of
from app.scoring import keep
from app.scoring.tables import ScoredInterview
from app.submissions.judgement import Kept, Known
from app.submissions.lineage import Revision, State
from app.submissions.review_state import ReviewState
from app.submissions.rulings import ruled
from app.submissions.statements import statements
from app.submissions.tables import SetAside, Submission

_STRAY = ~exists().where(
    col(Submission.seq) == col(ScoredInterview.seq), col(Submission.instance_id) == col(ScoredInterview.instance_id)
)
"""Of contributions that belong to no interview with their number."""


def known(session: Session, ids: Collection[uuid.UUID]) -> Known:
    """What is kept under these ids."""
    found, ready = Known(), statements(session)
    if not ids:
        return found
    for key, sha256, seq, flags in ready.known_first.rows(session, ids):
        instance_id = as_uuid(key)
        if sha256 is None:
            found.erased.add(instance_id)
        else:
            found.first[instance_id] = Kept(instance_id, sha256, seq, orjson.loads(flags))
    for key, sha256, seq, held in ready.known_aside.rows(session, ids):
        instance_id = as_uuid(key)
        found.aside[instance_id, sha256] = Kept(instance_id, sha256, seq, held=bool(held))
    return found


def note_heartbeats(session: Session, rows: list[dict[str, Any]]) -> None:
    """Enter what tablets say about themselves, in place of what they said before."""
    statements(session).note_heartbeats.run(session, rows)


def claim_batches(session: Session, rows: list[dict[str, Any]]) -> set[tuple[uuid.UUID, str]]:
    """Enter batches. Returns the keys of those that were not there already."""
    entered = statements(session).claim_batches.run(session, rows)
    return {(as_uuid(device_id), batch_id) for device_id, batch_id in entered}


def answer_batch(session: Session, device_id: uuid.UUID, batch_id: str, answer: Mapping[str, Any]) -> None:
    """Enter what a claimed batch is answered."""
    values = {f"new_{name}": value for name, value in answer.items()}
    statements(session).answer_batch.run(session, {"of_device": device_id, "of_batch": batch_id, **values})


@dataclass(frozen=True)
class Inserted:
    """The interviews that an insert found no place for, and those that had been announced before they came."""

    lost: Collection[uuid.UUID]
    announced: Collection[uuid.UUID]


def insert_submissions(session: Session, rows: list[dict[str, Any]]) -> Inserted:
    """Insert what is not there yet, and fill the rows of announced ones. What is lost was there, or came meanwhile."""
    inserted = statements(session).insert_submissions.run(session, rows)
    lost: Collection[uuid.UUID] = ()
    if len(inserted) < len(rows):
        ours = {(row["instance_id"], row["seq"]) for row in rows}
        kept = {(kept.instance_id, kept.seq) for kept in known(session, [each for each, _ in ours]).first.values()}
        lost = {instance_id for instance_id, _ in ours - kept}
    return Inserted(lost, {as_uuid(instance_id) for (instance_id,) in inserted if instance_id})


def insert_set_aside(session: Session, rows: list[dict[str, Any]]) -> set[tuple[uuid.UUID, bytes]]:
    """Insert what is not there yet. Returns the keys that this call inserted."""
    inserted = statements(session).insert_set_aside.run(session, rows)
    return {(as_uuid(instance_id), sha256) for instance_id, sha256 in inserted}


def insert_contributions(session: Session, rows: list[dict[str, Any]]) -> None:
    """Enter what interviews contribute to the scores, in the sums too."""
    for row in rows:
        row["summed"] = keep.standing(row)
    statements(session).insert_contributions.run(session, rows)
    keep.count_in(session, [row for row in rows if row["summed"]])


def announce(session: Session, ids: Iterable[uuid.UUID]) -> None:
    """Reserve the rows of interviews that edits name and that have not come: the meeting point of both."""
    rows = [{"instance_id": each, "state": State.ANNOUNCED} for each in sorted(ids)]
    session.execute(insert_into(Submission, session.get_bind().dialect).on_conflict_do_nothing(), rows)


def settle_held(session: Session, contents: Collection[Kept], now: dt.datetime) -> None:
    """Mark contents that were held and can be used now that their tablet has brought them again."""
    keys = [(kept.instance_id, kept.sha256) for kept in contents]
    session.execute(
        update(SetAside)
        .where(tuple_(col(SetAside.instance_id), col(SetAside.sha256)).in_(keys), col(SetAside.kind) == "held")
        .values(settled_at=now, told_again=True)
    )


def lock_family(session: Session, ids: Collection[uuid.UUID]) -> dict[Revision, State]:
    """The family of these interviews, while nobody else can settle any of it. SQLite has one writer and needs no locks;
    elsewhere the family may have grown while we waited for its rows, so that it is read until all of it is locked."""
    found = _family(session, ids)
    locked: set[uuid.UUID] = set()
    needs_locks = session.get_bind().dialect.name == "postgresql"
    while needs_locks and (wanted := {revision.instance_id for revision in found}) - locked:
        rows = select(Submission.instance_id).where(col(Submission.instance_id).in_(wanted))
        session.exec(rows.order_by(col(Submission.instance_id)).with_for_update()).all()
        locked |= wanted
        found = _family(session, ids)
    return ruled(session, found)


def family(session: Session, ids: Collection[uuid.UUID]) -> dict[Revision, State]:
    """These interviews, all they replace and all that replace them, with their present states and the rulings."""
    return ruled(session, _family(session, ids))


def _family(session: Session, ids: Collection[uuid.UUID]) -> dict[Revision, State]:
    found: dict[Revision, State] = {}
    asked: set[uuid.UUID] = set()
    frontier = set(ids)
    while frontier:
        asked |= frontier
        rows = session.exec(
            select(Submission.instance_id, Submission.deprecated_id, Submission.seq, Submission.state).where(
                or_(
                    col(Submission.instance_id).in_(frontier),
                    col(Submission.deprecated_id).in_(frontier),
                )
            )
        ).all()
        found |= {Revision(i, deprecated_id, seq): State(state) for i, deprecated_id, seq, state in rows}
        frontier = {each for i, deprecated_id, _, _ in rows for each in (i, deprecated_id) if each} - asked
    return found


def set_state(session: Session, ids: Collection[uuid.UUID], state: State) -> None:
    """Enter a state, for the interviews and for what they contribute to the scores."""
    session.execute(update(Submission).where(col(Submission.instance_id).in_(ids)).values(state=state))
    _count_anew(session, ids)


def set_review(session: Session, ids: Collection[uuid.UUID], review: ReviewState | None) -> None:
    """Enter a review, for the interviews, which are locked, and for what they contribute to the scores."""
    session.execute(update(Submission).where(col(Submission.instance_id).in_(ids)).values(review=review))
    _count_anew(session, ids)


def withdraw_contributions(session: Session, ids: Collection[uuid.UUID]) -> None:
    """Take what interviews contribute out of the scores for good, and of their sums."""
    _withdraw(session, col(ScoredInterview.seq).in_(_numbers(ids)))


def withdraw_strays(session: Session) -> None:
    """Take contributions out of the scores that belong to no interview with their number."""
    _withdraw(session, _STRAY)


def strays(session: Session) -> int:
    """How many contributions belong to no interview with their number: none, unless somebody damaged them."""
    return session.exec(select(func.count()).select_from(ScoredInterview).where(_STRAY)).one()


def renumber(session: Session, instance_id: uuid.UUID, seq: int) -> None:
    """Give an interview another number, and what it contributes to the scores."""
    own = _numbers([instance_id])
    session.execute(update(ScoredInterview).where(col(ScoredInterview.seq).in_(own)).values(seq=seq))
    session.execute(update(Submission).where(col(Submission.instance_id) == instance_id).values(seq=seq))


def counts(state: State, review: ReviewState | None) -> bool:
    """Whether the scores count an interview."""
    return state is State.CURRENT and review is not ReviewState.REJECTED


def _numbers(ids: Collection[uuid.UUID]) -> Any:
    return select(Submission.seq).where(col(Submission.instance_id).in_(ids))


def _withdraw(session: Session, which: ColumnElement[bool]) -> None:
    removed = delete(ScoredInterview).where(which).returning(*table_of(ScoredInterview).columns)
    rows = session.execute(removed).mappings().all()
    keep.count_out(session, [row for row in rows if row["summed"]])


def _count_anew(session: Session, ids: Collection[uuid.UUID]) -> None:
    """Let the scores count what is current and not rejected, and know what is approved."""
    state, review = col(Submission.state), col(Submission.review)
    own = col(Submission.seq) == col(ScoredInterview.seq)
    usable = or_(review.is_(None), review != ReviewState.REJECTED)
    session.execute(
        update(ScoredInterview)
        .where(col(ScoredInterview.seq).in_(_numbers(ids)))
        .values(
            counts=exists().where(own, state == State.CURRENT, usable),
            approved=exists().where(own, review == ReviewState.APPROVED),
        )
        .execution_options(synchronize_session=False)
    )
    keep.catch_up(session)


def last_seq(session: Session) -> int:
    """The highest number of any content that is kept."""
    return int(statements(session).last_seq.run(session).scalar_one())
