"""The door to the questionnaires. Every answer has a strong ETag and stands in memory once warm."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from mimetypes import guess_type
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from app.access.guard import FormPublisher, FormReader, XlsFormReader
from app.access.tables import Holder
from app.database import Database
from app.forms.catalogue import Catalogue, PublishedForm
from app.forms.publish import publish_form
from app.forms.upload import LARGEST_UPLOAD, Examined, examine, read_upload
from app.problems import BodyTooLarge, FormHasFaults, InvalidRequest, NotFound, VersionTaken, answers

router = APIRouter(tags=["forms"])

ASK_AGAIN = "private, no-cache"
FOR_EVER = "private, max-age=31536000, immutable"

KNOWN_COPY = {
    "parameters": [
        {
            "name": "If-None-Match",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "The `ETag` of the copy that the caller has.",
        }
    ]
}

FORM: dict[int | str, dict[str, Any]] = {
    200: {"description": "XLSForm's rows in JSON, with `fieldwork`.", "content": {"application/json": {}}},
    304: {"description": "The copy that `If-None-Match` names is still the right one."},
}

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SPREADSHEET: dict[int | str, dict[str, Any]] = {200: {"description": "An XLSForm.", "content": {XLSX: {}}}}

Check = Annotated[bool, Query(description="Only say what would be published, and what speaks against it.")]
UPLOAD = {"requestBody": {"required": True, "content": {XLSX: {}, "application/json": {}}}}
FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file, as it was published.", "content": {"application/octet-stream": {}}},
    304: FORM[304],
}


@router.get("/forms", responses=FORM, openapi_extra=KNOWN_COPY)
async def forms(request: Request, holder: FormReader) -> Response:
    """Every published version: form_id, version, title, sha256 of its bytes, languages, published_at and url."""
    listing = _catalogue(request).listing()
    return _answer(request, lambda: listing.content, listing.etag, ASK_AGAIN)


class FaultOut(BaseModel):
    """What to mend, and where: the header of a sheet is row 1."""

    sheet: str
    row: int | None
    column: str
    message: str
    remedy: str


class ChangeOut(BaseModel):
    """What a new version does to the answers that were given before: `breaking`, `needs_mapping` or `safe`."""

    verdict: str = Field(alias="class")
    change: str
    questions: list[str]
    message: str
    remedy: str
    settled: bool


class FormReport(BaseModel):
    """What there is to say about a form. `is_new` is false for what is published already."""

    form_id: str
    version: str
    is_new: bool
    published: bool
    faults: list[FaultOut]
    warnings: list[str]
    changes: list[ChangeOut]


UPLOADED: dict[int | str, dict[str, Any]] = {
    200: {"model": FormReport, "description": "Nothing was published: it was before, or `check` was asked for."},
    **answers(FormHasFaults, InvalidRequest, VersionTaken, BodyTooLarge),
}


@router.post("/forms", status_code=201, responses=UPLOADED, openapi_extra=UPLOAD)
async def upload_form(request: Request, response: Response, holder: FormPublisher, check: Check = False) -> FormReport:
    """Publish a form, or a new version of one: an XLSForm (.xlsx), or its rows as JSON.

    The answer says what the form changes against the version that was published last, and what to think about. With
    `check` nothing is published, and the faults are told that would stand against it. Interviews that waited for
    this version are used at once.
    """
    body = await _bounded(request)
    report: FormReport = await run_in_threadpool(_uploaded, request, holder, body, check)
    if check or not report.is_new:
        response.status_code = 200
    return report


@router.get("/forms/{form_id}.xlsx", responses=SPREADSHEET)
def form_as_xlsform(form_id: str, request: Request, holder: XlsFormReader, version: str | None = None) -> Response:
    """The version published last, or another one, as an XLSForm; uploading it again gives the same form."""
    from app.forms.spreadsheet import write_spreadsheet

    published = _found(_catalogue(request).find(form_id, version))
    file = BytesIO()
    write_spreadsheet(orjson.loads(published.content), file)
    disposition = f'attachment; filename="{form_id}-{published.form.version}.xlsx"'
    return Response(file.getvalue(), media_type=XLSX, headers={"Content-Disposition": disposition})


@router.get("/forms/{form_id}", responses=FORM, openapi_extra=KNOWN_COPY)
async def latest_form(form_id: str, request: Request, holder: FormReader) -> Response:
    """The version that was published last."""
    form = _found(_catalogue(request).find(form_id))
    return _answer(request, lambda: form.content, form.etag, ASK_AGAIN)


@router.get("/forms/{form_id}/versions/{version}/files")
async def form_files(form_id: str, version: str, request: Request, holder: FormReader) -> list[dict[str, str]]:
    """The files that this version takes choices, values and pictures from: name, sha256 and url."""
    files = _found(_catalogue(request).find(form_id, version)).files
    return [
        {"name": name, "sha256": sha256.hex(), "url": f"{request.url.path}/{quote(name, safe='')}"}
        for name, sha256 in files.sha256.items()
    ]


@router.get("/forms/{form_id}/versions/{version}/files/{name}", responses=FILE)
def form_file(form_id: str, version: str, name: str, request: Request, holder: FormReader) -> Response:
    """One file of a version. It never changes."""
    files = _found(_catalogue(request).find(form_id, version)).files
    if name not in files.sha256:
        raise NotFound
    etag = f'"{files.sha256[name].hex()}"'
    kind = guess_type(name)[0] or "application/octet-stream"
    return _answer(request, lambda: files.load(name), etag, FOR_EVER, kind)


@router.get("/forms/{form_id}/versions/{version:path}", responses=FORM, openapi_extra=KNOWN_COPY)
async def form_version(form_id: str, version: str, request: Request, holder: FormReader) -> Response:
    """One version, which never changes."""
    form = _found(_catalogue(request).find(form_id, version))
    return _answer(request, lambda: form.content, form.etag, FOR_EVER)


async def _bounded(request: Request) -> bytes:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST_UPLOAD:
                raise BodyTooLarge(max_bytes=LARGEST_UPLOAD)
    except ClientDisconnect as error:
        raise InvalidRequest(where="body", what="it was cut on its way.") from error
    return bytes(body)


def _uploaded(request: Request, holder: Holder, body: bytes, check: bool) -> FormReport:
    """What is said about the form, once it is published if it is to be."""
    state = request.app.state
    examined = examine(read_upload(body), state.catalogue)
    if not check:
        _publish(state, examined, holder)
    return FormReport(**examined.described(), published=not check)


def _publish(state: Any, examined: Examined, holder: Holder) -> None:
    if examined.faults:
        raise FormHasFaults(count=len(examined.faults), faults=[fault.described() for fault in examined.faults])
    database: Database = state.database
    now = datetime.now(UTC)
    database.write(lambda session: publish_form(session, examined.document, now=now, by=holder, xform=examined.xform))
    state.try_held(examined.form_id, holder)


def _catalogue(request: Request) -> Catalogue:
    catalogue: Catalogue = request.app.state.catalogue
    return catalogue


def _found(form: PublishedForm | None) -> PublishedForm:
    if form is None:
        raise NotFound
    return form


def _answer(
    request: Request, content: Callable[[], bytes], etag: str, cache: str, kind: str = "application/json"
) -> Response:
    headers = {"ETag": etag, "Cache-Control": cache}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(content(), media_type=kind, headers=headers)
