"""Reading what each interview contributes, for analyses that sums are not enough for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.scoring.framework import Framework
from app.scoring.sums import Contribution
from app.scoring.tables import ScoredInterview


@dataclass(frozen=True, slots=True)
class Interview:
    """What one interview contributes, and the scores of the items of its checked scales, by indicator."""

    contribution: Contribution
    items: Mapping[str, Sequence[float | None]]


def load_interviews(session: Session, framework: Framework, communities: Collection[str] | None) -> list[Interview]:
    """Those that count for this framework version, of all rounds, in these communities or in all."""
    query = select(ScoredInterview).where(
        ScoredInterview.framework_id == framework.id,
        ScoredInterview.framework_version == framework.version,
        col(ScoredInterview.counts).is_(True),
    )
    if communities is not None:
        query = query.where(col(ScoredInterview.community).in_(communities))
    return [Interview(contribution(row), row.items or {}) for row in session.exec(query)]


def contribution(row: ScoredInterview) -> Contribution:
    """A row as the scores see it."""
    place = row.place
    return Contribution(
        instance_id=row.instance_id.hex,
        community=row.community,
        round=row.round,
        weight=row.weight,
        dimensions=place.get("dimensions", {}),
        values=row.scores,
        stratum=place.get("stratum"),
        psu=place.get("psu"),
        ssu=place.get("ssu"),
        fpc_psu=place.get("fpc_psu"),
        fpc_ssu=place.get("fpc_ssu"),
    )
