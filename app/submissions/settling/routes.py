"""The doors for what is in doubt: held interviews seen, mended and replayed; conflicts seen and resolved."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import col

from app.access.guard import FieldworkSettler
from app.database import Database
from app.submissions.incoming import Library
from app.submissions.protocol import Name, Reason
from app.submissions.receipt import Status
from app.submissions.settling import conflicts, held
from app.submissions.settling.mend import Mender, Mending, mend
from app.submissions.settling.replay import replay
from app.submissions.settling.resolve import Resolution, resolve
from app.submissions.tables import SetAside
from app.submissions.visibility import visible

router = APIRouter(tags=["settling"])

Cursor = Annotated[int, Query(ge=0, lt=2**63)]
Limit = Annotated[int, Query(ge=1, le=1_000)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-fA-F]{64}$")]

LARGEST_CORRECTION = 1_000_000


class MendingIn(BaseModel):
    """How a held content is to be read. `answers` are by path (`house/roof`, `member[2]/age`; null takes one away),
    `community` is a published code, and `alike` extends the correction to all that is held for the same cause: the
    same form version, or the same unknown name of a community."""

    model_config = ConfigDict(extra="forbid")

    sha256: Sha256
    reason: Reason
    form_id: str | None = None
    version: str | None = None
    deprecated_id: str | None = None
    community: str | None = None
    answers: dict[str, Any] = {}
    alike: bool = False


class MendedOut(BaseModel):
    """What became of the content; `alike` counts the others by status."""

    instance_id: str
    sha256: str
    status: Status
    seq: int | None
    flags: list[dict[str, Any]]
    problem: dict[str, Any] | None
    alike: dict[Status, int] = {}


class ReplayIn(BaseModel):
    form_id: Name | None = None


class ReplayOut(BaseModel):
    """How many of those that were tried ended in which status."""

    accepted: int = 0
    edited: int = 0
    conflict: int = 0
    held: int = 0


class ResolutionIn(BaseModel):
    """`keep` is the hash of the content that shall count. Edits with the same content are told apart by `of`."""

    model_config = ConfigDict(extra="forbid")

    keep: Sha256
    reason: Reason
    of: str | None = Field(None, description="The instance_id of the edit to keep.")


@router.get("/held")
def held_list(
    request: Request,
    holder: FieldworkSettler,
    form_id: str | None = None,
    reason: str | None = None,
    cursor: Cursor = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """What is kept and cannot be used yet, in the order of arrival, without answers; `reason` is a problem's slug."""
    database: Database = request.app.state.database
    asked = {SetAside.form_id: form_id, SetAside.reason: reason}
    conditions: list[Any] = [col(column) == value for column, value in asked.items() if value is not None]
    with database.read() as session:
        conditions += visible(session, SetAside, holder, request.app.state.areas())
        return held.waiting(session, conditions, cursor, limit)


@router.get("/held/{instance_id}")
def held_one(instance_id: str, request: Request, holder: FieldworkSettler) -> dict[str, Any]:
    """What is held under an id, as it was sent, why, and what would mend it. The read is recorded."""
    return held.look(request.app.state.database, _library(request)(), holder, instance_id, datetime.now(UTC))


@router.post("/held/{instance_id}/mend", max_body_size=LARGEST_CORRECTION)
def held_mend(instance_id: str, asked: MendingIn, request: Request, holder: FieldworkSettler) -> MendedOut:
    """Correct how a held content is read, and try it at once. What was sent stays as it is, for ever."""
    given = asked.model_fields_set
    mending = Mending(
        sha256=asked.sha256,
        reason=asked.reason,
        members={name: getattr(asked, name) for name in ("form_id", "version", "deprecated_id") if name in given},
        answers=asked.answers,
        community=asked.community,
        alike=asked.alike,
    )
    mender = Mender(holder, datetime.now(UTC))
    return MendedOut(**mend(request.app.state.database, _library(request), mender, instance_id, mending))


@router.post("/replays")
def replays(asked: ReplayIn, request: Request, holder: FieldworkSettler) -> ReplayOut:
    """Try everything that is held, of all forms or of one, with its own id, tablet and time of arrival."""
    state = request.app.state
    tally = replay(
        state.database,
        _library(request),
        datetime.now(UTC),
        by=holder,
        form_id=asked.form_id,
        only=lambda session: visible(session, SetAside, holder, state.areas()),
    )
    return ReplayOut(**{str(status): count for status, count in tally.items()})


@router.get("/conflicts")
def conflict_list(request: Request, holder: FieldworkSettler, cursor: Cursor = 0, limit: Limit = 100) -> dict[str, Any]:
    """What waits for a decision, without answers: `content` is other content of one id, `edits` are several edits of
    one interview."""
    database: Database = request.app.state.database
    with database.read() as session:
        return conflicts.waiting(session, holder, request.app.state.areas(), cursor, limit)


@router.get("/conflicts/{instance_id}")
def conflict_one(instance_id: str, request: Request, holder: FieldworkSettler) -> dict[str, Any]:
    """All sides of a conflict, where they differ, and what was decided so far. The read is recorded."""
    state = request.app.state
    return conflicts.look(state.database, holder, state.areas(), instance_id, datetime.now(UTC))


@router.post("/conflicts/{instance_id}/resolve")
def conflict_resolve(
    instance_id: str, asked: ResolutionIn, request: Request, holder: FieldworkSettler
) -> dict[str, Any]:
    """Choose what counts. The others are kept aside for ever, and the decision may be changed by another one."""
    resolution = Resolution(keep=asked.keep, reason=asked.reason, by=holder, at=datetime.now(UTC), of=asked.of)
    return resolve(request.app.state.database, _library(request), instance_id, resolution)


def _library(request: Request) -> Callable[[], Library]:
    state = request.app.state
    return lambda: Library(state.catalogue, state.areas(), state.frameworks)
