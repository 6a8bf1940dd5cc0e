"""Reading what the interviews contribute."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, ScalarSelect, TextClause, select
from sqlmodel import Session, SQLModel, col

from app.scoring.catalogue import PublishedFramework
from app.scoring.keep import lacking, restored
from app.scoring.sums import Sample
from app.scoring.tables import WAITING, ScoreCell, ScoredInterview
from app.scoring.tally import Key, Tally


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

    As many rows are read as there are cells, however many interviews these hold.
    """
    tallies = dict(restored(row) for row in _rows(session, ScoreCell, published, communities))
    # Whose community it is, is looked at here: an index by community would be taken in place of that of those who wait.
    waiting = _rows(session, ScoredInterview, published, None, WAITING)
    for row in (row for row in waiting if communities is None or row["community"] in communities):
        for sign, own in lacking(row):
            tally = tallies.setdefault(Key.of(published.framework, own), Tally())
            tally.add(Tally.of(published.layout, own), sign)
    sample = Sample(published.framework, published.layout, {key: tally for key, tally in tallies.items() if tally})
    return Contributions(sample, *_reach(session, published, {key.community for key in sample.tallies}))


def _rows(
    session: Session,
    table: type[ScoreCell] | type[ScoredInterview],
    published: PublishedFramework,
    communities: Collection[str] | None,
    *only: ColumnElement[bool] | TextClause,
) -> Sequence[RowMapping]:
    query = select(SQLModel.metadata.tables[str(table.__tablename__)]).where(*_of(table, published), *only)
    if communities is not None:
        query = query.where(col(table.community).in_(communities))
    return session.connection().execute(query).mappings().all()


def _reach(
    session: Session, published: PublishedFramework, communities: Collection[str]
) -> tuple[int, datetime | None]:
    """The number and the moment of the last arrival: for each community a look at the end of an index."""
    known = select(col(ScoreCell.community)).where(*_of(ScoreCell, published)).distinct().subquery()
    placed = select(*_last(published, col(ScoredInterview.community) == known.c.community)).where(
        known.c.community.in_(communities)
    )
    waiting = select(col(ScoredInterview.seq), col(ScoredInterview.received_at), col(ScoredInterview.community)).where(
        *_of(ScoredInterview, published), WAITING, col(ScoredInterview.counts)
    )
    found = [tuple(row) for row in session.connection().execute(placed)]
    found += [(seq, at) for seq, at, of in session.connection().execute(waiting) if (of or "") in communities]
    if "" in communities:
        nowhere = select(*_last(published, col(ScoredInterview.community).is_(None)))
        found += [tuple(row) for row in session.connection().execute(nowhere)]
    return max(((seq, moment) for seq, moment in found if seq is not None), default=(0, None))


def _last(published: PublishedFramework, placed: ColumnElement[bool]) -> list[ScalarSelect[Any]]:
    own = (*_of(ScoredInterview, published), col(ScoredInterview.counts), placed)
    return [
        select(column).where(*own).order_by(col(ScoredInterview.seq).desc()).limit(1).scalar_subquery()
        for column in (col(ScoredInterview.seq), col(ScoredInterview.received_at))
    ]


def _of(table: type[ScoreCell] | type[ScoredInterview], published: PublishedFramework) -> list[ColumnElement[bool]]:
    framework = published.framework
    return [col(table.framework_id) == framework.id, col(table.framework_version) == framework.version]
