"""Mending what is held: a coordinator says how it is to be read, and it is tried at once.

What was sent is never touched. A correction lies beside it, with who made it, when and why.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from app.access import audit
from app.access.tables import Holder
from app.database import Database
from app.problems import AlreadySettled, InvalidRequest, NotFound
from app.submissions.correction import Misplaced
from app.submissions.identity import Unreadable, canonical, instance_uuid, spelled
from app.submissions.incoming import Library
from app.submissions.receipt import Status
from app.submissions.reread import content_of, corrections_of, holders_of, reread
from app.submissions.settling.held import cause
from app.submissions.settling.moment import write_by_library
from app.submissions.settling.replay import CHUNK, Outcome, held, use
from app.submissions.tables import Correction, SetAside
from app.submissions.visibility import visible


@dataclass(frozen=True)
class Mending:
    """What to change of a held content, and why. `alike` means all that is held for the same cause, too."""

    sha256: str
    reason: str
    members: Mapping[str, Any]
    answers: Mapping[str, Any] = field(default_factory=dict)
    community: str | None = None
    alike: bool = False


@dataclass(frozen=True)
class Mender:
    """Who mends, and when."""

    holder: Holder
    now: dt.datetime


def mend(
    database: Database, library: Callable[[], Library], mender: Mender, instance_id: str, mending: Mending
) -> dict[str, Any]:
    """Correct a held content and try it; returns what became of it, and with `alike` how many others ended how.

    Raises `NotFound`, `AlreadySettled`, and `InvalidRequest` for a change that cannot be made.
    """
    wanted = instance_uuid(instance_id)
    if wanted is None:
        raise NotFound

    def work(session: Session, published: Library) -> tuple[dict[str, Any], tuple[Any, ...] | None, dict[str, Any]]:
        row = _find(session, wanted, mending, mender, published)
        known = [each.changes for each in corrections_of(session, [wanted]).get((wanted, row.sha256), ())]
        brought_by = holders_of(session, [row.device_id])[row.device_id]
        before = cause(reread(row, known, published, brought_by), content_of(row, known))
        if mending.alike and before is None:
            raise InvalidRequest(where="body.alike", what="nothing else can be held for the same cause.")
        changes = _changes(row, known, mending, published, mender.holder)
        (outcome,) = _correct_and_use(session, [row], changes, mending.reason, published, mender)
        return _told(outcome), before, changes

    answer, before, changes = write_by_library(database, library, work)
    if mending.alike and before:
        answer["alike"] = dict(_mend_alike(database, library, mender, mending.reason, before, changes))
    return answer


def _find(session: Session, wanted: uuid.UUID, mending: Mending, mender: Mender, library: Library) -> SetAside:
    """The content, locked. It must wait still: what counts already is corrected by an edit."""
    named = [SetAside.instance_id == wanted, SetAside.sha256 == bytes.fromhex(mending.sha256)]
    named += visible(session, SetAside, mender.holder, library.areas)
    if rows := held(session, named):
        return rows[0]
    raise AlreadySettled if session.exec(select(SetAside.seq).where(*named)).first() else NotFound


def _changes(
    row: SetAside, known: Sequence[Mapping[str, Any]], mending: Mending, library: Library, holder: Holder
) -> dict[str, Any]:
    """The correction as it is kept, once it is certain that it can be made and means something published."""
    changes: dict[str, Any] = {**mending.members, "answers": dict(mending.answers)}
    try:
        canonical(changes)
        content = content_of(row, [*known, changes])
        if mending.community is not None:
            changes["answers"][_community_question(content, library)] = _community(mending.community, library, holder)
            content_of(row, [*known, changes])
    except Misplaced as error:
        raise InvalidRequest(where="body.answers", what=f"no answer can stand at '{error}'.") from error
    except Unreadable as error:
        raise InvalidRequest(where="body", what=f"it holds what cannot be kept ({error}).") from error
    if mending.members.keys() & {"form_id", "version"}:
        _published(content, library)
    return changes


def _published(content: Mapping[str, Any], library: Library) -> Any:
    form_id, version = content.get("form_id"), content.get("version")
    found = library.form(form_id, version) if isinstance(form_id, str) and isinstance(version, str) else None
    if found is None:
        raise InvalidRequest(where="body.version", what=f"no form '{form_id}' version '{version}' is published.")
    return found


def _community_question(content: Mapping[str, Any], library: Library) -> str:
    form = _published(content, library).form
    question = form.find(form.fieldwork.community or "community")
    if question is None:
        raise InvalidRequest(where="body.community", what=f"the form '{form.form_id}' asks for no community.")
    return "/".join(question.path)


def _community(code: str, library: Library, holder: Holder) -> str:
    area = library.areas.find(code)
    if area is None or (holder.communities and area.code not in library.areas.within(holder.communities)):
        raise InvalidRequest(where="body.community", what=f"no community '{code}' is published, or it is not yours.")
    return area.code


def _correct_and_use(
    session: Session,
    rows: Sequence[SetAside],
    changes: dict[str, Any],
    reason: str,
    library: Library,
    mender: Mender,
) -> list[Outcome]:
    known = corrections_of(session, {row.instance_id for row in rows})
    for row in rows:
        number = len(known.get((row.instance_id, row.sha256), ())) + 1
        session.add(
            Correction(
                instance_id=row.instance_id,
                sha256=row.sha256,
                number=number,
                at=mender.now,
                holder_id=mender.holder.id,
                reason=reason,
                changes=changes,
            )
        )
        changed = sorted({*changes, *changes["answers"]} - {"answers"})
        audit.record(session, mender.now, mender.holder, "held_corrected", spelled(row.instance_id), changed=changed)
    session.flush()
    return use(session, rows, library, mender.now, mender.holder)


def _mend_alike(
    database: Database,
    library: Callable[[], Library],
    mender: Mender,
    reason: str,
    before: tuple[Any, ...],
    changes: dict[str, Any],
) -> Counter[Status]:
    """Make the same correction wherever the same cause holds an interview, a chunk a transaction."""
    tally: Counter[Status] = Counter()
    last_seq: int | None = 0
    while last_seq is not None:

        def work(session: Session, published: Library, after: int = last_seq) -> tuple[int | None, list[Status]]:
            own = visible(session, SetAside, mender.holder, published.areas)
            rows = held(session, [col(SetAside.reason) == before[0], col(SetAside.seq) > after, *own])
            following = rows[-1].seq if len(rows) == CHUNK else None
            alike = _held_for(session, rows, before, published)
            outcomes = _correct_and_use(session, alike, changes, reason, published, mender)
            return following, [outcome.status for outcome in outcomes]

        last_seq, statuses = write_by_library(database, library, work)
        tally.update(statuses)
    return tally


def _held_for(session: Session, rows: Sequence[SetAside], wanted: tuple[Any, ...], library: Library) -> list[SetAside]:
    corrections = corrections_of(session, {row.instance_id for row in rows})
    brought_by = holders_of(session, {row.device_id for row in rows})
    found = []
    for row in rows:
        known = [each.changes for each in corrections.get((row.instance_id, row.sha256), ())]
        if cause(reread(row, known, library, brought_by[row.device_id]), content_of(row, known)) == wanted:
            found.append(row)
    return found


def _told(outcome: Outcome) -> dict[str, Any]:
    interview = outcome.incoming.interview
    return {
        "instance_id": spelled(outcome.row.instance_id),
        "sha256": outcome.row.sha256.hex(),
        "status": outcome.status,
        "seq": outcome.seq,
        "flags": [flag.document() for flag in interview.flags] if interview else [],
        "problem": outcome.problem.document() if outcome.problem else None,
    }
