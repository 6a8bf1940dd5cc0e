"""Looking at what was kept, within what the caller may see."""

import datetime as dt
from collections.abc import Iterable, Mapping, Set
from typing import Any

from sqlalchemy import literal
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from app.access import audit
from app.access.policy import Right, may
from app.access.tables import Holder
from app.attachments import waiting
from app.communities.areas import Areas
from app.database import Database, settled_seq
from app.forms.catalogue import Catalogue
from app.forms.flags import Flag
from app.forms.pairing import Path
from app.forms.questions import Group
from app.problems import InvalidRequest, NotFound
from app.submissions.completeness import files_of, withheld
from app.submissions.identity import instance_uuid, spelled
from app.submissions.lineage import State
from app.submissions.missing_files import missing_files
from app.submissions.protocol import HaveState
from app.submissions.reread import content_of, corrections_of
from app.submissions.review_state import shown
from app.submissions.reviews import reviewed, reviews_of
from app.submissions.tables import Erasure, Review, SetAside, Submission
from app.submissions.visibility import reads_personal, seen, visible


def page(
    database: Database, holder: Holder, areas: Areas, filters: Mapping[str, Any], cursor: int, limit: int
) -> dict[str, Any]:
    """One page of interviews in the order of arrival: `submissions` and `next_cursor`."""
    query = select(Submission).options(defer(Submission.raw))  # type: ignore[arg-type]
    query = query.where(col(Submission.seq) > cursor)
    if (last := settled_seq(database)) is not None:
        query = query.where(col(Submission.seq) <= last)
    if filters["form_id"] is not None:
        query = query.where(Submission.form_id == filters["form_id"])
    if filters["community"] is not None:
        query = query.where(col(Submission.community).in_(areas.within([filters["community"]])))
    if filters["since"] is not None:
        query = query.where(col(Submission.received_at) >= _aware(filters["since"]))
    query = query.where(*reviewed(filters["review"]))
    with database.read() as session:
        query = query.where(*visible(session, Submission, holder, areas), *_by_files(session, filters["files"]))
        rows = session.exec(query.order_by(col(Submission.seq)).limit(limit + 1)).all()
        shown = [_described(row) for row in rows[:limit]]
    return {"submissions": shown, "next_cursor": shown[-1]["seq"] if len(rows) > limit else None}


def _by_files(session: Session, asked: str | None) -> list[Any]:
    """Interviews that count and lack a file, or whose files wait for a decision, as conditions."""
    if asked == "missing":
        each, is_missing = missing_files(session)
        lacks = select(literal(1)).select_from(each).where(is_missing).correlate(Submission)
        return [col(Submission.state) == State.CURRENT, lacks.exists()]
    return [waiting(Submission.instance_id)] if asked == "waiting" else []


def record(
    database: Database,
    holder: Holder,
    areas: Areas,
    catalogue: Catalogue,
    instance_id: str,
    now: dt.datetime,
) -> dict[str, Any]:
    """One interview with its answers and with what was set aside under its id. Raises `NotFound`."""
    wanted = instance_uuid(instance_id)
    if wanted is None:
        raise NotFound
    with database.read() as session:
        kept, aside = seen(session, wanted, holder, areas)
        files = files_of(session, kept or aside[0], catalogue)
        corrections = corrections_of(session, [wanted])
        reviews = reviews_of(session, [wanted])
    personal = reads_personal(holder)
    if personal:
        database.write(lambda session: _note_read(session, holder, spelled(wanted), now))
    described = _described(kept) if kept else _described_aside(aside[0])
    described |= {"complete": files.complete, "attachments": files.document(holder)}
    if kept is not None:
        own = corrections.get((kept.instance_id, kept.sha256 or b""), ())
        answers = content_of(kept, catalogue.find, [each.changes for each in own]).get("answers")
        described["corrected"] = sorted({path for each in own for path in (each.changes.get("answers") or {})})
        described["answers"] = answers if personal else _impersonal(answers, kept, catalogue)
        if may(holder.role, Right.SETTLE_FIELDWORK):
            described["reviews"] = [_said(each) for each in reviews.get((wanted, kept.sha256 or b""), ())]
    if personal:
        described["set_aside"] = [
            {**_described_aside(each), "raw": each.raw.decode(errors="replace")} for each in aside
        ]
    return described


def have(database: Database, holder: Holder, asked: Iterable[str]) -> list[HaveState]:
    """The state of each of these ids, as far as this holder brought them (an admin sees all)."""
    wanted = {each: instance_uuid(each) for each in asked}
    ids = {instance_id for instance_id in wanted.values() if instance_id}
    with database.read() as session:
        states = {
            row.instance_id: ("kept" if row.settled_at else row.kind, row.sha256)
            for row in _of(session, SetAside, ids, holder)
        }
        for row in _of(session, Submission, ids, holder):
            in_conflict = states.get(row.instance_id, ("",))[0] == "conflict" or row.state == State.CONFLICT
            if row.sha256 is not None:
                states[row.instance_id] = ("conflict" if in_conflict else "kept", row.sha256)
        states |= {row.instance_id: ("erased", row.sha256) for row in _of(session, Erasure, ids, holder)}
    found = []
    for given, instance_id in wanted.items():
        state, sha256 = states.get(instance_id, ("missing", None)) if instance_id else ("missing", None)
        found.append(HaveState(instance_id=_sayable(given), state=state, sha256=sha256.hex() if sha256 else None))
    return found


def _of(session: Session, table: Any, ids: Iterable[Any], holder: Holder) -> Iterable[Any]:
    query = select(table).where(table.instance_id.in_(ids))
    if table is not Erasure:
        query = query.options(defer(table.raw))
    if not may(holder.role, Right.READ_SUBMISSIONS):
        query = query.where(table.device_id == holder.id)
    if table is SetAside:
        # What waits comes last, and so has the last word.
        query = query.order_by(col(SetAside.settled_at).is_(None), col(SetAside.seq))
    return session.exec(query).all()


def _said(review: Review) -> dict[str, Any]:
    return {
        "number": review.number,
        "at": review.at,
        "by": str(review.holder_id),
        "state": str(review.state),
        "note": review.note,
    }


def _note_read(session: Session, holder: Holder, instance_id: str, now: dt.datetime) -> None:
    audit.record(session, now, holder, "answers_read", instance_id)


def _described(row: Submission) -> dict[str, Any]:
    return {
        "instance_id": spelled(row.instance_id),
        "form_id": row.form_id,
        "version": row.version,
        "state": str(row.state),
        "seq": row.seq,
        "sha256": row.sha256.hex() if row.sha256 else None,
        "deprecated_id": spelled(row.deprecated_id) if row.deprecated_id else None,
        "community": row.community,
        "round": row.round,
        "enumerator": row.enumerator,
        "device_id": str(row.device_id),
        "device_seq": row.device_seq,
        "review": str(shown(row.review, row.deprecated_id)),
        "refusal": row.refusal,
        "flags": [Flag.restored(flag).document() for flag in row.flags],
        "synthetic": row.synthetic,
        "received_at": row.received_at,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
    }


def _described_aside(row: SetAside) -> dict[str, Any]:
    return {
        "instance_id": spelled(row.instance_id),
        "form_id": row.form_id,
        "version": row.version,
        "state": row.kind,
        "reason": row.reason,
        "seq": row.seq,
        "sha256": row.sha256.hex(),
        "community": row.community,
        "device_id": str(row.device_id),
        "device_seq": row.device_seq,
        "synthetic": row.synthetic,
        "received_at": row.received_at,
        "settled_at": row.settled_at,
    }


def _impersonal(answers: Any, row: Submission, catalogue: Catalogue) -> Any:
    published = catalogue.find(row.form_id or "", row.version)
    if published is None:
        return {}
    return _without(answers, published.form.root, withheld(published.form, row))


def _without(tree: Any, group: Group, hidden: Set[Path]) -> Any:
    """The answers to questions of the form that are not hidden. What the form does not know is left out too: it may
    hold anything."""
    if isinstance(tree, list):
        return [_without(each, group, hidden) for each in tree]
    if not isinstance(tree, dict):
        return None
    shown = {}
    for name, value in tree.items():
        child = group.children.get(name)
        if child is None or child.path in hidden:
            continue
        shown[name] = _without(value, child, hidden) if isinstance(child, Group) else value
    return shown


def _sayable(given: str) -> str:
    """What was asked for, without lone surrogates, which no answer can hold."""
    return given.encode("utf-8", "replace").decode()


def _aware(moment: dt.datetime) -> dt.datetime:
    """The moment in UTC. Raises `InvalidRequest` where the calendar ends in between."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except OverflowError as error:
        raise InvalidRequest(where="query.since", what="lies outside of the calendar in UTC.") from error
