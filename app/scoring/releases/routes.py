"""The door to released numbers."""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.access.guard import Releaser, ScoreReader
from app.problems import (
    NotComparable,
    NotFound,
    PartialRelease,
    StillScoring,
    UnequalVersions,
    UnknownFramework,
    answers,
)
from app.scoring.ask import ask
from app.scoring.facts.consult import consult
from app.scoring.facts.values import Source
from app.scoring.inquiry import Included, Scope
from app.scoring.releases.audience import Audience
from app.scoring.releases.browse import compared, find, listing
from app.scoring.releases.publish import Edition, publish

router = APIRouter(tags=["releases"])

FOR_EVER = "private, max-age=31536000, immutable"

JSON_BYTES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The very bytes that were released.", "content": {"application/json": {}}},
    304: {"description": "The copy that `If-None-Match` names is still the right one."},
}

Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$")]
Note = Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")]


class ReleaseIn(BaseModel):
    """Which numbers, as in `GET /scores`. Those for the public are by one dimension at once, a round being one."""

    model_config = ConfigDict(extra="forbid")

    framework: str
    version: str | None = None
    round: str | None = None
    include: Included = "all"
    score: Source = "survey"
    by: list[str] = []
    audience: Audience = Audience.ANALYSTS
    title: Text
    note: Note | None = None


@router.post(
    "/releases",
    status_code=201,
    responses=answers(PartialRelease, NotFound, UnknownFramework, StillScoring),
)
def release(asked: ReleaseIn, request: Request, holder: Releaser) -> dict[str, Any]:
    """Keep the numbers of this moment for ever, with what they were made from; the manifest is the answer.

    The same numbers for the same audience under the same title and note are the same release, so that asking again is
    safe. What is for the public is seen by everybody who may read scores, and tells counts of people in fives.
    """
    of = request.app.state
    inquiry = ask(of, holder, asked.framework, asked.version, Scope(asked.round, asked.include))
    values = consult(of, holder, inquiry, asked.score, asked.by, "body.by")
    edition = Edition(asked.title, asked.note, asked.audience, holder, datetime.now(UTC), asked.score)
    release_id = publish(of.database, inquiry, asked.by, edition, values)
    with of.database.read() as session:
        manifest: dict[str, Any] = orjson.loads(find(session, release_id, holder).manifest)
    return manifest


@router.get("/releases")
def releases(request: Request, holder: ScoreReader) -> list[dict[str, Any]]:
    """What was released, the last one first. Who may see some communities alone sees what is for the public."""
    of = request.app.state
    return listing(of.database, holder)


@router.get("/releases/compare", responses=answers(NotFound, NotComparable, UnequalVersions))
def compare_releases(
    request: Request,
    holder: ScoreReader,
    a: Annotated[str, Query(description="The earlier release.")],
    b: Annotated[str, Query(description="The later one.")],
) -> dict[str, Any]:
    """Which rows differ between two releases of one framework version, and what else may be the cause."""
    of = request.app.state
    return compared(of.database, (a, b), holder)


@router.get("/releases/{release_id}", responses=JSON_BYTES)
def one_release(release_id: str, request: Request, holder: ScoreReader) -> Response:
    """The numbers as they were released, byte for byte: the answer of `/scores` of that moment."""
    of = request.app.state
    with of.database.read() as session:
        found = find(session, release_id, holder)
    return _bytes(request, found.content)


@router.get("/releases/{release_id}/manifest", responses=JSON_BYTES)
def release_manifest(release_id: str, request: Request, holder: ScoreReader) -> Response:
    """What the numbers were made from: hashes of framework, forms and numbers, the watermark, and the software."""
    of = request.app.state
    with of.database.read() as session:
        found = find(session, release_id, holder)
    return _bytes(request, found.manifest)


def _bytes(request: Request, content: bytes) -> Response:
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": FOR_EVER}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
