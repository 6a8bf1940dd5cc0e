"""Reading what each interview contributes, for analyses that sums are not enough for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select
from sqlmodel import Session, SQLModel

from app.scoring.contribution import Contribution
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
    return [Interview(row["seq"], contribution(row), row["items"] or {}) for row in rows]


def contribution(row: Row) -> Contribution:
    """A row of `ScoredInterview` as the scores see it."""
    place = row["place"]
    return Contribution(
        instance_id=row["instance_id"].hex,
        community=row["community"],
        round=row["round"],
        weight=row["weight"],
        dimensions=place.get("dimensions", {}),
        values=row["scores"],
        stratum=place.get("stratum"),
        psu=place.get("psu"),
        ssu=place.get("ssu"),
        fpc_psu=place.get("fpc_psu"),
        fpc_ssu=place.get("fpc_ssu"),
        synthetic=row["synthetic"],
        approved=row["approved"],
    )
