"""The door to what analysts take home."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from app.access.guard import ExportReader
from app.exports.files import files_zip
from app.exports.write import Export, prepare
from app.submissions.extract import Wanted

router = APIRouter(tags=["exports"])

Version = Annotated[str | None, Query(description="Whose columns; those of the version published last if left out.")]
States = Annotated[
    Literal["current", "all"],
    Query(description="`all` adds interviews that an edit has replaced, and those that wait in a conflict."),
]
Personal = Annotated[bool, Query(description="With personal answers and enumerators. The read is recorded.")]


def _export(
    form_id: str,
    request: Request,
    holder: ExportReader,
    version: Version = None,
    community: str | None = None,
    state: States = "current",
    personal: Personal = False,
) -> Export:
    of = request.app.state
    areas = of.areas()
    wanted = Wanted(form_id, holder, areas, community, every_state=state == "all")
    return prepare(of.database, of.catalogue, wanted, version=version, personal=personal, now=datetime.now(UTC))


Prepared = Annotated[Export, Depends(_export)]


def _described(media_type: str, what: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": what, "content": {media_type: {}}}}


@router.get("/exports/{form_id}.csv", responses=_described("text/csv", "One row an interview."))
def export_csv(form_id: str, export: Prepared) -> StreamingResponse:
    """The interviews of a form, one row each, in the order of arrival. UTF-8 without a byte order mark.

    Answers of all versions stand in the columns of one; what that one does not ask follows at the end. After a
    refusal, personal and sensitive answers are left out for everybody.
    """
    return _download(export.csv(), "text/csv; charset=utf-8", f"{form_id}.csv")


@router.get("/exports/{form_id}.zip", responses=_described("application/zip", "A table for each repeat too."))
def export_zip(form_id: str, export: Prepared) -> StreamingResponse:
    """The same table, and one for each repeat: a row a turn, joined by `instance_id` and the positions."""
    return _download(export.zip(), "application/zip", f"{form_id}.zip")


@router.get("/exports/{form_id}/files.zip", responses=_described("application/zip", "Files, and a list of them."))
def export_files(form_id: str, request: Request, export: Prepared) -> StreamingResponse:
    """The files that the exported interviews name, each as `instance/sha256.ending`, and last `files.csv`, which tells
    their names. What personal questions name is left out, unless it is asked for."""
    return _download(files_zip(export, request.app.state.depot.store), "application/zip", f"{form_id}.files.zip")


def _download(pieces: Iterator[bytes], media_type: str, name: str) -> StreamingResponse:
    disposition = f'attachment; filename="{name}"'
    return StreamingResponse(pieces, media_type=media_type, headers={"Content-Disposition": disposition})
