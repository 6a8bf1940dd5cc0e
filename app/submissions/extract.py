"""Interviews for exports: page by page in the order of arrival, so that any number of them takes little memory."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, exists, func, or_, select

from app.access.tables import Holder
from app.attachments import Attachment, attachments_of
from app.communities.areas import Areas
from app.database import Database
from app.submissions.identity import spelled
from app.submissions.lineage import State
from app.submissions.opening import Find
from app.submissions.reread import content_of, corrections_of
from app.submissions.review_state import shown
from app.submissions.tables import Correction, Submission
from app.submissions.visibility import visible

PAGE = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """One interview as it is kept. `flags` are their codes, each once; `answers` the instance tree, corrected; `files`
    those that count, by name."""

    instance_id: str
    version: str
    state: str
    review: str
    seq: int
    community: str | None
    round: str | None
    enumerator: str | None
    refusal: bool
    synthetic: bool
    flags: Sequence[str]
    received_at: dt.datetime | None
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    answers: dict[str, Any]
    files: Mapping[str, Attachment]


@dataclass(frozen=True)
class Wanted:
    """Interviews of one form that the holder may see, of one community or all; `every_state` adds those that an edit
    has replaced and those that wait in a conflict."""

    form_id: str
    holder: Holder
    areas: Areas
    community: str | None = None
    every_state: bool = False


@dataclass(frozen=True)
class Reach:
    """How far an extract goes: the last arrival when it began, and the versions up to there."""

    last_seq: int
    versions: frozenset[str]


def reach(database: Database, wanted: Wanted) -> Reach:
    """The reach of an extract that begins now. Raises `Unavailable`."""
    version = col(Submission.version)
    with database.read() as session:
        query = select(version, func.max(Submission.seq)).where(*_conditions(session, wanted)).group_by(version)
        found = {str(version): seq or 0 for version, seq in session.exec(query)}
    return Reach(max(found.values(), default=0), frozenset(found))


def pages(database: Database, wanted: Wanted, until: Reach, find: Find) -> Iterator[list[Kept]]:
    """The interviews, in pages. Each page is a read of its own: a slow reader holds up nobody."""
    after = 0
    while True:
        with database.read() as session:
            query = select(Submission).where(
                col(Submission.seq) > after,
                col(Submission.seq) <= until.last_seq,
                *_conditions(session, wanted),
                *([] if wanted.every_state else [_counted_at(until)]),
            )
            rows = session.exec(query.order_by(col(Submission.seq)).limit(PAGE)).all()
            corrections = corrections_of(session, [row.instance_id for row in rows])
            files = _files(session, rows)
            page = [
                _kept(row, corrections.get((row.instance_id, row.sha256 or b""), ()), files[row.instance_id], find)
                for row in rows
            ]
            session.expunge_all()
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = page[-1].seq


def _conditions(session: Session, wanted: Wanted) -> list[Any]:
    conditions = [
        Submission.form_id == wanted.form_id,
        col(Submission.sha256).is_not(None),
        *visible(session, Submission, wanted.holder, wanted.areas),
    ]
    if wanted.community is not None:
        conditions.append(col(Submission.community).in_(wanted.areas.within([wanted.community])))
    return conditions


def _counted_at(until: Reach) -> Any:
    """What counts; also what has been replaced since the extract began, for its edit comes too late to be in it."""
    edit = aliased(Submission)
    edited_since = exists().where(
        col(edit.deprecated_id) == col(Submission.instance_id), col(edit.seq) > until.last_seq
    )
    state = col(Submission.state)
    return or_(state == State.CURRENT, and_(state == State.SUPERSEDED, edited_since))


def _files(session: Session, rows: Sequence[Submission]) -> dict[UUID, dict[str, Attachment]]:
    """The files of each of these interviews: of those with one name the one that counts."""
    found: dict[UUID, dict[str, Attachment]] = {row.instance_id: {} for row in rows}
    for file in attachments_of(session, found):
        found[file.instance_id].setdefault(file.name, file)
    return found


def _kept(row: Submission, corrections: Sequence[Correction], files: Mapping[str, Attachment], find: Find) -> Kept:
    answers = content_of(row, find, [each.changes for each in corrections]).get("answers")
    return Kept(
        instance_id=spelled(row.instance_id),
        version=row.version or "",
        state=str(row.state),
        review=str(shown(row.review, row.deprecated_id)),
        seq=row.seq or 0,
        community=row.community,
        round=row.round,
        enumerator=row.enumerator,
        refusal=row.refusal,
        synthetic=row.synthetic,
        flags=list(dict.fromkeys(flag["code"] for flag in row.flags)),
        received_at=row.received_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        answers=answers if isinstance(answers, dict) else {},
        files=files,
    )
