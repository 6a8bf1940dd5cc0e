"""Keeping facts and workshops. Nothing is ever changed: what is sent later counts instead."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.access.tables import Holder
from app.database import take_seqs
from app.problems import InvalidRequest
from app.scoring.catalogue import PublishedFramework
from app.scoring.facts.check import Fault, fact_faults, told_by_method, workshop_faults
from app.scoring.facts.protocol import EntryIn, FactIn, WorkshopIn
from app.scoring.facts.queries import find_workshop
from app.scoring.facts.scores import scale_at
from app.scoring.facts.survey import Survey
from app.scoring.facts.tables import Fact, Workshop, WorkshopEntry
from app.settings import WIB

ABOUT = {"kind", "held_on", "place", "facilitator", "minutes", "groups"}


def refuse(faults: Sequence[Fault]) -> None:
    """Raise `InvalidRequest` with all of these faults, if there are any."""
    if faults:
        raise InvalidRequest(**faults[0], errors=list(faults))


def record_facts(
    session: Session,
    published: PublishedFramework,
    facts: Sequence[FactIn],
    mine: Collection[str],
    *,
    now: datetime,
    by: Holder,
) -> list[Fact]:
    """Keep these facts, all or none. Raises `InvalidRequest` with every fault."""
    framework = published.framework
    refuse(fact_faults(framework, facts, mine, now.astimezone(WIB).date()))
    rows = [
        Fact(
            **fact.model_dump(),
            **_scale(published, fact.node),
            seq=seq,
            framework_id=framework.id,
            framework_version=framework.version,
            recorded_by=by.id,
            recorded_at=now,
            synthetic=by.synthetic,
        )
        for fact, seq in zip(facts, take_seqs(session, len(facts)), strict=True)
    ]
    session.add_all(rows)
    session.flush()
    return rows


def record_workshop(
    session: Session,
    published: PublishedFramework,
    sent: WorkshopIn,
    mine: Collection[str],
    survey: Mapping[str, Survey],
    survey_seq: int,
    *,
    now: datetime,
    by: Holder,
) -> tuple[Workshop, list[WorkshopEntry]]:
    """Keep a workshop beside what the survey says of its community. Raises `InvalidRequest` with every fault."""
    framework = published.framework
    faults = workshop_faults(framework, sent, mine, survey, now.astimezone(WIB).date())
    refuse(faults + _unmendable(session, published, sent, mine))
    workshop = Workshop(
        seq=take_seqs(session, 1)[0],
        framework_id=framework.id,
        framework_version=framework.version,
        framework_sha256=published.sha256,
        community=sent.community,
        round=sent.round,
        about=sent.model_dump(mode="json", include=ABOUT),
        survey_seq=survey_seq,
        corrects=sent.corrects,
        recorded_by=by.id,
        recorded_at=now,
        synthetic=by.synthetic,
    )
    session.add(workshop)
    session.flush()
    entries = [
        _entry(workshop, position, each, survey.get(each.node), _scale(published, each.node))
        for position, each in enumerate(sent.entries)
    ]
    session.add_all(entries)
    session.flush()
    return workshop, entries


def _entry(
    workshop: Workshop, position: int, sent: EntryIn, survey: Survey | None, scale: Mapping[str, Any]
) -> WorkshopEntry:
    return WorkshopEntry(
        workshop_id=workshop.id,
        position=position,
        **sent.model_dump(mode="json", exclude={"agreed"}),
        agreed=told_by_method(sent, survey),
        survey=asdict(survey) if survey else {},
        **scale,
    )


def _unmendable(
    session: Session, published: PublishedFramework, sent: WorkshopIn, mine: Collection[str]
) -> list[Fault]:
    """Why a workshop cannot be the correction that it says it is."""
    if sent.corrects is None:
        return []
    found = find_workshop(session, sent.corrects, mine)
    same = (published.framework.id, sent.community, sent.round)
    if found and (found[0].framework_id, found[0].community, found[0].round) == same:
        return []
    return [{"where": "body.corrects", "what": "there is no such workshop of this framework, community and round."}]


def _scale(published: PublishedFramework, node: str) -> dict[str, Any]:
    scale = scale_at(published.framework, node)
    assert scale is not None, "faults are refused before"
    return {"scale_min": scale.min, "scale_max": scale.max}
