"""The door for facts and workshops."""

import uuid
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from sqlmodel import Session

from app.access.guard import FactReader, FactRecorder
from app.access.policy import Right, may
from app.access.tables import Holder
from app.communities.areas import Areas
from app.database import Database
from app.problems import InvalidRequest, NotFound
from app.scoring.ask import ask, ask_within, communities_of
from app.scoring.catalogue import Frameworks, PublishedFramework
from app.scoring.domains import COMMUNITY
from app.scoring.facts.browse import described_fact, described_workshop, fact_page, workshop_page
from app.scoring.facts.comparison import Told
from app.scoring.facts.protocol import FactsIn, WorkshopIn
from app.scoring.facts.queries import find_workshop
from app.scoring.facts.record import record_facts, record_workshop
from app.scoring.facts.survey import survey_of
from app.scoring.inquiry import Scope

router = APIRouter(tags=["facts"])

MAX_BYTES = 2_000_000

Cursor = Annotated[int, Query(ge=0, lt=2**63)]
Limit = Annotated[int, Query(ge=1, le=1_000)]


@router.post("/facts", status_code=201, max_body_size=MAX_BYTES)
def facts(sent: FactsIn, request: Request, holder: FactRecorder) -> dict[str, Any]:
    """Keep values of communities from groups and records, all or none; every fault is told at once.

    A later fact about the same node, community, round and source counts instead of an earlier one, which stays.
    """
    published = _framework(request, sent.framework)
    mine = _writable(request, holder)
    database: Database = request.app.state.database

    def work(session: Session) -> list[dict[str, Any]]:
        kept = record_facts(session, published, sent.facts, mine, now=datetime.now(UTC), by=holder)
        return [described_fact(fact, superseded=False) for fact in kept]

    return {"facts": database.write(work)}


@router.get("/facts")
def facts_kept(
    request: Request,
    holder: FactReader,
    framework: str | None = None,
    community: str | None = None,
    round: str | None = None,
    node: str | None = None,
    source: Literal["group", "external"] | None = None,
    history: bool = False,
    cursor: Cursor = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Facts in the order of recording, with `history` also those that a later one counts instead of.

    Page on by giving `next_cursor` back as `cursor`; it is null on the last page.
    """
    filters = {"framework_id": framework, "community": community, "round": round, "node": node, "source": source}
    database: Database = request.app.state.database
    with database.read() as session:
        return fact_page(session, communities_of(request.app.state, holder), filters, history, cursor, limit)


@router.post("/workshops", status_code=201, max_body_size=MAX_BYTES)
def workshops(sent: WorkshopIn, request: Request, holder: FactRecorder) -> dict[str, Any]:
    """Keep what a workshop said and agreed, beside the survey's numbers of this moment; every fault is told at once.

    A `reason` is required where the agreed score departs from the survey's by more than 0.5 and than half its
    confidence interval. Nothing is changed later: what a newer workshop says of a node counts instead.
    """
    published = _framework(request, sent.framework)
    mine = _writable(request, holder)
    database: Database = request.app.state.database

    # Estimates may take a second: they are made before the transaction that others wait for.
    about = published.framework.id, published.framework.version, Scope(sent.round)
    everybody = ask_within(request.app.state, None, *about)
    survey = survey_of(everybody.rows({COMMUNITY: sent.community}))
    told = _told(request, holder, sent.community, *about)

    def work(session: Session) -> dict[str, Any]:
        kept = record_workshop(
            session, published, sent, mine, survey, everybody.found.last_seq, now=datetime.now(UTC), by=holder
        )
        return described_workshop(*kept, told)

    return database.write(work)


@router.get("/workshops")
def workshops_kept(
    request: Request,
    holder: FactReader,
    framework: str | None = None,
    community: str | None = None,
    round: str | None = None,
    cursor: Cursor = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Workshops in the order of recording, without their entries. Page on as in `/facts`."""
    filters = {"framework_id": framework, "community": community, "round": round}
    database: Database = request.app.state.database
    with database.read() as session:
        return workshop_page(session, communities_of(request.app.state, holder), filters, cursor, limit)


@router.get("/workshops/{workshop_id}")
def workshop(workshop_id: str, request: Request, holder: FactReader) -> dict[str, Any]:
    """One workshop: each group's scores, what was agreed and why, who dissents, and how far they agree.

    The survey's numbers are shown to those who may read scores.
    """
    database: Database = request.app.state.database
    with database.read() as session:
        kept = find_workshop(session, _uuid(workshop_id), communities_of(request.app.state, holder))
    if kept is None:
        raise NotFound
    about, entries = kept
    told = _told(request, holder, about.community, about.framework_id, about.framework_version, Scope(about.round))
    return described_workshop(about, entries, told)


def _uuid(written: str) -> uuid.UUID:
    try:
        return uuid.UUID(written)
    except ValueError:
        raise NotFound from None


def _framework(request: Request, framework_id: str) -> PublishedFramework:
    frameworks: Frameworks = request.app.state.frameworks
    published = frameworks.find(framework_id, None)
    if published is None:
        known = ", ".join(sorted({each.framework.id for each in frameworks.all()})) or "none"
        fault = {"where": "body.framework", "what": f"no such framework is published, but {known}."}
        raise InvalidRequest(**fault, errors=[fault])
    return published


def _writable(request: Request, holder: Holder) -> Collection[str]:
    """The published communities that the holder works in."""
    areas: Areas = request.app.state.areas()
    return areas.within(holder.communities) & areas.keys() if holder.communities else areas.keys()


def _told(request: Request, holder: Holder, community: str, framework: str, version: str, scope: Scope) -> Told | None:
    """Which of a community's numbers of the survey the holder may see; None for who reads no scores.

    Who sees a part alone may subtract what others cannot: workshops keep what may be told to those who see all.
    """
    if not may(holder.role, Right.READ_SCORES):
        return None
    if communities_of(request.app.state, holder) is None:
        return lambda node: True
    inquiry = ask(request.app.state, holder, framework, version, scope)
    return lambda node: inquiry.verdict({COMMUNITY: community}, node).is_published
