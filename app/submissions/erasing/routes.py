"""The door for erasing."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from app.access.guard import Eraser
from app.submissions.destroy import Order
from app.submissions.erasing.erase import erase
from app.submissions.protocol import Reason

router = APIRouter(tags=["erasure"])


class ErasureIn(BaseModel):
    """By whose wish or order. The words are kept, so they should name nobody."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class ErasureOut(BaseModel):
    """`erased` are the ids of all its revisions, `contents` how many contents were destroyed by this call. `scrubbed`
    tells that no byte of them is left in the database file; otherwise the page on operations says what to do."""

    instance_id: str
    erased: list[str]
    contents: int
    scrubbed: bool


@router.post("/submissions/{instance_id}/erase")
def erase_submission(instance_id: str, asked: ErasureIn, request: Request, holder: Eraser) -> ErasureOut:
    """Destroy an interview for good, with all its revisions and all that was said of it. Counts, scores and exports
    follow at once. Its id stays known, so that a tablet that sends it late brings nothing back."""
    state = request.app.state
    order = Order(asked.reason, holder, datetime.now(UTC))
    return ErasureOut(**erase(state.database, instance_id, order, state.areas()))
