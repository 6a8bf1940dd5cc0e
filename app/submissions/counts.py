"""Counting what came back. Every count is a query: nothing is incremented by hand, so nothing can drift."""

import re
import uuid
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, or_, select
from sqlmodel import Session, col

from app.access.tables import Holder
from app.settings import WIB_HOURS
from app.submissions.lineage import State
from app.submissions.missing_files import missing_files
from app.submissions.receipt import Status
from app.submissions.review_state import ReviewState
from app.submissions.tables import Batch, Erasure, Heartbeat, SetAside, Submission
from app.submissions.visibility import inside

REVIEWED = (ReviewState.APPROVED, ReviewState.HAS_ISSUES, ReviewState.REJECTED)

_ROW_OF_REPEAT = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Cell:
    """Interviews that count now, of one community, form, tablet, enumerator and day of arrival (WIB).

    `completed` are neither refusals nor rejected.
    """

    community: str | None
    form_id: str
    device_id: uuid.UUID
    enumerator: str | None
    day: date
    received: int
    refusals: int
    flagged: int
    synthetic: int
    completed: int
    approved: int
    has_issues: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Contents that wait for a coordinator: `held`, or in `conflict`."""

    community: str | None
    form_id: str | None
    device_id: uuid.UUID
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Flagged:
    """How often one question of a form was flagged for one reason; rows of a repeat count as the same question."""

    form_id: str
    code: str
    path: str
    count: int


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Interviews of one community, form and tablet that count now while files that they name are missing."""

    community: str | None
    form_id: str
    device_id: uuid.UUID
    interviews: int
    files: int


@dataclass(frozen=True, slots=True)
class Tablet:
    """A tablet or programme that has sent something: who, what it last said, and where it last worked."""

    holder: Holder
    heartbeat: Heartbeat
    last_community: str | None


def cells(session: Session, communities: Collection[str] | None) -> Iterator[Cell]:
    """The counts of what counts now, in these communities or in all."""
    day, review = _day(session, col(Submission.received_at)), col(Submission.review)
    keys = _columns(Submission.community, Submission.form_id, Submission.device_id, Submission.enumerator)
    query = (
        select(
            *keys,
            day,
            func.count(),
            _sum(col(Submission.refusal)),
            _sum(cast(col(Submission.flags), String) != literal("[]")),
            _sum(col(Submission.synthetic)),
            _sum(and_(col(Submission.refusal).is_(False), or_(review.is_(None), review != ReviewState.REJECTED))),
            *(_sum(review == said) for said in REVIEWED),
        )
        .where(col(Submission.state) == State.CURRENT, *_inside(Submission.community, communities))
        .group_by(*keys, day)
    )
    for community, form_id, device_id, enumerator, when, *numbers in session.execute(query):
        on = when if isinstance(when, date) else date.fromisoformat(when)
        yield Cell(community, form_id, device_id, enumerator, on, *map(int, numbers))


def waiting(session: Session, communities: Collection[str] | None) -> Iterator[Waiting]:
    """What is held, and every conflict: same id with other content, and edits of what was edited already."""
    everywhere = communities is None
    keys = _columns(SetAside.community, SetAside.form_id, SetAside.device_id, SetAside.kind)
    aside = (
        select(*keys, func.count())
        .where(
            col(SetAside.settled_at).is_(None), *([] if everywhere else inside(session, SetAside, communities or ()))
        )
        .group_by(*keys)
    )
    keys = _columns(Submission.community, Submission.form_id, Submission.device_id)
    forks = (
        select(*keys, literal(str(Status.CONFLICT)), func.count())
        .where(col(Submission.state) == State.CONFLICT, *_inside(Submission.community, communities))
        .group_by(*keys)
    )
    for query in (aside, forks):
        yield from (Waiting(*row) for row in session.execute(query))


def flagged(session: Session, communities: Collection[str] | None, form_id: str | None) -> list[Flagged]:
    """What looks wrong in the interviews that count now, the most frequent first."""
    each, code, path = _flag(session)
    query = (
        select(col(Submission.form_id), code, path, func.count())
        .select_from(Submission)
        .join(each, literal(True))
        .where(col(Submission.state) == State.CURRENT, *_inside(Submission.community, communities))
        .group_by(col(Submission.form_id), code, path)
    )
    if form_id is not None:
        query = query.where(col(Submission.form_id) == form_id)
    counted = Counter[tuple[str, str, str]]()
    for form, code_, path_, count in session.execute(query):
        counted[form, code_, _ROW_OF_REPEAT.sub("", path_)] += count
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [Flagged(*key, count) for key, count in ordered]


def incomplete(session: Session, communities: Collection[str] | None, form_id: str | None) -> list[Incomplete]:
    """Whose files are missing, where the most are missing first."""
    each, is_missing = missing_files(session)
    keys = _columns(Submission.community, Submission.form_id, Submission.device_id)
    files = func.count().label("files")
    query = (
        select(*keys, func.count(col(Submission.instance_id).distinct()), files)
        .select_from(Submission)
        .join(each, literal(True))
        .where(col(Submission.state) == State.CURRENT, is_missing, *_inside(Submission.community, communities))
        .group_by(*keys)
        .order_by(files.desc(), *keys)
    )
    if form_id is not None:
        query = query.where(col(Submission.form_id) == form_id)
    return [Incomplete(*row) for row in session.execute(query)]


def tablets(session: Session) -> list[Tablet]:
    """Every holder that has sent a batch."""
    last = select(func.max(Submission.seq)).group_by(col(Submission.device_id))
    place = select(*_columns(Submission.device_id, Submission.community)).where(col(Submission.seq).in_(last))
    places: dict[Any, str | None] = {row[0]: row[1] for row in session.execute(place)}
    rows = select(Heartbeat, Holder).join(Holder, col(Holder.id) == col(Heartbeat.device_id)).order_by(col(Holder.name))
    return [Tablet(holder, beat, places.get(holder.id)) for beat, holder in session.execute(rows)]


def announced(session: Session) -> int:
    """Interviews that edits replace and that have not come themselves."""
    query = select(func.count()).select_from(Submission).where(col(Submission.state) == State.ANNOUNCED)
    return session.scalars(query).one()


def answered(session: Session) -> dict[str, int]:
    """What all batches together were told: items, and how many of each status."""
    names = ["items", *map(str, Status)]
    sums = session.execute(select(*(func.sum(getattr(Batch, name)) for name in names))).one()
    return {name: int(total or 0) for name, total in zip(names, sums, strict=True)}


def stored(session: Session) -> dict[str, int]:
    """How many contents there are in each table and state."""
    state, kind = col(Submission.state), col(SetAside.kind)
    by_state = {row[0]: row[1] for row in session.execute(select(state, func.count()).group_by(state))}
    by_kind = {row[0]: row[1] for row in session.execute(select(kind, func.count()).group_by(kind))}
    return {
        **{str(each): by_state.get(each, 0) for each in State},
        "set_aside_held": by_kind.get("held", 0),
        "set_aside_conflict": by_kind.get("conflict", 0),
    }


def contents(session: Session) -> int:
    """How many different contents are kept, whichever tables they stand in."""
    arrived = col(Submission.sha256).is_not(None)
    first = session.scalars(select(func.count()).select_from(Submission).where(arrived)).one()
    same = and_(
        col(SetAside.instance_id) == col(Submission.instance_id), col(SetAside.sha256) == col(Submission.sha256)
    )
    beside = select(func.count()).select_from(SetAside).outerjoin(Submission, same)
    return first + session.scalars(beside.where(col(Submission.instance_id).is_(None))).one()


def erased(session: Session) -> int:
    """How often tablets were told that content is kept which has been erased since."""
    return session.scalars(select(func.coalesce(func.sum(Erasure.told), 0))).one()


def told_again(session: Session) -> int:
    """Contents of which a tablet was told twice that they are kept: first as held, then as used."""
    return session.scalars(select(func.count()).select_from(SetAside).where(col(SetAside.told_again).is_(True))).one()


def _columns(*attributes: Any) -> list[Any]:
    return [col(attribute) for attribute in attributes]


def _flag(session: Session) -> tuple[Any, Any, Any]:
    """The flags of an interview as rows, and each one's code and path."""
    if session.get_bind().dialect.name == "postgresql":
        each = func.json_array_elements(Submission.flags).table_valued("value").render_derived()
        member = partial(func.json_extract_path_text, each.c.value)
        return each, member("code"), member("path")
    each = func.json_each(Submission.flags).table_valued("value")
    member = partial(func.json_extract, each.c.value)
    return each, member("$.code"), member("$.path")


def _inside(column: Any, communities: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if communities is None else [column.in_(communities)]


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _day(session: Session, moment: Any) -> Any:
    """The day of a moment in WIB."""
    if session.get_bind().dialect.name == "postgresql":
        return func.date(func.timezone("UTC", moment) + func.make_interval(0, 0, 0, 0, WIB_HOURS))
    return func.date(moment, f"+{WIB_HOURS} hours")
