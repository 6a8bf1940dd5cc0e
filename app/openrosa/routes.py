"""The door for ODK Collect and whoever speaks as it does. README.md beside this tells the dialect."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from app.access.guard import Sender
from app.access.tables import Holder
from app.attachments import Attachment, Depot, attach, plain_name
from app.database import Database
from app.openrosa.guard import OPENROSA, OpenRosaRoute, told
from app.openrosa.parcel import Parcel, SpooledFile, Unpacking
from app.openrosa.sentences import told as sentence
from app.problems import InvalidFormData, TruncatedFormData
from app.settings import Settings
from app.submissions.deliver import deliver
from app.submissions.heartbeat import read_heartbeat
from app.submissions.identity import batch_hash
from app.submissions.incoming import Library, Source, read_instance
from app.submissions.intake import Arrival
from app.submissions.receipt import Status
from app.traffic.load import Load

router = APIRouter(tags=["openrosa"], route_class=OpenRosaRoute)

SHORT_BYTES = 100_000
"""A body up to this length is read where it arrives. Longer ones hold files, whose writing is left to a thread."""

WAITING = (Status.HELD, Status.CONFLICT)


@router.head("/openrosa/{token}/submission", status_code=204)
@router.head("/openrosa/submission", status_code=204)
async def preflight(request: Request, holder: Sender) -> Response:
    """What Collect asks before every interview: whether it may send, and how much at once."""
    return Response(None, 204, OPENROSA)


@router.post("/openrosa/{token}/submission", status_code=201)
@router.post("/openrosa/submission", status_code=201)
async def submission(request: Request, holder: Sender) -> Response:
    """Keep an interview with its files, exactly once. Nothing is answered before it is on disk.

    201 says that it counts or is here already, 202 that it is kept and a coordinator will see to it. What can be kept
    is never refused: Collect would send it again for ever.
    """
    now = datetime.now(UTC)
    state = request.app.state
    settings: Settings = state.settings
    load: Load = state.load
    kind = request.headers.get("content-type", "")
    with load.carry(holder.id) as add, Unpacking(kind, state.depot, settings.max_item_bytes) as unpacking:
        async for held in _unpacked(request, unpacking):
            add(held)
        parcel = unpacking.finish()
        arrival, answer = await deliver(state.database, load, partial(_arrival, parcel, request, holder, now))
        if parcel.files:
            await run_in_threadpool(_keep_files, parcel.files, arrival, state.database, state.depot)
    state.meters.received(answer.summary, answer.durable_seq)
    (receipt,) = orjson.loads(answer.receipts)
    return told(request, sentence(receipt), _status(receipt))


async def _unpacked(request: Request, unpacking: Unpacking) -> AsyncIterator[int]:
    """Take the body as it comes. Yields how many bytes more each piece has left in memory."""
    declared = request.headers.get("content-length", "")
    is_short = declared.isdecimal() and int(declared) <= SHORT_BYTES
    held = 0
    try:
        async for piece in request.stream():
            if not piece:
                continue
            if is_short:
                unpacking.feed(piece)
            else:
                await run_in_threadpool(unpacking.feed, piece)
            yield unpacking.in_memory - held
            held = unpacking.in_memory
    except ClientDisconnect as error:
        raise TruncatedFormData from error


async def _arrival(parcel: Parcel, request: Request, holder: Holder, now: datetime) -> Arrival:
    """The interview read by what is published now, as a batch of its own."""
    state = request.app.state
    settings: Settings = state.settings
    generation = state.database.generation()
    library: Library = state.library.at(generation)
    if parcel.xml is None:
        raise InvalidFormData(what="that part is missing")
    item = read_instance(parcel.xml, library, Source(holder, now), settings.max_item_bytes)
    return Arrival(
        batch_id=f"openrosa:{uuid4()}",
        sha256=batch_hash([(item.given_id, item.sha256)]),
        items=[item],
        holder=holder,
        received_at=now,
        heartbeat=read_heartbeat({"app_version": request.headers.get("user-agent")}, None),
        generation=generation,
    )


def _keep_files(files: Sequence[SpooledFile], arrival: Arrival, database: Database, depot: Depot) -> None:
    """Keep the files of an interview that is kept: on disk first, then under its id. Several requests may bring them,
    in any order and any number of times."""
    (item,) = arrival.items
    if item.instance_id is None:
        return
    for file in files:
        depot.store.take(file.path, file.sha256)
    rows = [
        Attachment(
            instance_id=item.instance_id,
            name=plain_name(file.name),
            sha256=file.sha256,
            size=file.size,
            media_type=file.media_type or None,
            device_id=arrival.holder.id,
            received_at=arrival.received_at,
        )
        for file in files
    ]
    database.write(lambda session: attach(session, depot.store, rows))


def _status(receipt: dict[str, Any]) -> int:
    if receipt["status"] == Status.REJECTED:
        status: int = receipt["problem"]["status"]
        return status
    return 202 if receipt["status"] in WAITING else 201
