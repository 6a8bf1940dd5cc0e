"""Reviewing interviews: a coordinator's word on them, one after the other, none of them ever changed."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import String, cast, literal
from sqlmodel import Session, col, select

from app.access import audit
from app.access.tables import Holder
from app.communities.areas import Areas
from app.database import Database
from app.problems import NotFound
from app.submissions import queries
from app.submissions.identity import instance_uuid, spelled
from app.submissions.lineage import State
from app.submissions.review_state import ReviewState, shown, stored
from app.submissions.reviews import reviewed, reviews_of
from app.submissions.tables import Review, Submission
from app.submissions.visibility import visible

CHUNK = 200


@dataclass(frozen=True)
class Word:
    """What is said of interviews, by whom and when."""

    state: ReviewState
    note: str | None
    by: Holder
    at: dt.datetime


@dataclass
class Outcome:
    """How many interviews were reviewed, how many had been told just that already, and which cannot be seen."""

    reviewed: int = 0
    unchanged: int = 0
    missing: list[str] = field(default_factory=list)


def review_one(database: Database, areas: Areas, instance_id: str, word: Word) -> dict[str, Any]:
    """Review an interview, and say how it stands now. Raises `NotFound`."""
    wanted = instance_uuid(instance_id)

    def work(session: Session) -> dict[str, Any]:
        seen = [Submission.instance_id == wanted, *visible(session, Submission, word.by, areas)]
        rows = _locked(session, seen)
        if not rows:
            raise NotFound
        _say(session, rows, word)
        (row,) = rows
        standing = shown(stored(word.state), row.deprecated_id)
        return {"instance_id": spelled(row.instance_id), "state": str(row.state), "review": str(standing)}

    return database.write(work)


def review_these(database: Database, areas: Areas, instance_ids: Sequence[str], word: Word) -> Outcome:
    """Review the interviews with these ids, as far as they can be seen, in one transaction."""
    wanted = {each: instance_uuid(each) for each in instance_ids}

    def work(session: Session) -> Outcome:
        ids = [each for each in wanted.values() if each]
        seen = [col(Submission.instance_id).in_(ids), *visible(session, Submission, word.by, areas)]
        rows = _locked(session, seen)
        said = _say(session, rows, word)
        found = {row.instance_id for row in rows}
        missing = [given for given, instance_id in wanted.items() if instance_id not in found]
        return Outcome(said, len(rows) - said, missing)

    return database.write(work)


def review_where(database: Database, areas: Areas, filters: Mapping[str, Any], word: Word) -> Outcome:
    """Review what counts and fits the filters. Each chunk is one transaction, so that interviews come in beside it."""
    tally: Counter[str] = Counter()
    last_seq: int | None = 0
    while last_seq is not None:

        def work(session: Session, after: int = last_seq) -> tuple[int | None, int, int]:
            seen = [*_fitting(areas, filters), *visible(session, Submission, word.by, areas)]
            rows = _locked(session, [col(Submission.seq) > after, *seen], CHUNK)
            following = rows[-1].seq if len(rows) == CHUNK else None
            said = _say(session, rows, word)
            return following, said, len(rows) - said

        last_seq, said, unchanged = database.write(work)
        tally.update(said=said, unchanged=unchanged)
    return Outcome(tally["said"], tally["unchanged"])


def _fitting(areas: Areas, filters: Mapping[str, Any]) -> list[Any]:
    conditions: list[Any] = [Submission.state == State.CURRENT, *reviewed(filters["review"])]
    if filters["form_id"] is not None:
        conditions.append(Submission.form_id == filters["form_id"])
    if filters["community"] is not None:
        conditions.append(col(Submission.community).in_(areas.within([filters["community"]])))
    if filters["up_to_seq"] is not None:
        conditions.append(col(Submission.seq) <= filters["up_to_seq"])
    if filters["flagged"] is not None:
        flags = cast(col(Submission.flags), String)
        conditions.append((flags != literal("[]")) if filters["flagged"] else (flags == literal("[]")))
    return conditions


def _locked(session: Session, conditions: Sequence[Any], limit: int | None = None) -> Sequence[Any]:
    """The interviews, in the order of arrival. Nobody else can settle or review them until the transaction ends."""
    columns = (Submission.instance_id, Submission.sha256, Submission.seq, Submission.state, Submission.deprecated_id)
    query = select(*columns).where(col(Submission.sha256).is_not(None), *conditions)  # type: ignore[call-overload]
    rows: Sequence[Any] = session.exec(query.order_by(col(Submission.seq)).limit(limit).with_for_update()).all()
    return rows


def _say(session: Session, rows: Sequence[Any], word: Word) -> int:
    """Enter the word on each of them; returns on how many. The same word said twice is one, so that a request may be
    sent again."""
    earlier = reviews_of(session, [row.instance_id for row in rows])
    ids: list[uuid.UUID] = []
    for row in rows:
        before = earlier.get((row.instance_id, row.sha256), [])
        if before and (before[-1].state, before[-1].note) == (word.state, word.note):
            continue
        ids.append(row.instance_id)
        session.add(
            Review(
                instance_id=row.instance_id,
                sha256=row.sha256,
                number=len(before) + 1,
                at=word.at,
                holder_id=word.by.id,
                state=word.state,
                note=word.note,
            )
        )
        audit.record(session, word.at, word.by, "interview_reviewed", spelled(row.instance_id), state=str(word.state))
    session.flush()
    if ids:
        queries.set_review(session, ids, stored(word.state))
    return len(ids)
