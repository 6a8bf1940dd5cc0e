"""Reading what the interviews contribute."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.scoring.framework import Framework
from app.scoring.interviews import contribution
from app.scoring.sums import Contribution
from app.scoring.tables import ScoredInterview


@dataclass(frozen=True, slots=True)
class Contributions:
    """The contributions that count, and how far they reach: the last arrival among them."""

    contributions: list[Contribution]
    synthetic: frozenset[str]
    last_seq: int
    as_of: datetime | None


def load_contributions(session: Session, framework: Framework, communities: Collection[str] | None) -> Contributions:
    """What counts for this framework version, of all rounds, in these communities or in all.

    `synthetic` are the communities that hold synthetic interviews ("" for interviews without a community).
    """
    query = select(ScoredInterview).where(
        ScoredInterview.framework_id == framework.id,
        ScoredInterview.framework_version == framework.version,
        col(ScoredInterview.counts).is_(True),
    )
    if communities is not None:
        query = query.where(col(ScoredInterview.community).in_(communities))
    rows = session.exec(query).all()
    return Contributions(
        contributions=[contribution(row) for row in rows],
        synthetic=frozenset(row.community or "" for row in rows if row.synthetic),
        last_seq=max((row.seq for row in rows), default=0),
        as_of=max((row.received_at for row in rows), default=None),
    )
