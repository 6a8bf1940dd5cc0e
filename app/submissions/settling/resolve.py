"""Deciding a conflict: one content counts from now on, the others are kept beside it for ever.

Nothing is taken out of the tables, and a decision may be changed by another one. What changes its standing gets a new
number, so that whoever pages by number sees it; among its siblings each interview keeps its place.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from app.access import audit
from app.access.tables import Holder
from app.communities.areas import Areas
from app.database import Database, take_seqs
from app.problems import InConflict, InvalidRequest, NotAllowed, NotFound, NotUsable
from app.submissions import queries
from app.submissions.derivation import contribution_rows, derived
from app.submissions.identity import instance_uuid, spelled
from app.submissions.incoming import Library
from app.submissions.item import Interview
from app.submissions.lineage import State
from app.submissions.reread import corrections_of, holders_of, reread
from app.submissions.review_state import ReviewState
from app.submissions.reviews import last_word, reviews_of
from app.submissions.revisions import settle_again
from app.submissions.settling.conflicts import Content, Dispute, dispute, seen
from app.submissions.settling.moment import write_by_library
from app.submissions.settling.replay import provenance
from app.submissions.tables import Ruling, SetAside, Submission


@dataclass(frozen=True)
class Resolution:
    """Which content shall count, and why. Edits with the very same content are told apart by `of`, their id."""

    keep: str
    reason: str
    by: Holder
    at: dt.datetime
    of: str | None = None


def resolve(
    database: Database, library: Callable[[], Library], instance_id: str, resolution: Resolution
) -> dict[str, Any]:
    """Let the chosen content count, and say what was decided.

    Raises `NotFound`, `NotAllowed` when a side lies outside of the caller's communities, `InvalidRequest` for a
    content that is no side of the conflict, and `NotUsable` for one that could not count.
    """
    wanted = instance_uuid(instance_id)
    if wanted is None:
        raise NotFound

    def work(session: Session, published: Library) -> dict[str, Any]:
        found = _dispute(session, wanted, resolution.by, published.areas)
        kept = _chosen(found, resolution)
        number, *_ = take_seqs(session, 1)
        decided = _enter(session, found, kept, resolution, number)
        if found.kind == "content":
            _keep_content(session, found, kept, resolution, published)
        else:
            _keep_edit(session, found)
        audit.record(session, resolution.at, resolution.by, "conflict_resolved", spelled(wanted), **decided)
        return {"instance_id": spelled(wanted), **decided}

    return write_by_library(database, library, work)


def _dispute(session: Session, wanted: uuid.UUID, by: Holder, areas: Areas) -> Dispute:
    found = dispute(session, wanted, lock=True)
    mine = seen(session, found, by, areas) if found else []
    if not found or not mine:
        raise NotFound
    if len(mine) < len(found.contents):
        raise NotAllowed(role=str(by.role))
    return found


def _chosen(found: Dispute, resolution: Resolution) -> Content:
    for content in found.contents:
        instance_id, sha256 = content.key
        named = resolution.of is None or instance_uuid(resolution.of) == instance_id
        if sha256.hex() == resolution.keep.lower() and named:
            return content
    raise InvalidRequest(where="body.keep", what="no content of this conflict has that hash.")


def _enter(session: Session, found: Dispute, kept: Content, resolution: Resolution, number: int) -> dict[str, Any]:
    """Record what is decided, and say it."""
    places = {revision.instance_id: revision.seq or 0 for revision in found.family}
    for content in found.contents:
        instance_id, sha256 = content.key
        session.add(
            Ruling(
                number=number,
                instance_id=instance_id,
                sha256=sha256,
                kind=found.kind,
                kept=content is kept,
                place=places[instance_id],
                at=resolution.at,
                holder_id=resolution.by.id,
                reason=resolution.reason,
            )
        )
    session.flush()
    sides: dict[bool, list[dict[str, str]]] = {True: [], False: []}
    for content in found.contents:
        instance_id, sha256 = content.key
        sides[content is kept].append({"instance_id": spelled(instance_id), "sha256": sha256.hex()})
    return {"kind": found.kind, "number": number, "kept": sides[True][0], "set_aside": sides[False]}


def _keep_edit(session: Session, found: Dispute) -> None:
    before = {content.row.instance_id: content.row.state for content in found.contents}  # type: ignore[union-attr]
    after = settle_again(session, before.keys())
    changed = [each for each in before if after[each] != before[each]]
    for instance_id, seq in zip(changed, take_seqs(session, len(changed)) if changed else [], strict=True):
        queries.renumber(session, instance_id, seq)


def _keep_content(session: Session, found: Dispute, kept: Content, resolution: Resolution, library: Library) -> None:
    present = found.contents[0].row
    assert isinstance(present, Submission)
    if isinstance(kept.row, SetAside):
        interview = _read(session, kept.row, library)
        before = present.deprecated_id
        _put_aside(session, present, resolution.at)
        _put_in_place(session, present, kept.row, interview)
        touched = {present.instance_id, *([before] if before else [])}
        after = settle_again(session, touched, [interview.deprecated_id] if interview.deprecated_id else [])
        if after[present.instance_id] is State.ERASED:
            return
    for content in found.contents:
        if isinstance(content.row, SetAside) and content.row.settled_at is None:
            content.row.settled_at = resolution.at
            session.add(content.row)


def _read(session: Session, row: SetAside, library: Library) -> Interview:
    changes = [
        each.changes for each in corrections_of(session, [row.instance_id]).get((row.instance_id, row.sha256), ())
    ]
    incoming = reread(row, changes, library, holders_of(session, [row.device_id])[row.device_id])
    if incoming.interview is None:
        raise NotUsable(reason=incoming.problem.slug if incoming.problem else row.reason)
    return incoming.interview


def _put_aside(session: Session, row: Submission, now: dt.datetime) -> None:
    """Keep the content that counted so far among those that do not. It may stand there already."""
    aside = {
        **provenance(row),
        "kind": "conflict",
        "reason": InConflict.slug,
        "seq": row.seq,
        "form_id": row.form_id,
        "version": row.version,
        "community": row.community,
        "settled_at": now,
        "told_again": False,
    }
    queries.insert_set_aside(session, [aside])


def _put_in_place(session: Session, present: Submission, chosen: SetAside, interview: Interview) -> None:
    """Let the chosen content stand under its id, with a new number, and score it."""
    review = last_word(reviews_of(session, [chosen.instance_id]), chosen.instance_id, chosen.sha256)
    row = {**provenance(chosen), "seq": take_seqs(session, 1)[0], "review": review, **derived(interview)}
    queries.withdraw_contributions(session, [chosen.instance_id])
    own = col(Submission.instance_id) == chosen.instance_id
    session.execute(update(Submission).where(own).values(**row))
    counts = queries.counts(present.state, review)
    if contributions := contribution_rows(row, interview, counts=counts, approved=review is ReviewState.APPROVED):
        queries.insert_contributions(session, contributions)
