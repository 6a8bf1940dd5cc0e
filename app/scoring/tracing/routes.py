"""The door from a score to the interviews behind it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from app.access.guard import ScoreReader
from app.problems import InvalidRequest
from app.scoring.answer import within
from app.scoring.catalogue import PublishedFramework
from app.scoring.sums import COMMUNITY
from app.scoring.tracing.trace import Page, trace
from app.scoring.withholding import ROUND, Domain

router = APIRouter(tags=["scores"])

Cursor = Annotated[int, Query(ge=0, lt=2**63, description="`next_cursor` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=1_000)]
Dimension = Annotated[list[str], Query(description="A declared dimension and its value, such as `sex=f`; repeatable.")]


@router.get("/scores/{node}/lineage")
def lineage(
    node: str,
    request: Request,
    holder: ScoreReader,
    framework: str | None = None,
    version: str | None = None,
    round: str | None = None,
    community: str | None = None,
    dimension: Dimension = [],  # noqa: B006 -- FastAPI copies it
    cursor: Cursor = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """How a number of `/scores` is made: the formula down to the questions, and the interviews, in pages.

    Each interview is told by its id, with its values, or the reasons why there are none, and its share in the
    estimate. Values of sensitive questions are withheld, and so are those of every interview in a suppressed cell.
    """
    of = request.app.state
    published = of.frameworks.named(framework, version)
    domain = _domain(published, {COMMUNITY: community, ROUND: round}, dimension)
    mine = within(holder, of.areas())
    return trace(of.database, of.catalogue, published, node, domain, mine, Page(cursor, limit))


def _domain(published: PublishedFramework, places: dict[str, str | None], dimensions: list[str]) -> Domain:
    known = published.framework.design.dimensions
    for each in dimensions:
        name, equals, value = each.partition("=")
        if not equals or name not in known or places.get(name) is not None:
            what = f"'{each}' is not a dimension and its value, such as sex=f. Known: {', '.join(known) or 'none'}."
            raise InvalidRequest(where="query.dimension", what=what)
        places[name] = value
    return frozenset((name, value) for name, value in places.items() if value is not None)
