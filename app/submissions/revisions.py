"""Deciding, in the database, which revisions of an interview count."""

import uuid
from collections.abc import Collection

from sqlmodel import Session

from app.submissions import queries
from app.submissions.destroy import Order, destroy
from app.submissions.lineage import State, settle


def settle_again(
    session: Session, touched: Collection[uuid.UUID], originals: Collection[uuid.UUID] = ()
) -> dict[uuid.UUID, State]:
    """Enter the states of the families of the touched interviews, which are locked, and return them.

    `originals` are what new edits among them replace; those that have not come yet are announced. Where one of a
    family was erased, what has joined it is erased, too.
    """
    if originals:
        queries.announce(session, originals)
    before = queries.lock_family(session, touched)
    if State.ERASED in before.values():
        ids = {revision.instance_id for revision in before}
        destroy(session, ids, Order("belongs to an interview that was erased before"))
        return dict.fromkeys(ids, State.ERASED)
    after = settle(before)
    for state in State:
        entering = [r.instance_id for r, old in before.items() if after[r.instance_id] == state != old]
        if entering:
            queries.set_state(session, entering, state)
    return after
