"""What the intake asks of its tables: a handful of statements, whatever the size of the batch."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import func, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, and_, col, or_, select

from app.scoring.tables import ScoredInterview
from app.submissions.judgement import Kept, Known
from app.submissions.lineage import Revision, State
from app.submissions.tables import SetAside, Submission


def known(session: Session, ids: Collection[uuid.UUID]) -> Known:
    """What is kept under these ids."""
    first = select(Submission.instance_id, Submission.sha256, Submission.seq, Submission.flags).where(
        col(Submission.instance_id).in_(ids), col(Submission.sha256).is_not(None)
    )
    held = and_(col(SetAside.kind) == "held", col(SetAside.settled_at).is_(None))
    aside = select(SetAside.instance_id, SetAside.sha256, SetAside.seq, held).where(col(SetAside.instance_id).in_(ids))
    return Known(
        first={i: Kept(i, sha256 or b"", seq or 0, flags) for i, sha256, seq, flags in session.exec(first)},
        aside={(i, sha256): Kept(i, sha256, seq, held=bool(held)) for i, sha256, seq, held in session.exec(aside)},
    )


def insert(session: Session, table: type[SQLModel]) -> Any:
    """An insert that knows `ON CONFLICT`, for the database at hand."""
    dialect = session.get_bind().dialect.name
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def insert_submissions(session: Session, rows: list[dict[str, Any]]) -> dict[uuid.UUID, State]:
    """Insert what is not there yet, and fill the rows of announced ones. Returns the ids that this call inserted,
    with `announced` for those that had been waiting; what is missing in it was there, or came in between."""
    statement = insert(session, Submission)
    content = {
        name: statement.excluded[name] for name in Submission.model_fields if name not in ("instance_id", "state")
    }
    statement = statement.on_conflict_do_update(
        index_elements=["instance_id"], set_=content, where=col(Submission.sha256).is_(None)
    ).returning(col(Submission.instance_id), col(Submission.state))
    return {instance_id: State(state) for instance_id, state in session.execute(statement, rows)}


def insert_set_aside(session: Session, rows: list[dict[str, Any]]) -> set[tuple[uuid.UUID, bytes]]:
    """Insert what is not there yet. Returns the keys that this call inserted."""
    statement = insert(session, SetAside).on_conflict_do_nothing()
    statement = statement.returning(col(SetAside.instance_id), col(SetAside.sha256))
    return {(instance_id, sha256) for instance_id, sha256 in session.execute(statement, rows)}


def settle_held(session: Session, contents: Collection[Kept], now: dt.datetime) -> None:
    """Mark contents that were held and can be used now."""
    keys = [(kept.instance_id, kept.sha256) for kept in contents]
    session.execute(
        update(SetAside)
        .where(tuple_(col(SetAside.instance_id), col(SetAside.sha256)).in_(keys), col(SetAside.kind) == "held")
        .values(settled_at=now)
    )


def insert_contributions(session: Session, rows: list[dict[str, Any]]) -> None:
    session.execute(insert(session, ScoredInterview), rows)


def announce(session: Session, ids: Iterable[uuid.UUID]) -> None:
    """Reserve the rows of interviews that edits name and that have not come: the meeting point of both."""
    rows = [{"instance_id": each, "state": State.ANNOUNCED} for each in sorted(ids)]
    session.execute(insert(session, Submission).on_conflict_do_nothing(), rows)


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
    return found


def _family(session: Session, ids: Collection[uuid.UUID]) -> dict[Revision, State]:
    """These interviews, all they replace and all that replace them, with their present states."""
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
    session.execute(
        update(ScoredInterview).where(col(ScoredInterview.instance_id).in_(ids)).values(counts=state == State.CURRENT)
    )


def last_seq(session: Session) -> int:
    """The highest number of any content that is kept."""
    submission = session.exec(select(func.max(Submission.seq))).one()
    aside = session.exec(select(func.max(SetAside.seq))).one()
    return max(submission or 0, aside or 0)
