"""The door to what a framework would change before it is published."""

import threading
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request

from app.access.guard import FrameworkAuthor
from app.problems import AnotherPreview, FaultyFramework, NotFound, UnknownFramework, answers
from app.scoring.ask import communities_of
from app.scoring.check import check_framework
from app.submissions.previewing.preview import Draft, preview

router = APIRouter(tags=["scores"])

_one_at_a_time = threading.Lock()

Document = Annotated[dict[str, Any], Body(description="A framework, as it would be published.")]
Against = Annotated[str | None, Query(description="The published version to compare with; the latest if left out.")]


@router.post("/frameworks/preview", responses=answers(NotFound, UnknownFramework, FaultyFramework, AnotherPreview))
def preview_framework(
    document: Document, request: Request, holder: FrameworkAuthor, against: Against = None, round: str | None = None
) -> dict[str, Any]:
    """Which numbers a framework would move, and why, before it is published. Nothing is kept.

    It is checked first. Then every interview that counts is read again by it and by the published version of the same
    id: for all together and by community, both numbers of each node, and the places in `changes` that reach it.
    """
    of = request.app.state
    faults = check_framework(document, of.catalogue.forms(), "framework")
    if faults:
        raise FaultyFramework(count=len(faults), first=str(faults[0]), faults=[str(each) for each in faults])
    published = of.frameworks.named(document["id"], against)
    if not _one_at_a_time.acquire(blocking=False):
        raise AnotherPreview
    try:
        return preview(of.database, of.library(), Draft(document, published, round, communities_of(of, holder)))
    finally:
        _one_at_a_time.release()
