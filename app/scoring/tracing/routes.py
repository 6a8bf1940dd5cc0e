"""The door from a score to the interviews behind it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from app.access.guard import ScoreReader
from app.access.policy import Right, may
from app.problems import InvalidRequest, NotFound, UnknownFramework, answers
from app.scoring.ask import ask, check_names, communities_of
from app.scoring.domains import COMMUNITY, Domain
from app.scoring.facts.consult import consult
from app.scoring.inquiry import Inquiry
from app.scoring.parameters import Asked, Score
from app.scoring.tracing.trace import Page, Sources, trace

router = APIRouter(tags=["scores"])

Cursor = Annotated[int, Query(ge=0, lt=2**63, description="`next_cursor` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=1_000)]
Dimension = Annotated[list[str], Query(description="A declared dimension and its value, such as `sex=f`; repeatable.")]


@router.get("/scores/{node}/lineage", responses=answers(NotFound, UnknownFramework))
def lineage(
    node: str,
    request: Request,
    holder: ScoreReader,
    asked: Annotated[Asked, Depends()],
    score: Score = "survey",
    community: str | None = None,
    dimension: Dimension = [],  # noqa: B006 -- FastAPI copies it
    cursor: Cursor = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """How a number of `/scores` is made: the formula down to the questions, and the interviews, in pages.

    Each interview is told by its id, with its values, or the reasons why there are none, and its share in the
    estimate. Values of sensitive questions are withheld, and so are all that would lead to a suppressed number. Where
    `score` is not the survey's, `values` are the facts and workshops that the number goes by.
    """
    of = request.app.state
    inquiry = ask(of, holder, asked.framework, asked.version, asked.scope)
    domain = _domain(inquiry, community, dimension)
    check_names(inquiry, tuple(domain), "query")
    values = consult(of, holder, inquiry, score, tuple(domain), "query.dimension")
    page = Page(cursor, limit) if may(holder.role, Right.READ_SUBMISSIONS) else None
    with of.database.read() as session:
        return trace(session, inquiry, node, domain, communities_of(of, holder), page, Sources(score, values))


def _domain(inquiry: Inquiry, community: str | None, dimensions: list[str]) -> Domain:
    domain = {} if community is None else {COMMUNITY: community}
    known = inquiry.framework.design.dimensions
    for each in dimensions:
        name, equals, value = each.partition("=")
        if not equals or name not in known or name in domain:
            what = f"'{each}' is not a dimension and its value, such as sex=f. Known: {', '.join(known) or 'none'}."
            raise InvalidRequest(where="query.dimension", what=what)
        domain[name] = value
    return domain
