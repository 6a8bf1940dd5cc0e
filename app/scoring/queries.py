"""Reading what the interviews contribute."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, select
from sqlmodel import Session, col

from app.database import table_of
from app.scoring.catalogue import PublishedFramework
from app.scoring.journal import load_tallies
from app.scoring.keep import lacking
from app.scoring.sums import Sample
from app.scoring.tables import WAITING, ScoredInterview
from app.scoring.tally import apply


@dataclass(frozen=True, slots=True)
class Contributions:
    """The contributions that count, added up, and how far they reach: the last arrival among them."""

    sample: Sample
    last_seq: int
    as_of: datetime | None


def load_contributions(
    session: Session, published: PublishedFramework, communities: Collection[str] | None
) -> Contributions:
    """What counts for this framework version, of all rounds, in these communities or in all.

    As many rows are read as there are cells, and a bounded journal, however many interviews these hold.
    """
    framework = published.framework
    layout = published.layout
    tallies = load_tallies(session, (framework.id, framework.version), layout, communities)
    # Whose community it is, is looked at here: an index by community would be taken in place of that of those who wait.
    table = table_of(ScoredInterview)
    waiting = session.connection().execute(select(table).where(*_of(published), WAITING)).mappings()
    mine = (row for row in waiting if communities is None or row["community"] in communities)
    apply((change for row in mine for change in lacking(row)), layout, tallies)
    sample = Sample(framework, layout, {key: tally for key, tally in tallies.items() if tally})
    return Contributions(sample, *_reach(session, published, {key.community for key in sample.tallies}))


def _reach(
    session: Session, published: PublishedFramework, communities: Collection[str]
) -> tuple[int, datetime | None]:
    """The number and the moment of the last arrival: for each community a look at the end of an index."""
    run, found = session.connection().execute, list[Any]()
    for community in communities:
        placed = col(ScoredInterview.community)
        found += run(select(*_last(published, placed == community if community else placed.is_(None))))
    waiting = select(col(ScoredInterview.seq), col(ScoredInterview.received_at), col(ScoredInterview.community)).where(
        *_of(published), WAITING, col(ScoredInterview.counts)
    )
    found += [(seq, at) for seq, at, of in run(waiting) if (of or "") in communities]
    return max(((seq, moment) for seq, moment in found if seq is not None), default=(0, None))


def _last(published: PublishedFramework, placed: ColumnElement[bool]) -> list[ScalarSelect[Any]]:
    own = (*_of(published), col(ScoredInterview.counts), placed)
    return [
        select(column).where(*own).order_by(col(ScoredInterview.seq).desc()).limit(1).scalar_subquery()
        for column in (col(ScoredInterview.seq), col(ScoredInterview.received_at))
    ]


def _of(published: PublishedFramework) -> list[ColumnElement[bool]]:
    framework = published.framework
    return [
        col(ScoredInterview.framework_id) == framework.id,
        col(ScoredInterview.framework_version) == framework.version,
    ]
