"""The door to the scores."""

from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response

from app.access.guard import ScoreReader
from app.access.tables import Holder
from app.communities.areas import Areas
from app.database import Database
from app.forms.catalogue import Catalogue
from app.problems import InvalidRequest, UnknownFramework
from app.scoring.catalogue import Frameworks, PublishedFramework
from app.scoring.domains import MOST, ROUND, crossing, dimensions
from app.scoring.inquiry import Inquiry, inquire
from app.scoring.intervals import ProportionMethod
from app.scoring.tell import as_table, tell_scores

router = APIRouter(tags=["scores"])

By = Annotated[
    list[str],
    Query(
        description="`community`, `round` or a dimension that the framework declares; repeatable. Two are crossed by "
        "`*`, as in `community*sex`. At most two dimensions at once, `round=` being one of them."
    ),
]
Round = Annotated[str | None, Query(description="Only interviews of this round.")]
CiMethod = Annotated[ProportionMethod, Query(description="The interval of indicators that are proportions.")]


@router.get("/scores")
def scores(
    request: Request,
    holder: ScoreReader,
    framework: str | None = None,
    version: str | None = None,
    round: Round = None,
    by: By = [],  # noqa: B006 -- FastAPI copies it
    include: Literal["all"] = "all",
    ci_method: CiMethod = "logit",
) -> Response:
    """Every node of a framework's tree, for all communities together and then for each domain of `by`.

    Each row says on how many interviews it rests, what is missing and why, and how it is made from its children.
    Rows of few people, and those that would give them away, have `suppressed` in place of numbers, whatever is asked.
    Numbers are not rounded. `framework` may be left out where only one is published, `version` for the latest.
    """
    inquiry = _inquire(request, holder, framework, version, round)
    _check_domains(inquiry, by)
    return _json(tell_scores(inquiry, by, ci_method))


@router.get("/scores.csv")
def scores_csv(
    request: Request,
    holder: ScoreReader,
    framework: str | None = None,
    version: str | None = None,
    round: Round = None,
    by: By = [],  # noqa: B006
    include: Literal["all"] = "all",
    ci_method: CiMethod = "logit",
) -> Response:
    """The rows of `/scores` as a table; `domain` and `missing` are JSON, `flags` are joined by spaces."""
    inquiry = _inquire(request, holder, framework, version, round)
    _check_domains(inquiry, by)
    return Response(as_table(tell_scores(inquiry, by, ci_method)), media_type="text/csv; charset=utf-8")


def _inquire(
    request: Request, holder: Holder, framework: str | None, version: str | None, round_: str | None
) -> Inquiry:
    published = _published(request, framework, version)
    database: Database = request.app.state.database
    areas: Areas = request.app.state.areas()
    catalogue: Catalogue = request.app.state.catalogue
    mine = areas.within(holder.communities) if holder.communities else None
    forms = {form_id: catalogue.versions(form_id).values() for form_id in published.scorer.by_form}
    with database.read() as session:
        return inquire(session, published, round_, mine, forms)


def _published(request: Request, framework: str | None, version: str | None) -> PublishedFramework:
    frameworks: Frameworks = request.app.state.frameworks
    published = frameworks.find(framework, version)
    if published is None:
        known = sorted({f"{each.framework.id} {each.framework.version}" for each in frameworks.all()})
        raise UnknownFramework(published=", ".join(known) or "none")
    return published


def _check_domains(inquiry: Inquiry, by: list[str], where: str = "query.by") -> None:
    known = dimensions(inquiry.framework)
    for each in by:
        names = crossing(each)
        for name in names:
            if name not in known:
                raise InvalidRequest(where=where, what=f"'{name}' is none of {', '.join(known)}.")
        if len({*names, *inquiry.restriction}) > MOST:
            told = f"'{each}'" + (f" within a {ROUND}" if inquiry.restriction else "")
            raise InvalidRequest(where=where, what=f"{told} sets more than {MOST} dimensions apart at once.")


def _json(answer: object) -> Response:
    return Response(orjson.dumps(answer), media_type="application/json")
