"""Looking at facts and workshops, within what the caller may see."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.scoring.facts.comparison import Told, compared, summary
from app.scoring.facts.tables import Fact, Workshop, WorkshopEntry


def fact_page(
    session: Session,
    communities: Collection[str] | None,
    filters: Mapping[str, str | None],
    history: bool,
    cursor: int,
    limit: int,
) -> dict[str, Any]:
    """One page of facts in the order of recording: `facts` and `next_cursor`. `history` shows superseded ones too."""
    query = select(Fact, _superseded()).where(col(Fact.seq) > cursor, *_conditions(Fact, communities, filters))
    if not history:
        query = query.where(~_superseded())
    rows = session.exec(query.order_by(col(Fact.seq)).limit(limit + 1)).all()
    shown = [described_fact(fact, superseded=superseded) for fact, superseded in rows[:limit]]
    return {"facts": shown, "next_cursor": shown[-1]["seq"] if len(rows) > limit else None}


def workshop_page(
    session: Session,
    communities: Collection[str] | None,
    filters: Mapping[str, str | None],
    cursor: int,
    limit: int,
) -> dict[str, Any]:
    """One page of workshops without their entries, in the order of recording: `workshops` and `next_cursor`."""
    query = select(Workshop).where(col(Workshop.seq) > cursor, *_conditions(Workshop, communities, filters))
    rows = session.exec(query.order_by(col(Workshop.seq)).limit(limit + 1)).all()
    shown = [_described_workshop(row) for row in rows[:limit]]
    return {"workshops": shown, "next_cursor": shown[-1]["seq"] if len(rows) > limit else None}


def described_workshop(workshop: Workshop, entries: Sequence[WorkshopEntry], told: Told | None) -> dict[str, Any]:
    """A workshop with its entries and how far it agrees; with those of the survey's numbers that may be `told`."""
    sizes = {group["label"]: group["size"] for group in workshop.about["groups"]}
    return {
        **_described_workshop(workshop),
        "entries": [_described_entry(entry, sizes, told) for entry in entries],
        "agreement": summary(entries, list(sizes), told),
    }


def described_fact(fact: Fact, *, superseded: bool) -> dict[str, Any]:
    """A fact as it was recorded, and whether a later one counts instead."""
    shown = fact.model_dump(mode="json", exclude={"scale_min", "scale_max"})
    return {**shown, "scale": {"min": fact.scale_min, "max": fact.scale_max}, "superseded": superseded}


def _described_workshop(row: Workshop) -> dict[str, Any]:
    shown = row.model_dump(mode="json", exclude={"about", "framework_sha256"})
    return {**shown, "framework_sha256": row.framework_sha256.hex(), **row.about}


def _described_entry(entry: WorkshopEntry, sizes: Mapping[str, int], told: Told | None) -> dict[str, Any]:
    shown = entry.model_dump(
        mode="json", include={"node", "scores", "evidence", "method", "agreed", "reason", "dissent"}
    )
    is_told = told is not None and told(entry.node)
    shown |= compared(entry, sizes, scores=is_told)
    if told is not None:
        shown["survey"] = (entry.survey or None) if is_told else None
    # A score that was kept is the survey's.
    return {**shown, "agreed": None} if entry.method == "keep_survey" and not is_told else shown


def _conditions(
    table: type[Fact] | type[Workshop], communities: Collection[str] | None, filters: Mapping[str, str | None]
) -> list[Any]:
    conditions = [getattr(table, name) == value for name, value in filters.items() if value is not None]
    if communities is not None:
        conditions.append(col(table.community).in_(communities))
    return conditions


def _superseded() -> Any:
    """Whether a later fact tells the same of the same community and round."""
    later = aliased(Fact)
    same = (getattr(later, name) == getattr(Fact, name) for name in ("framework_id", "node", "community", "source"))
    query = select(later).where(*same, later.round.is_not_distinct_from(Fact.round), later.seq > Fact.seq)  # type: ignore[union-attr]
    return query.exists()
