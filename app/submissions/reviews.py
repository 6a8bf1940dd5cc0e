"""What coordinators have said about interviews."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from sqlmodel import Session, col, select

from app.submissions.review_state import ReviewState, stored
from app.submissions.tables import Review, Submission

Content = tuple[uuid.UUID, bytes]


def reviews_of(session: Session, ids: Collection[uuid.UUID]) -> dict[Content, list[Review]]:
    """The reviews of all contents under these ids, in their order."""
    query = select(Review).where(col(Review.instance_id).in_(ids)).order_by(col(Review.number))
    found: dict[Content, list[Review]] = {}
    for each in session.exec(query):
        found.setdefault((each.instance_id, each.sha256), []).append(each)
    return found


def last_word(reviews: Mapping[Content, list[Review]], instance_id: uuid.UUID, sha256: bytes) -> ReviewState | None:
    """What is kept of the last review of this content. Other content of the same id has reviews of its own."""
    own = reviews.get((instance_id, sha256))
    return stored(own[-1].state) if own else None


def reviewed(state: ReviewState | None) -> list[Any]:
    """How an interview stands, as conditions."""
    if state is None:
        return []
    if stored(state) and state is not ReviewState.EDITED:
        return [col(Submission.review) == state]
    original = col(Submission.deprecated_id)
    is_edit = original.is_not(None) if state is ReviewState.EDITED else original.is_(None)
    return [col(Submission.review).is_(None), is_edit]
