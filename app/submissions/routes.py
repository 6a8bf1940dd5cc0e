"""The door for interviews: batches in, receipts out, and a look at what was kept."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from app.access.guard import DirectRoute, Sender, SubmissionReader
from app.access.tables import Holder
from app.database import Database
from app.problems import (
    BatchReused,
    BodyTooLarge,
    DuplicateKey,
    InvalidBatch,
    InvalidGzip,
    InvalidJson,
    InvalidZstd,
    TooComplex,
    TooManyBytes,
    TooManyItems,
    TruncatedGzip,
    TruncatedJson,
    TruncatedZstd,
    UnsupportedEncoding,
    UnsupportedType,
    answers,
)
from app.settings import Settings
from app.submissions.browse import have, page, record
from app.submissions.decompression import decompress
from app.submissions.deliver import deliver
from app.submissions.envelope import Envelope
from app.submissions.heartbeat import read_heartbeat
from app.submissions.identity import batch_hash
from app.submissions.incoming import Library, Source, read_items
from app.submissions.intake import Answer, Arrival
from app.submissions.item import Incoming
from app.submissions.protocol import BatchOut, HaveIn, HaveOut, Limits
from app.submissions.review_state import ReviewState
from app.traffic.load import Load

router = APIRouter(tags=["submissions"])
door = APIRouter(tags=["submissions"], route_class=DirectRoute)
"""The way in for batches, apart from the others because it is the one that all tablets stand at."""

MAX_HAVE = 1_000

BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BatchIn"}}},
    },
    "parameters": [
        {
            "name": "Content-Encoding",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "enum": ["gzip", "zstd", "identity"]},
            "description": "How the body is packed.",
        }
    ],
}

REFUSED = answers(
    *(TruncatedJson, InvalidJson, DuplicateKey, InvalidBatch),
    *(TruncatedGzip, InvalidGzip, TruncatedZstd, InvalidZstd),
    *(TooManyBytes, TooManyItems, TooComplex),
    *(UnsupportedType, UnsupportedEncoding),
    BatchReused,
)


@router.get("/limits")
async def limits(request: Request, holder: Sender) -> Limits:
    """How much a batch, an interview, a file and a piece of a file may hold."""
    settings: Settings = request.app.state.settings
    return Limits(
        max_items=settings.max_items,
        max_bytes=settings.max_bytes,
        max_item_bytes=settings.max_item_bytes,
        max_have=MAX_HAVE,
        max_file_bytes=settings.max_file_bytes,
        max_piece_bytes=settings.max_piece_bytes,
        content_encodings=["gzip", "zstd"],
    )


@door.post("/batches", response_model=BatchOut, responses=REFUSED, openapi_extra=BODY)
async def batches(request: Request, holder: Sender) -> Response:
    """Keep interviews, each exactly once, and say what became of each. Nothing is answered before it is on disk.

    The body is a `BatchIn`, plain or with `Content-Encoding` gzip or zstd. One bad item never harms its neighbours;
    a batch that is cut or broken as a whole is refused as a whole. Sending again is always safe.
    """
    now = datetime.now(UTC)
    settings: Settings = request.app.state.settings
    load: Load = request.app.state.load
    with load.carry(holder.id) as add:
        packed = await _packed(request, settings.max_bytes, add)
        encoding = request.headers.get("content-encoding", "")
        async with load.turn(settings.max_bytes if encoding else len(packed)):
            body = await run_in_threadpool(decompress, packed, encoding, settings.max_bytes) if encoding else packed
            read = partial(_arrival, body, request, holder, now)
            arrival, answer = await deliver(request.app.state.database, load, read)
    request.app.state.meters.received(answer.summary, answer.durable_seq)
    return Response(_told(request, arrival.batch_id, answer), media_type="application/json")


@router.post("/instances/have", responses=answers(BodyTooLarge))
async def instances_have(asked: HaveIn, request: Request, holder: Sender) -> HaveOut:
    """Which of these interviews are kept here, so that a tablet can offer again what a restored server forgot."""
    database: Database = request.app.state.database
    instances = await run_in_threadpool(have, database, holder, asked.instance_ids)
    return HaveOut(instances=instances, **request.app.state.identity())


@router.get("/submissions")
def submissions(
    request: Request,
    holder: SubmissionReader,
    form_id: str | None = None,
    community: str | None = None,
    since: datetime | None = None,
    review: ReviewState | None = None,
    files: Literal["missing", "waiting"] | None = None,
    cursor: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> dict[str, Any]:
    """Interviews that the caller may see, in the order of arrival, without their answers.

    Page on by giving `next_cursor` back as `cursor`; it is null on the last page. `since` is the time of arrival,
    `review` how the interview stands. `files=missing` are those that count and lack a file that they name,
    `files=waiting` those to which several files came under one name that nobody has decided on.
    """
    database: Database = request.app.state.database
    filters = {"form_id": form_id, "community": community, "since": since, "review": review, "files": files}
    return page(database, holder, request.app.state.areas(), filters, cursor, limit)


@router.get("/submissions/{instance_id}")
def submission(instance_id: str, request: Request, holder: SubmissionReader) -> dict[str, Any]:
    """One interview with its answers: all of them for those who may see personal answers (the read is recorded),
    else without the questions that the form marks as personal."""
    database: Database = request.app.state.database
    state = request.app.state
    return record(database, holder, state.areas(), state.catalogue, instance_id, datetime.now(UTC))


async def _packed(request: Request, max_bytes: int, add: Callable[[int], None]) -> bytes:
    """The request's body as it came. Never reads more than `max_bytes` of it; `add` hears of every piece."""
    content_type = request.headers.get("content-type", "")
    if content_type.split(";")[0].strip().lower() != "application/json":
        raise UnsupportedType(content_type=content_type[:100])
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise TooManyBytes(max_bytes=max_bytes)
    body = bytearray()
    try:
        async for piece in request.stream():
            add(len(piece))
            body += piece
            if len(body) > max_bytes:
                raise TooManyBytes(max_bytes=max_bytes)
    except ClientDisconnect as error:
        # Nobody hears this answer, but on a bad network it is no mistake that belongs into the log.
        raise TruncatedJson from error
    return bytes(body)


async def _arrival(body: bytes, request: Request, holder: Holder, now: datetime) -> Arrival:
    """The batch read by what is published now."""
    state = request.app.state
    settings: Settings = state.settings
    database: Database = state.database
    generation = database.generation()
    library: Library = state.library.at(generation)
    envelope = Envelope(body, settings.max_item_bytes)
    items: list[Incoming] = []
    for some in read_items(envelope.items(settings.max_items), library, Source(holder, now), settings.max_item_bytes):
        items += some
        await asyncio.sleep(0)
    return Arrival(
        batch_id=envelope.batch_id,
        sha256=batch_hash((item.given_id, item.sha256) for item in items),
        items=items,
        holder=holder,
        received_at=now,
        heartbeat=read_heartbeat(envelope.members.get("device"), envelope.members.get("sent_at")),
        generation=generation,
    )


def _told(request: Request, batch_id: str, answer: Answer) -> bytes:
    settings: Settings = request.app.state.settings
    return orjson.dumps(
        {
            "batch_id": batch_id,
            **request.app.state.identity(),
            "received_at": answer.received_at,
            "durable_seq": answer.durable_seq,
            "summary": answer.summary,
            "receipts": orjson.Fragment(answer.receipts),
            "hints": {
                "max_items": settings.max_items,
                "max_bytes": settings.max_bytes,
                "retry_after_seconds": None,
            },
        }
    )
