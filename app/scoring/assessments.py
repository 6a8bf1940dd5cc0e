"""Reading which values of an assessment are in."""

from collections.abc import Collection, Iterator

from sqlmodel import Session, col, select

from app.scoring.catalogue import Frameworks, PublishedFramework
from app.scoring.completeness import Assessment, Checklist, Share, completeness
from app.scoring.contribution import Content
from app.scoring.framework import Framework
from app.scoring.inquiry import Scope
from app.scoring.tables import ScoredInterview


def load_completeness(
    session: Session,
    frameworks: Frameworks,
    published: PublishedFramework,
    communities: Collection[str] | None,
    scope: Scope,
) -> dict[str, Share]:
    """By kind, for a framework and those beside it; empty where no indicator tells its kind."""
    beside = (frameworks.find(name, None) for name in published.framework.beside)
    return completeness(
        (each.checklist, _assessments(session, each.framework, each.checklist, communities, scope))
        for each in (published, *beside)
        if each is not None
    )


def _assessments(
    session: Session,
    framework: Framework,
    checklist: Checklist,
    communities: Collection[str] | None,
    scope: Scope,
) -> list[Assessment]:
    return list(_records(session, framework, communities, scope)) if checklist.kinds else []


def _records(
    session: Session, framework: Framework, communities: Collection[str] | None, scope: Scope
) -> Iterator[Assessment]:
    query = select(ScoredInterview.community, ScoredInterview.round, ScoredInterview.content).where(
        ScoredInterview.framework_id == framework.id,
        ScoredInterview.framework_version == framework.version,
        col(ScoredInterview.counts).is_(True),
    )
    if communities is not None:
        query = query.where(col(ScoredInterview.community).in_(communities))
    if scope.round is not None:
        query = query.where(ScoredInterview.round == scope.round)
    if scope.only_approved:
        query = query.where(col(ScoredInterview.approved).is_(True))
    for community, own_round, content in session.exec(query):
        yield Assessment(community, own_round, Content.loaded(content).inputs)
