"""The door to the questionnaires. Every answer has a strong ETag and stands in memory once warm."""

from collections.abc import Callable
from mimetypes import guess_type
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from app.access.guard import FormReader
from app.forms.catalogue import Catalogue, PublishedForm
from app.problems import NotFound

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

FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file, as it was published.", "content": {"application/octet-stream": {}}},
    304: FORM[304],
}


@router.get("/forms", responses=FORM, openapi_extra=KNOWN_COPY)
async def forms(request: Request, holder: FormReader) -> Response:
    """Every published version: form_id, version, title, sha256 of its bytes, languages, published_at and url."""
    listing = _catalogue(request).listing()
    return _answer(request, lambda: listing.content, listing.etag, ASK_AGAIN)


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
