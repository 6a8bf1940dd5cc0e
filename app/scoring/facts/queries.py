"""Reading facts and workshops."""

import uuid
from collections.abc import Collection, Iterator
from typing import Any

from sqlmodel import Session, col, select

from app.scoring.facts.scores import figure_score, last_words, scale_at
from app.scoring.facts.tables import Fact, Workshop, WorkshopEntry
from app.scoring.facts.values import Value
from app.scoring.framework import Framework


def load_values(session: Session, framework: Framework, communities: Collection[str] | None) -> list[Value]:
    """What facts and workshops say, on the scales of this framework version, of all rounds."""
    facts = session.exec(select(Fact).where(*_within(Fact, framework.id, communities)))
    entries = session.exec(
        select(Workshop, WorkshopEntry)
        .where(*_within(Workshop, framework.id, communities))
        .where(WorkshopEntry.workshop_id == Workshop.id)
    )
    return [
        *(_of_fact(framework, fact) for fact in facts if _fits(framework, fact)),
        *(value for workshop, entry in entries if _fits(framework, entry) for value in _of_entry(workshop, entry)),
    ]


def find_workshop(
    session: Session, workshop_id: uuid.UUID, communities: Collection[str] | None
) -> tuple[Workshop, list[WorkshopEntry]] | None:
    """A workshop with its entries in their order; None outside of these communities."""
    workshop = session.get(Workshop, workshop_id)
    if workshop is None or (communities is not None and workshop.community not in communities):
        return None
    entries = select(WorkshopEntry).where(WorkshopEntry.workshop_id == workshop_id)
    return workshop, list(session.exec(entries.order_by(col(WorkshopEntry.position))))


def _within(table: type[Fact] | type[Workshop], framework_id: str, communities: Collection[str] | None) -> list[Any]:
    conditions: list[Any] = [table.framework_id == framework_id]
    if communities is not None:
        conditions.append(col(table.community).in_(communities))
    return conditions


def _fits(framework: Framework, kept: Fact | WorkshopEntry) -> bool:
    """Whether this version still has the place, on the scale that the number was given on."""
    scale = scale_at(framework, kept.node)
    return scale is not None and (scale.min, scale.max) == (kept.scale_min, kept.scale_max)


def _of_fact(framework: Framework, fact: Fact) -> Value:
    score = fact.value
    if score is not None and fact.unit is not None:
        score = figure_score(framework, fact.node, score)
    place = (fact.node, fact.community, fact.round, fact.source)
    return Value(*place, score, fact.seq, fact.recorded_at, "fact", fact.id, fact.synthetic)


def _of_entry(workshop: Workshop, entry: WorkshopEntry) -> Iterator[Value]:
    """What the groups said, and what was agreed. Where the survey was kept, it stands as it is."""
    groups = last_words(entry.scores)
    if groups is not None:
        yield _in_workshop(workshop, entry.node, "group", groups)
    yield _in_workshop(workshop, entry.node, "agreed", None if entry.method == "keep_survey" else entry.agreed)


def _in_workshop(of: Workshop, node: str, source: str, score: float | None) -> Value:
    return Value(node, of.community, of.round, source, score, of.seq, of.recorded_at, "workshop", of.id, of.synthetic)
