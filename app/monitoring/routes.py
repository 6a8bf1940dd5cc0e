"""The doors to how the fieldwork and the server are doing."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from app.access.guard import FieldworkReader
from app.communities.areas import Areas
from app.database import Database
from app.monitoring.fieldwork import fieldwork
from app.monitoring.gaps import gaps
from app.monitoring.integrity import integrity
from app.problems import InternalError, Unavailable, answers
from app.submissions import counts
from app.submissions.incoming import Library
from app.submissions.numbering import numbers_of

router = APIRouter(tags=["fieldwork"])
health = APIRouter(tags=["server"])


@router.get("/fieldwork")
def get_fieldwork(request: Request, holder: FieldworkReader, form_id: str | None = None) -> dict[str, Any]:
    """How the fieldwork goes: per community target, received, refusals, held, conflicts, flagged and known unsent,
    also per form, tablet, enumerator and day (WIB), `flags`: which question was flagged how often for what, and what
    is missing of each tablet's numbers. Everything is counted now, nothing is kept as a counter."""
    areas: Areas = request.app.state.areas()
    inside = areas.within(holder.communities or areas)
    mine = inside if holder.communities else None
    database: Database = request.app.state.database
    with database.read() as session:
        cells = [each for each in counts.cells(session, mine) if form_id in (None, each.form_id)]
        waiting = [each for each in counts.waiting(session, mine) if form_id in (None, each.form_id)]
        tablets = [each for each in counts.tablets(session) if _overlaps(each, inside, mine is None)]
        missing = {each.holder.id: gaps(each.holder.name, numbers_of(session, each.holder.id)) for each in tablets}
        flags = counts.flagged(session, mine, form_id)
    return {
        **fieldwork(areas, inside, cells, waiting, tablets, missing, datetime.now(UTC)),
        "flags": [asdict(each) for each in flags],
    }


@router.get("/integrity")
def get_integrity(request: Request, holder: FieldworkReader) -> dict[str, Any]:
    """Whether the books balance: receipts against rows, and everything derived against the raw bytes."""
    state = request.app.state
    return integrity(state.database, Library(state.catalogue, state.areas(), state.frameworks))


@health.get("/healthz", responses=answers(Unavailable, InternalError))
async def healthz(request: Request) -> dict[str, Any]:
    """Whether the server can keep interviews, and how safely. Needs no token and tells nothing about the fieldwork."""
    database: Database = request.app.state.database
    durability = await run_in_threadpool(database.durability)
    return {"status": "ok", **durability, "warnings": database.warnings(), **request.app.state.identity()}


def _overlaps(tablet: counts.Tablet, inside: frozenset[str], everywhere: bool) -> bool:
    return everywhere or bool(inside & {*tablet.holder.communities, tablet.last_community})
