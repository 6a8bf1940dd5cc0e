"""The doors for files of interviews: brought in pieces, listed, fetched."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import ClientDisconnect

from app.access.guard import FieldworkSettler, Sender, SubmissionReader
from app.attachments import Content, Depot, plain_name
from app.attachments.uploads import Progress, Wanted, add_piece, progress
from app.problems import (
    BodyTooLarge,
    Busy,
    ChecksumDiffers,
    ContentLost,
    Erased,
    FileTooLarge,
    InvalidRequest,
    NotFound,
    OffsetDiffers,
    TooManyUnclaimed,
    TooMuchAtOnce,
    answers,
)
from app.settings import Settings
from app.submissions.attached.bring import bring
from app.submissions.attached.choose import Choice, choose
from app.submissions.attached.fetch import fetch, listing
from app.submissions.identity import instance_uuid
from app.submissions.protocol import Reason
from app.traffic.load import Load

router = APIRouter(tags=["attachments"])

MAY_BEGIN = answers(Erased, BodyTooLarge, FileTooLarge, TooManyUnclaimed, TooMuchAtOnce)
MAY_GO_ON = answers(OffsetDiffers, BodyTooLarge, InvalidRequest, ChecksumDiffers, TooMuchAtOnce, Busy)
PIECE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The bytes.", "content": {"application/octet-stream": {}}},
    206: {"description": "Those bytes that `Range` asks for.", "content": {"application/octet-stream": {}}},
    **answers(ContentLost),
}

INERT = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What strangers have sent may be anything, so no browser may run or show it as a page of ours."""


FileName = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00]+$", examples=["1732170000000.jpg"])]
Sha256 = Annotated[str, Field(pattern="^[0-9a-fA-F]{64}$")]


class FileIn(BaseModel):
    """A file that is to come. `name` is the one that the interview gives it; `sha256` is that of all its bytes."""

    model_config = ConfigDict(extra="forbid")

    name: FileName
    size: int = Field(ge=0, lt=2**53)
    sha256: Sha256
    media_type: str | None = Field(None, max_length=100, pattern=r"^[\x20-\x7e]+$", examples=["image/jpeg"])


class ChoiceIn(BaseModel):
    """`keep` is the hash of the file that shall count under this name."""

    model_config = ConfigDict(extra="forbid")

    name: FileName
    keep: Sha256
    reason: Reason


class UploadOut(BaseModel):
    """`offset` says from where to go on. Once `complete`, the file is kept, and the tablet may delete its copy."""

    upload_id: str | None
    offset: int
    size: int
    complete: bool
    url: str | None

    @classmethod
    def of(cls, made: Progress) -> "UploadOut":
        name = str(made.upload_id) if made.upload_id else None
        url = f"/api/v1/uploads/{name}" if name else None
        return cls(upload_id=name, offset=made.offset, size=made.size, complete=made.complete, url=url)


@router.post("/submissions/{instance_id}/attachments", responses=MAY_BEGIN)
def begin_upload(instance_id: str, file: FileIn, request: Request, holder: Sender) -> UploadOut:
    """Begin to bring a file for an interview, or learn how far it has come. The interview may come later.

    Content that the caller brought before, under whatever name, is `complete` at once.
    """
    state = request.app.state
    settings: Settings = state.settings
    wanted = instance_uuid(instance_id)
    if wanted is None:
        raise NotFound
    content = Content(bytes.fromhex(file.sha256), file.size)
    new = Wanted(wanted, plain_name(file.name), content, file.media_type, holder.id)
    made = bring(state.database, state.depot, new, settings.max_unclaimed_bytes, datetime.now(UTC))
    return UploadOut.of(made)


@router.patch("/uploads/{upload_id}", responses=MAY_GO_ON, openapi_extra=PIECE)
async def continue_upload(
    upload_id: UUID, request: Request, holder: Sender, upload_offset: Annotated[int, Header(ge=0, lt=2**63)]
) -> UploadOut:
    """Add a piece that begins at `Upload-Offset`: 256 KiB to 1 MiB are good sizes. The last piece is answered when
    the file is checked and kept. A piece that is cut on its way counts as far as it came."""
    state = request.app.state
    load: Load = state.load
    with load.carry(holder.id) as add:
        piece = await _piece(request, add, state.settings.max_piece_bytes)
        made = await run_in_threadpool(
            add_piece, state.database, state.depot, holder.id, upload_id, upload_offset, piece, datetime.now(UTC)
        )
    return UploadOut.of(made)


@router.head("/uploads/{upload_id}", response_class=Response, responses=answers(TooMuchAtOnce, ChecksumDiffers))
def upload_progress(upload_id: UUID, request: Request, holder: Sender) -> Response:
    """From where to go on: `Upload-Offset`, of `Upload-Length` bytes."""
    state = request.app.state
    made = progress(state.database, state.depot, holder.id, upload_id, datetime.now(UTC))
    return Response(headers={"Upload-Offset": str(made.offset), "Upload-Length": str(made.size)})


@router.get("/submissions/{instance_id}/attachments")
def attachments(instance_id: str, request: Request, holder: SubmissionReader) -> dict[str, Any]:
    """Which files the interview names (`expected`), which of them are `missing`, whether it is `complete`, and which
    `files` have come: of those with one name the first `counts`, and one that nobody has decided on `waits`. An analyst
    sees none of personal questions."""
    state = request.app.state
    return listing(state.database, holder, state.areas(), state.catalogue, instance_id)


@router.post("/conflicts/{instance_id}/files", responses=answers(BodyTooLarge))
def resolve_file(instance_id: str, asked: ChoiceIn, request: Request, holder: FieldworkSettler) -> dict[str, Any]:
    """Choose which of several files of one name counts. The others are kept, and the decision may be changed by
    another one."""
    state = request.app.state
    choice = Choice(asked.name, asked.keep, asked.reason, holder, datetime.now(UTC))
    return choose(state.database, state.areas(), instance_id, choice)


@router.get("/submissions/{instance_id}/attachments/{name:path}", response_class=Response, responses=FILE)
def attachment(
    instance_id: str,
    name: str,
    request: Request,
    holder: SubmissionReader,
    wanted: Annotated[str, Header(alias="Range")] = "",
) -> Response:
    """The bytes of one file, by its name or its SHA-256. `Range: bytes=N-` goes on where a download stopped."""
    state = request.app.state
    depot: Depot = state.depot
    file = fetch(state.database, holder, state.areas(), state.catalogue, instance_id, name, datetime.now(UTC))
    start, stop = _range(wanted, file.size)
    headers = {
        **INERT,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Length": str(stop - start),
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.sha256.hex()}"',
    }
    if (start, stop) != (0, file.size):
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    return StreamingResponse(
        depot.store.read(file.sha256, start, stop),
        status_code=206 if "Content-Range" in headers else 200,
        media_type="application/octet-stream",
        headers=headers,
    )


async def _piece(request: Request, add: Callable[[int], None], max_bytes: int) -> bytes:
    """The body, or what has come of it when the connection ends: every byte over a bad network is worth keeping."""
    piece = bytearray()
    try:
        async for part in request.stream():
            add(len(part))
            piece += part
            if len(piece) > max_bytes:
                raise BodyTooLarge(max_bytes=max_bytes)
    except ClientDisconnect:
        pass
    return bytes(piece)


def _range(wanted: str, size: int) -> tuple[int, int]:
    """The first byte to send and the one after the last: all, unless one usable range is asked for."""
    asked = re.fullmatch(r"bytes=(\d{1,18})-(\d{0,18})", wanted)
    if asked is None:
        return 0, size
    start, stop = int(asked[1]), min(int(asked[2] or size) + 1, size)
    return (start, stop) if start < stop else (0, size)
