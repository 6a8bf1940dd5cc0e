"""Reading what each interview contributes, for analyses that sums are not enough for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select
from sqlmodel import Session, SQLModel

from app.scoring.contribution import Content, Contribution
from app.scoring.framework import Framework

Row = Mapping[str, Any] | RowMapping


@dataclass(frozen=True, slots=True)
class Interview:
    """What one interview contributes, and the scores of the items of its checked scales, by indicator."""

    seq: int
    contribution: Contribution
    items: Mapping[str, Sequence[float | None]]


def load_interviews(
    session: Session, framework: Framework, communities: Collection[str] | None, *, only_approved: bool = False
) -> list[Interview]:
    """Those that count for this framework version, of all rounds, in these communities or in all."""
    table = SQLModel.metadata.tables["scored_interview"]
    query = select(table).where(
        table.c.framework_id == framework.id, table.c.framework_version == framework.version, table.c.counts
    )
    if only_approved:
        query = query.where(table.c.approved)
    if communities is not None:
        query = query.where(table.c.community.in_(communities))
    rows = session.connection().execute(query).mappings()
    order = framework.order()
    return [interview(order, row) for row in rows]


def interview(order: Iterable[str], row: Row) -> Interview:
    """A row of `ScoredInterview` as the scores see it, in the order of its framework."""
    content = Content.loaded(row["content"])
    place, values = content.place, zip(order, content.values, strict=False)
    contribution = Contribution(
        instance_id=row["instance_id"].hex,
        community=row["community"],
        round=row["round"],
        weight=place.weight,
        dimensions=dict(place.dimensions),
        values={name: value for name, value in values if value is not None},
        stratum=place.stratum,
        psu=place.psu,
        ssu=place.ssu,
        fpc_psu=place.fpc_psu,
        fpc_ssu=place.fpc_ssu,
        synthetic=row["synthetic"],
        approved=row["approved"],
    )
    return Interview(row["seq"], contribution, content.items)
