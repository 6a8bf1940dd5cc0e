"""The doors for reviews: one interview, or many at once."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from app.access.guard import FieldworkSettler
from app.problems import InvalidRequest
from app.submissions.protocol import Name, Reason
from app.submissions.review_state import ReviewState
from app.submissions.reviewing.review import Word, review_one, review_these, review_where

router = APIRouter(tags=["reviews"])

MAX_REVIEWS = 1_000

Said = Literal[ReviewState.RECEIVED, ReviewState.HAS_ISSUES, ReviewState.APPROVED, ReviewState.REJECTED]


class ReviewIn(BaseModel):
    """What is said of an interview; `received` takes back what was said before. The note is seen by coordinators."""

    model_config = ConfigDict(extra="forbid")

    state: Said
    note: Reason | None = None


class Which(BaseModel):
    """Interviews that count and fit all of these. `up_to_seq` leaves out what came after one has looked."""

    model_config = ConfigDict(extra="forbid")

    form_id: Name | None = None
    community: Name | None = None
    review: ReviewState | None = None
    flagged: bool | None = None
    up_to_seq: Annotated[int, Field(ge=0, lt=2**63)] | None = None


class ReviewsIn(ReviewIn):
    """One word on many interviews: on those named, or on those that fit."""

    instance_ids: list[Name] | None = Field(None, max_length=MAX_REVIEWS)
    where: Which | None = None


class ReviewOut(BaseModel):
    """`state` tells whether the interview is the one of its revisions that counts."""

    instance_id: str
    state: str
    review: ReviewState


class ReviewsOut(BaseModel):
    """`unchanged` had been told just that before; `missing` are not there, or not for the caller."""

    reviewed: int
    unchanged: int
    missing: list[str]


@router.post("/submissions/{instance_id}/review")
def review(instance_id: str, asked: ReviewIn, request: Request, holder: FieldworkSettler) -> ReviewOut:
    """Say whether an interview may be used. Scores follow at once: what is rejected leaves them, and
    `include=approved` counts what is approved. Nothing that was said before is lost."""
    state = request.app.state
    return ReviewOut(**review_one(state.database, state.areas(), instance_id, _word(asked, holder)))


@router.post("/reviews", max_body_size=MAX_REVIEWS * 200)
def reviews(asked: ReviewsIn, request: Request, holder: FieldworkSettler) -> ReviewsOut:
    """Say the same of many interviews: of those in `instance_ids`, or of those that fit `where`."""
    state, word = request.app.state, _word(asked, holder)
    if (asked.instance_ids is None) == (asked.where is None):
        raise InvalidRequest(where="body", what="give either 'instance_ids' or 'where'.")
    if asked.where is not None:
        outcome = review_where(state.database, state.areas(), asked.where.model_dump(), word)
    else:
        outcome = review_these(state.database, state.areas(), asked.instance_ids or [], word)
    return ReviewsOut(**vars(outcome))


def _word(asked: ReviewIn, holder: Any) -> Word:
    return Word(asked.state, asked.note, holder, datetime.now(UTC))
