"""Erasing an interview for good: all its revisions, all that was set aside, all that was said of it.

The right of a person to have the own data destroyed (UU 27/2022, articles 8 and 43). What remains holds no answer.
"""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import exists
from sqlmodel import Session, col, select

from app.access.tables import Holder
from app.attachments import Store, discard
from app.communities.areas import Areas
from app.database import Database
from app.problems import NotFound
from app.scoring import journal
from app.submissions import queries
from app.submissions.destroy import Order, destroy
from app.submissions.identity import instance_uuid, spelled
from app.submissions.reread import content_of, corrections_of
from app.submissions.tables import SetAside, Submission
from app.submissions.visibility import visible


def erase(
    database: Database, store: Store, instance_id: str, order: Order, areas: Areas | None = None
) -> dict[str, Any]:
    """Erase an interview and say what went: `erased` ids, `contents`, and whether the file was `scrubbed`.

    Erasing twice is erasing once. Raises `NotFound`.
    """
    wanted = instance_uuid(instance_id)
    if wanted is None:
        raise NotFound

    def work(session: Session) -> dict[str, Any]:
        if not _is_here(session, wanted, order.holder, areas):
            raise NotFound
        ids = _all_of_it(session, wanted)
        contents = destroy(session, ids, order)
        return {"instance_id": spelled(wanted), "erased": sorted(map(spelled, ids)), "contents": contents}

    gone = database.write(work)
    discard(database, store)
    # So that the journal does not tell any more what the interview contributed.
    database.write(journal.fold_unless_others_do)
    return {**gone, "scrubbed": database.scrub()}


def _is_here(session: Session, wanted: uuid.UUID, holder: Holder | None, areas: Areas | None) -> bool:
    tables: list[Any] = [Submission, SetAside]
    for table in tables:
        limits = visible(session, table, holder, areas) if holder and areas is not None else []
        if session.exec(select(table.instance_id).where(table.instance_id == wanted, *limits)).first():
            return True
    return False


def _all_of_it(session: Session, wanted: uuid.UUID) -> set[uuid.UUID]:
    """The ids of the interview and of all that replaces it or is replaced by it, locked, with a row for each."""
    ids, family = {wanted}, set[uuid.UUID]()
    while ids != family:
        # What is only held has no row that later arrivals would be judged on.
        queries.announce(session, ids)
        family = {revision.instance_id for revision in queries.lock_family(session, ids)}
        ids = family | _held_edits(session, family)
    return ids


def _held_edits(session: Session, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """What is held and names one of these as the interview that it replaces. An id under which other content counts is
    left alone: what cannot be read must not take along what can."""
    own = exists().where(col(Submission.instance_id) == col(SetAside.instance_id), col(Submission.sha256).is_not(None))
    query = select(SetAside).where(col(SetAside.kind) == "held", col(SetAside.settled_at).is_(None), ~own)
    found = set()
    for rows in session.exec(query.execution_options(yield_per=100)).partitions():
        corrections = corrections_of(session, [row.instance_id for row in rows])
        for row in rows:
            changes = [each.changes for each in corrections.get((row.instance_id, row.sha256), ())]
            # No form is needed for that: what an interview replaces stands beside its answers.
            replaced = instance_uuid(content_of(row, _no_form, changes).get("deprecated_id"))
            if replaced is not None and replaced in ids:
                found.add(row.instance_id)
    return found


def _no_form(form_id: str, version: str) -> None:
    return None
