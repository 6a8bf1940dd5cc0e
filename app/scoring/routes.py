"""The door to the scores."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from app.access.guard import ScoreReader
from app.access.tables import Holder
from app.problems import InvalidRequest, NotFound, UnequalVersions, UnknownFramework, answers
from app.scoring.ask import Server, ask, check_names, communities_of
from app.scoring.assess import reliability
from app.scoring.compare import differences
from app.scoring.domains import COMMUNITY, crossing
from app.scoring.facts.consult import consult
from app.scoring.inquiry import Inquiry, Scope
from app.scoring.interviews import Interview, load_interviews
from app.scoring.parameters import Asked, AskedBy, AskedScores, Include, Round
from app.scoring.tell import as_table, tell_scores
from app.scoring.vary import sensitivity

router = APIRouter(tags=["scores"])

UNKNOWN = answers(NotFound, UnknownFramework)


class Csv(Response):
    media_type = "text/csv"


Between = Annotated[str, Query(description="`community`, `round` or a dimension that the framework declares.")]


@router.get("/scores", responses=UNKNOWN)
def scores(request: Request, holder: ScoreReader, asked: Annotated[AskedScores, Depends()]) -> Response:
    """Every node of a framework's tree, for all communities together and then for each domain of `by`.

    Each row says on how many interviews it rests, what is missing and why, and how it is made from its children.
    Rows of few people, and those that would give them away, have `suppressed` in place of numbers, whatever is asked.
    `score` chooses whose numbers these are; where it is not the survey's, each row tells its `source`.
    Numbers are not rounded. `framework` may be left out where only one is published, `version` for the latest.
    """
    return _json(_answer(request, holder, asked))


@router.get("/scores.csv", response_class=Csv, responses=UNKNOWN)
def scores_csv(request: Request, holder: ScoreReader, asked: Annotated[AskedScores, Depends()]) -> Response:
    """The rows of `/scores` as a table; `domain` and `missing` are JSON, `flags` are joined by spaces."""
    return Csv(as_table(_answer(request, holder, asked)))


@router.get("/scores/differences", responses=UNKNOWN)
def score_differences(
    request: Request,
    holder: ScoreReader,
    between: Between = COMMUNITY,
    framework: str | None = None,
    version: Annotated[list[str], Query(description="One version; it scores all rounds.")] = [],  # noqa: B006 -- FastAPI copies it
    round: Round = None,
    by: Annotated[str | None, Query(description="A dimension, in each of whose values to compare.")] = None,
    node: Annotated[list[str], Query(description="Nodes or indicators; all of them by default.")] = [],  # noqa: B006
    include: Include = "all",
) -> Response:
    """What every value of `between` has more than each one before it: `difference` is `b` less `a`.

    Standard errors take in what both share, such as the same RTs in two rounds. `p_holm` is the p-value after Holm,
    over all pairs of one node in one domain; only this one tells whether two differ. Rows that may not be told are
    in no pair and stand in `hidden`. There are no ranks.
    """
    if len(set(version)) > 1:
        raise UnequalVersions(versions=", ".join(dict.fromkeys(version)))
    inquiry = ask(request.app.state, holder, framework, version[0] if version else None, Scope(round, include))
    within = (by,) if by else ()
    if between in within:
        raise InvalidRequest(where="query.between", what=f"'{between}' cannot be compared within itself.")
    check_names(inquiry, (*within, between), "query.between")
    _check_nodes(inquiry, node)
    return _json(differences(inquiry, between, within, node or None))


@router.get("/scores/{node}/reliability", responses=UNKNOWN)
def score_reliability(
    request: Request, holder: ScoreReader, node: str, asked: Annotated[AskedBy, Depends()]
) -> Response:
    """Whether items belong together: Cronbach's alpha, each item's correlation with the rest, and alpha without it.

    Items are the questions of a scale that says `alpha`, or the surveyed indicators under a node. Alpha is null for
    fewer than 10 interviews with every item. It is a check and changes no score.
    """
    inquiry, interviews = _inquire_deeply(request, holder, asked)
    _check_domains(inquiry, asked.by)
    _check_place(inquiry, node)
    return _json(reliability(inquiry, interviews, node, asked.by))


@router.get("/scores/{node}/sensitivity", responses=UNKNOWN)
def score_sensitivity(
    request: Request, holder: ScoreReader, node: str, asked: Annotated[AskedBy, Depends()]
) -> Response:
    """What a node's estimate would be by other choices, and how far it moves (`change`).

    `left_out` leaves out one indicator; `equal_weights` and `geometric` build the tree otherwise; `unweighted` and
    `trimmed` (at 5 medians) weigh interviews otherwise; `worst` and `best` give all missing answers the least and the
    greatest score.
    """
    inquiry, interviews = _inquire_deeply(request, holder, asked)
    _check_domains(inquiry, asked.by)
    _check_place(inquiry, node)
    place = next((each for each in inquiry.framework.tree.nodes() if each.id == node), None)
    if place is None:
        raise InvalidRequest(where="node", what=f"'{node}' is an indicator; only nodes of the tree are put together.")
    return _json(sensitivity(inquiry, interviews, place, asked.by))


def _answer(request: Request, holder: Holder, asked: AskedScores) -> dict[str, Any]:
    server: Server = request.app.state
    inquiry = ask(server, holder, asked.framework, asked.version, asked.scope)
    _check_domains(inquiry, asked.by)
    values = consult(server, holder, inquiry, asked.score, asked.by, "query.by")
    return tell_scores(inquiry, asked.by, asked.ci_method, asked.score, values)


def _inquire_deeply(request: Request, holder: Holder, asked: Asked) -> tuple[Inquiry, list[Interview]]:
    server: Server = request.app.state
    inquiry = ask(server, holder, asked.framework, asked.version, asked.scope)
    mine = communities_of(server, holder)
    with server.database.read() as session:
        return inquiry, load_interviews(session, inquiry.framework, mine, only_approved=asked.scope.only_approved)


def _check_domains(inquiry: Inquiry, by: Sequence[str]) -> None:
    for each in by:
        check_names(inquiry, crossing(each), "query.by")


def _has_row(inquiry: Inquiry, node: str) -> bool:
    """Whether it is an indicator or a node, and not the total of a framework that forbids one."""
    framework = inquiry.framework
    return node in inquiry.published.labels and (node != framework.tree.id or framework.total == "on")


def _check_place(inquiry: Inquiry, node: str) -> None:
    if not _has_row(inquiry, node):
        raise NotFound


def _check_nodes(inquiry: Inquiry, nodes: Iterable[str]) -> None:
    for node in nodes:
        if not _has_row(inquiry, node):
            raise InvalidRequest(where="query.node", what=f"'{node}' is no node or indicator of the framework.")


def _json(answer: object) -> Response:
    return Response(orjson.dumps(answer), media_type="application/json")
