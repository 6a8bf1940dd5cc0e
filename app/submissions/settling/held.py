"""Seeing what is held: what it is, why it cannot be used, and what would mend it."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from app.access import audit
from app.access.tables import Holder
from app.database import Database
from app.problems import NotFound, UnknownCommunity, UnknownForm
from app.submissions.correction import answer_at
from app.submissions.identity import instance_uuid, spelled
from app.submissions.incoming import Library
from app.submissions.item import Incoming
from app.submissions.reread import content_of, corrections_of, holders_of, reread
from app.submissions.settling.hints import hints
from app.submissions.tables import Correction, SetAside
from app.submissions.visibility import visible


def waiting(session: Session, conditions: Sequence[Any], cursor: int, limit: int) -> dict[str, Any]:
    """One page of what is held, in the order of arrival, without answers: `held` and `next_cursor`."""
    query = select(SetAside).options(defer(SetAside.raw))  # type: ignore[arg-type]
    query = query.where(col(SetAside.kind) == "held", col(SetAside.settled_at).is_(None), *conditions)
    query = query.where(col(SetAside.seq) > cursor).order_by(col(SetAside.seq)).limit(limit + 1)
    rows = session.exec(query).all()
    names = holders_of(session, {row.device_id for row in rows})
    shown = [described(row, names) for row in rows[:limit]]
    return {"held": shown, "next_cursor": shown[-1]["seq"] if len(rows) > limit else None}


def look(database: Database, library: Library, holder: Holder, instance_id: str, now: dt.datetime) -> dict[str, Any]:
    """Everything that is held under an id, as it was sent, with reasons and hints. The read is recorded.

    Raises `NotFound`.
    """
    wanted = instance_uuid(instance_id)
    if wanted is None:
        raise NotFound
    with database.read() as session:
        rows = session.exec(
            select(SetAside).where(
                SetAside.instance_id == wanted,
                col(SetAside.kind) == "held",
                col(SetAside.settled_at).is_(None),
                *visible(session, SetAside, holder, library.areas),
            )
        ).all()
        if not rows:
            raise NotFound
        corrections = corrections_of(session, [wanted])
        names = holders_of(session, {row.device_id for row in rows})
        shown = [
            _opened(row, corrections.get((row.instance_id, row.sha256), ()), names, library, holder) for row in rows
        ]
    database.write(lambda session: audit.record(session, now, holder, "answers_read", spelled(wanted)))
    return {"instance_id": spelled(wanted), "held": shown}


def described(row: SetAside, names: Mapping[uuid.UUID, Holder]) -> dict[str, Any]:
    """What the content is, without answers."""
    return {
        "instance_id": spelled(row.instance_id),
        "sha256": row.sha256.hex(),
        "form_id": row.form_id,
        "version": row.version,
        "reason": row.reason,
        "seq": row.seq,
        "device_id": str(row.device_id),
        "device": names[row.device_id].name,
        "device_seq": row.device_seq,
        "synthetic": row.synthetic,
        "received_at": row.received_at,
    }


def cause(incoming: Incoming, content: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """What holds this interview and may hold others, too: a form version, or a name that no community has.

    None when nothing does, or what is its own alone.
    """
    problem, (form_id, version) = incoming.problem, incoming.named_form
    if isinstance(problem, UnknownForm):
        return problem.slug, form_id, version
    if isinstance(problem, UnknownCommunity):
        answer = answer_at(content.get("answers"), problem.facts["question"])
        return (problem.slug, form_id, answer.strip()) if isinstance(answer, str) and answer.strip() else None
    return None


def _opened(
    row: SetAside,
    corrections: Sequence[Correction],
    names: Mapping[uuid.UUID, Holder],
    library: Library,
    holder: Holder,
) -> dict[str, Any]:
    changes = [each.changes for each in corrections]
    incoming, content = reread(row, changes, library, names[row.device_id]), content_of(row, changes)
    inside = library.areas.within(holder.communities or library.areas)
    return {
        **described(row, names),
        "raw": row.raw.decode(errors="replace"),
        "problem": incoming.problem.document() if incoming.problem else None,
        "hints": hints(incoming.problem, content, _versions(library), library.areas, inside),
        "corrections": [_told(each) for each in corrections],
    }


def _versions(library: Library) -> dict[str, list[str]]:
    """The published versions of each form, the last one first."""
    versions: dict[str, list[str]] = {}
    for form_id, version in library.catalogue.listing().versions:
        versions.setdefault(form_id, []).insert(0, version)
    return versions


def _told(correction: Correction) -> dict[str, Any]:
    return {
        "number": correction.number,
        "at": correction.at,
        "by": str(correction.holder_id),
        "reason": correction.reason,
        "changes": correction.changes,
    }
