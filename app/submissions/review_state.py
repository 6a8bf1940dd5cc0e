"""What a coordinator thinks of an interview: five words, as ODK Central has them."""

import uuid
from enum import StrEnum


class ReviewState(StrEnum):
    """`received` and `edited` wait for a review; the others are what one has said."""

    RECEIVED = "received"
    EDITED = "edited"
    HAS_ISSUES = "has_issues"
    APPROVED = "approved"
    REJECTED = "rejected"


def stored(said: ReviewState) -> ReviewState | None:
    """What is kept of a review: `received` takes back what was said before."""
    return None if said is ReviewState.RECEIVED else said


def shown(kept: ReviewState | None, deprecated_id: uuid.UUID | None) -> ReviewState:
    """How an interview stands. An edit waits for a review of its own, whatever was said of what it replaces."""
    return kept or (ReviewState.EDITED if deprecated_id else ReviewState.RECEIVED)
