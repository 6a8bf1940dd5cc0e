"""The door for ODK Collect and whoever speaks as it does. README.md beside this tells the dialect."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from mimetypes import guess_type
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from app.access.guard import FormReader, Sender
from app.openrosa import documents
from app.openrosa.addresses import XML_ANSWER, addresses
from app.openrosa.documents import ListedFile, ListedForm
from app.openrosa.guard import OPENROSA, XML, OpenRosaRoute, told
from app.openrosa.listing import Listing, TabletForm, TabletForms
from app.openrosa.parcel import INTERVIEW
from app.openrosa.receive import Place, Sent, receive
from app.openrosa.sentences import told as sentence
from app.problems import (
    AddressRefused,
    FileTooLarge,
    InvalidFormData,
    InvalidXml,
    ItemTooLarge,
    NotAllowed,
    NotFound,
    PasswordMissing,
    TooMuchAtOnce,
    TruncatedFormData,
    TruncatedXml,
    Unavailable,
)
from app.settings import Settings
from app.submissions.receipt import Status

router = APIRouter(tags=["openrosa"], route_class=OpenRosaRoute)

ASK_AGAIN = "private, no-cache"
FOR_EVER = "private, max-age=31536000, immutable"

WAITING = (Status.HELD, Status.CONFLICT)

FILE_ANSWER = {"description": "The file, as it was published.", "content": {"application/octet-stream": {}}}
UNCHANGED: dict[int | str, Any] = {304: {"description": "The copy that `If-None-Match` names is still the right one."}}
LET_IN = (PasswordMissing, AddressRefused, NotAllowed, Unavailable)
REFUSED = (TruncatedFormData, InvalidFormData, TruncatedXml, InvalidXml, ItemTooLarge, FileTooLarge, TooMuchAtOnce)

FILTER = [{"name": "formID", "in": "query", "required": False, "schema": {"type": "string"}}]
SUBMISSION = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": [INTERVIEW],
                "properties": {INTERVIEW: {"type": "string", "format": "binary"}},
                "additionalProperties": {"type": "string", "format": "binary"},
            }
        }
    },
}


@addresses(router, "HEAD", "/submission", 204, {"description": "Go on."}, *LET_IN)
async def preflight(request: Request, holder: Sender) -> Response:
    """What Collect asks before every interview: whether it may send, and how much at once."""
    return Response(None, 204, OPENROSA)


@addresses(router, "POST", "/submission", 201, XML_ANSWER, *LET_IN, *REFUSED, body=SUBMISSION)
async def submission(request: Request, holder: Sender) -> Response:
    """Keep an interview with its files, exactly once. Nothing is answered before it is on disk.

    201 says that it counts or is here already, 202 that it is kept and a coordinator will see to it. What can be kept
    is never refused: Collect would send it again for ever.
    """
    state, headers = request.app.state, request.headers
    if headers.get("content-encoding", "identity") != "identity":
        raise InvalidFormData(what="it is packed (Content-Encoding)")
    place = Place(state.database, state.library, state.depot, state.load, state.settings.max_item_bytes)
    who = Sent(holder, datetime.now(UTC), headers.get("user-agent"))
    length = headers.get("content-length", "")
    declared = int(length) if length.isdecimal() else None
    try:
        receipt, answer = await receive(request.stream(), headers.get("content-type", ""), declared, who, place)
    except ClientDisconnect as error:
        # Nobody hears this answer, but on a bad network it is no mistake that belongs into the log.
        raise TruncatedFormData from error
    state.meters.received(answer.summary, answer.durable_seq)
    return told(request, sentence(receipt), _status(receipt))


@addresses(router, "GET", "/formList", 200, XML_ANSWER, *LET_IN, also=UNCHANGED, query=FILTER)
async def form_list(request: Request, holder: FormReader) -> Response:
    """The latest version of every form, with the MD5 of its XForm and absolute addresses. ETag, 304."""
    listing, base = _listing(request), _base(request)
    wanted = request.query_params.get("formID")

    def body() -> bytes:
        forms = [form for form in listing.latest if wanted in (None, form.form_id)]
        return documents.form_list(_listed(form, base) for form in forms)

    return _xml(request, body, listing.digest, base, wanted or "")


@addresses(router, "GET", "/forms/{form_id}/{version:path}.xml", 200, XML_ANSWER, *LET_IN, NotFound, also=UNCHANGED)
async def form_xml(request: Request, holder: FormReader) -> Response:
    """The XForm of a version: the very bytes that the list gives the MD5 of."""
    form = _version(request)
    etag = f'"{form.md5}"'
    if _has(request, etag):
        return _unchanged(etag)
    forms: TabletForms = request.app.state.tablet_forms
    return Response(forms.xml(form), headers={**OPENROSA, "ETag": etag, "Cache-Control": ASK_AGAIN}, media_type=XML)


@addresses(router, "GET", "/manifest/{form_id}/{version:path}", 200, XML_ANSWER, *LET_IN, NotFound, also=UNCHANGED)
async def manifest(request: Request, holder: FormReader) -> Response:
    """The files of a version, with their MD5 and absolute addresses. ETag, 304."""
    form, base = _version(request), _base(request)

    def body() -> bytes:
        return documents.manifest(
            ListedFile(file.name, file.md5, f"{base}/media/{file.sha256}/{quote(file.name, safe='')}")
            for file in form.files
        )

    return _xml(request, body, repr(form).encode(), base)


@addresses(router, "GET", "/media/{sha256}/{name}", 200, FILE_ANSWER, *LET_IN, NotFound, also=UNCHANGED)
async def media(request: Request, holder: FormReader) -> Response:
    """A file that goes with forms. Its address holds its hash, so that it never changes."""
    path = request.path_params
    file = _listing(request).file(path["sha256"], path["name"])
    if file is None:
        raise NotFound
    etag = f'"{file.sha256}"'
    if _has(request, etag):
        return _unchanged(etag, FOR_EVER)
    forms: TabletForms = request.app.state.tablet_forms
    content = await run_in_threadpool(forms.content, file)
    kind = guess_type(file.name)[0] or "application/octet-stream"
    return Response(content, headers={**OPENROSA, "ETag": etag, "Cache-Control": FOR_EVER}, media_type=kind)


def _status(receipt: dict[str, Any]) -> int:
    if receipt["status"] == Status.REJECTED:
        status: int = receipt["problem"]["status"]
        return status
    return 202 if receipt["status"] in WAITING else 201


def _listing(request: Request) -> Listing:
    forms: TabletForms = request.app.state.tablet_forms
    return forms.listing()


def _version(request: Request) -> TabletForm:
    path = request.path_params
    form = _listing(request).versions.get((path["form_id"], path["version"]))
    if form is None:
        raise NotFound
    return form


def _base(request: Request) -> str:
    """What all addresses begin with: the host as the tablet calls it, and its token if it came with one."""
    settings: Settings = request.app.state.settings
    token = request.path_params.get("token")
    # The public address also knows whether a proxy before us speaks TLS.
    is_public = urlsplit(settings.public_url).netloc == request.url.netloc
    server = settings.public_url.rstrip("/") if is_public else f"{request.url.scheme}://{request.url.netloc}"
    return f"{server}/openrosa/{quote(token, safe='')}" if token else f"{server}/openrosa"


def _listed(form: TabletForm, base: str) -> ListedForm:
    place = f"{quote(form.form_id, safe='')}/{quote(form.version, safe='')}"
    return ListedForm(
        form.form_id,
        form.title,
        form.version,
        form.md5,
        f"{base}/forms/{place}.xml",
        f"{base}/manifest/{place}" if form.files else None,
    )


def _xml(request: Request, body: Callable[[], bytes], content: bytes, *place: str) -> Response:
    """A document that follows from this content and place, made only for those who do not have it."""
    etag = f'"{hashlib.sha256(repr((content, place)).encode()).hexdigest()}"'
    if _has(request, etag):
        return _unchanged(etag)
    return Response(body(), headers={**OPENROSA, "ETag": etag, "Cache-Control": ASK_AGAIN}, media_type=XML)


def _has(request: Request, etag: str) -> bool:
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    return etag in known or "*" in known


def _unchanged(etag: str, cache: str = ASK_AGAIN) -> Response:
    return Response(status_code=304, headers={**OPENROSA, "ETag": etag, "Cache-Control": cache})
