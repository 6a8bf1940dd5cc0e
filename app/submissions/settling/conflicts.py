"""Seeing conflicts: other content under the same id, and several edits of the same interview."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from app.access import audit
from app.access.tables import Holder
from app.communities.areas import Areas
from app.database import Database
from app.problems import NotFound
from app.submissions import queries
from app.submissions.correction import Misplaced
from app.submissions.identity import instance_uuid, spelled
from app.submissions.lineage import Revision, State
from app.submissions.reread import content_of, corrections_of, holders_of
from app.submissions.rulings import rulings_of
from app.submissions.settling.comparison import differing
from app.submissions.tables import Ruling, SetAside, Submission
from app.submissions.visibility import visible

ENDS = (State.CURRENT, State.CONFLICT, State.SET_ASIDE)
"""The states of revisions that no other replaces: one of them counts."""


@dataclass(frozen=True)
class Content:
    """One side of a conflict. `waits` until somebody has looked at it."""

    row: Submission | SetAside
    counts: bool
    waits: bool

    @property
    def key(self) -> tuple[uuid.UUID, bytes]:
        return self.row.instance_id, self.row.sha256 or b""


@dataclass(frozen=True)
class Dispute:
    """All sides of a conflict, what counts first. `kind` is `content` or `edits`."""

    kind: str
    contents: Sequence[Content]
    family: Mapping[Revision, State]

    @property
    def waits(self) -> bool:
        return any(content.waits for content in self.contents)


def waiting(session: Session, holder: Holder, areas: Areas, cursor: int, limit: int) -> dict[str, Any]:
    """One page of contents that wait for a decision, in the order of arrival: `conflicts` and `next_cursor`."""
    sides: list[Any] = []
    tables: list[tuple[Any, list[Any]]] = [
        (SetAside, [col(SetAside.kind) == "conflict", col(SetAside.settled_at).is_(None)]),
        (Submission, [col(Submission.state) == State.CONFLICT]),
    ]
    for table, waits in tables:
        query = select(table).options(defer(table.raw)).where(*waits, *visible(session, table, holder, areas))
        query = query.where(col(table.seq) > cursor).order_by(col(table.seq)).limit(limit + 1)
        sides += session.exec(query).all()
    sides.sort(key=lambda row: row.seq or 0)
    names = holders_of(session, {row.device_id for row in sides if row.device_id})
    shown = [{"kind": _kind(row), **_described(row, names)} for row in sides[:limit]]
    return {"conflicts": shown, "next_cursor": shown[-1]["seq"] if len(sides) > limit else None}


def dispute(session: Session, instance_id: uuid.UUID, *, lock: bool = False) -> Dispute | None:
    """What is in conflict over this interview, or was: its contents, else the edits of its family.

    With `lock` nobody else can settle any of it until the transaction ends.
    """
    family = (queries.lock_family if lock else queries.family)(session, {instance_id})
    content, edits = _content(session, instance_id, family), _edits(session, family)
    found = [each for each in (content, edits) if each]
    return next((each for each in found if each.waits), found[0] if found else None)


def look(database: Database, holder: Holder, areas: Areas, instance_id: str, now: dt.datetime) -> dict[str, Any]:
    """The sides of a conflict that the caller may see, where they differ, and what was decided. The read is recorded.

    Raises `NotFound`.
    """
    wanted = instance_uuid(instance_id)
    if wanted is None:
        raise NotFound
    with database.read() as session:
        found = dispute(session, wanted)
        mine = seen(session, found, holder, areas) if found else []
        if not found or not mine:
            raise NotFound
        ids = {content.row.instance_id for content in mine}
        corrections = corrections_of(session, ids)
        names = holders_of(session, {each.row.device_id for each in mine if each.row.device_id})
        shown = [
            {
                "counts": each.counts,
                "waits": each.waits,
                **_described(each.row, names),
                "answers": _answers(each, changes),
            }
            for each in mine
            for changes in [[correction.changes for correction in corrections.get(each.key, ())]]
        ]
        resolutions = _resolutions(rulings_of(session, ids))
    database.write(lambda session: audit.record(session, now, holder, "answers_read", spelled(wanted)))
    return {
        "instance_id": spelled(wanted),
        "kind": found.kind,
        "waits": found.waits,
        "contents": shown,
        "elsewhere": len(found.contents) - len(mine),
        "differing": differing([each["answers"] for each in shown]),
        "resolutions": resolutions,
    }


def seen(session: Session, found: Dispute, holder: Holder, areas: Areas) -> list[Content]:
    """The sides that this holder may see."""
    mine: set[tuple[type[Any], uuid.UUID, bytes | None]] = set()
    ids = {content.row.instance_id for content in found.contents}
    for table in (Submission, SetAside):
        conditions = visible(session, table, holder, areas)
        own = select(table.instance_id, table.sha256).where(col(table.instance_id).in_(ids), *conditions)
        mine |= {(table, instance_id, sha256) for instance_id, sha256 in session.exec(own)}
    return [each for each in found.contents if (type(each.row), *each.key) in mine]


def _content(session: Session, instance_id: uuid.UUID, family: Mapping[Revision, State]) -> Dispute | None:
    """The contents under one id, if there are several."""
    first = _fresh(session, Submission, col(Submission.instance_id) == instance_id)
    beside = _fresh(session, SetAside, col(SetAside.instance_id) == instance_id)
    if not first or first[0].sha256 is None:
        return None
    others = [Content(row, False, row.settled_at is None) for row in beside if row.sha256 != first[0].sha256]
    own = Content(first[0], first[0].state is State.CURRENT, False)
    return Dispute("content", [own, *others], family) if others else None


def _edits(session: Session, family: Mapping[Revision, State]) -> Dispute | None:
    """The last revisions of all branches, if there are several."""
    ends = {revision.instance_id for revision, state in family.items() if state in ENDS}
    rows = _fresh(session, Submission, col(Submission.instance_id).in_(ends)) if len(ends) > 1 else []
    sides = [Content(row, row.state is State.CURRENT, row.state is State.CONFLICT) for row in rows]
    return Dispute("edits", sorted(sides, key=lambda each: not each.counts), family) if sides else None


def _fresh(session: Session, table: Any, condition: Any) -> Sequence[Any]:
    # Works of one group share a session, which may still hold a row as an earlier work has left it.
    query = select(table).where(condition).order_by(table.seq)
    return session.exec(query, execution_options={"populate_existing": True}).all()


def _kind(row: Submission | SetAside) -> str:
    return "edits" if isinstance(row, Submission) else "content"


def _described(row: Submission | SetAside, names: Mapping[uuid.UUID, Holder]) -> dict[str, Any]:
    """What the content is, without answers."""
    original = row.deprecated_id if isinstance(row, Submission) else None
    return {
        "instance_id": spelled(row.instance_id),
        "sha256": row.sha256.hex() if row.sha256 else None,
        "deprecated_id": spelled(original) if original else None,
        "form_id": row.form_id,
        "version": row.version,
        "community": row.community,
        "seq": row.seq,
        "device_id": str(row.device_id),
        "device": names[row.device_id].name if row.device_id else None,
        "device_seq": row.device_seq,
        "synthetic": row.synthetic,
        "received_at": row.received_at,
    }


def _answers(content: Content, changes: Sequence[Mapping[str, Any]]) -> Any:
    try:
        return content_of(content.row, changes).get("answers")
    except Misplaced:
        return None


def _resolutions(rulings: Iterable[Ruling]) -> list[dict[str, Any]]:
    """What was decided, the last first."""
    told = []
    for number, group in groupby(rulings, key=lambda ruling: ruling.number):
        rows = list(group)
        sides = [{"instance_id": spelled(row.instance_id), "sha256": row.sha256.hex()} for row in rows]
        told.append(
            {
                "number": number,
                "kind": rows[0].kind,
                "at": rows[0].at,
                "by": str(rows[0].holder_id),
                "reason": rows[0].reason,
                "kept": next((side for side, row in zip(sides, rows, strict=True) if row.kept), None),
                "set_aside": [side for side, row in zip(sides, rows, strict=True) if not row.kept],
            }
        )
    return told[::-1]
