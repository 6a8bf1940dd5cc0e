"""The door to the scores."""

import csv
import io
import json
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response

from app.access.guard import ScoreReader
from app.access.tables import Holder
from app.communities.areas import Areas
from app.database import Database
from app.problems import InvalidRequest, UnknownFramework
from app.scoring.assessments import load_completeness
from app.scoring.catalogue import Frameworks, PublishedFramework
from app.scoring.estimation import score_rows
from app.scoring.facts.queries import load_values, reaching
from app.scoring.facts.sources import Interviews, Source, Value, source_rows
from app.scoring.queries import Contributions, load_contributions
from app.scoring.sums import COMMUNITY

router = APIRouter(tags=["scores"])

By = Annotated[list[str], Query(description="`community`, or a dimension that the framework declares; repeatable.")]

COLUMNS = [
    "framework",
    "version",
    "provenance",
    "round",
    "node",
    "level",
    "domain",
    "estimate",
    "standard_error",
    "df",
    "ci_low",
    "ci_high",
    "ci_level",
    "ci_method",
    "n",
    "n_psu",
    "n_strata",
    "n_effective",
    "design_effect",
    "cv",
    "missing",
    "coverage",
    "flags",
    "suppressed",
    "score",
    "source",
]


@router.get("/scores")
def scores(
    request: Request,
    holder: ScoreReader,
    framework: str | None = None,
    version: str | None = None,
    round: str | None = None,
    by: By = [],  # noqa: B006 -- FastAPI copies it
    include: Literal["all"] = "all",
    score: Source = "survey",
) -> Response:
    """Every node of a framework's tree, for all communities together and then for each value of `by`.

    Each row says on how many interviews it rests, what is missing and why, and how it is made from its children.
    `score` chooses whose numbers these are; then each row tells its `source`.
    Numbers are not rounded. `framework` may be left out where only one is published, `version` for the latest.
    """
    answer = _answer(request, holder, framework, version, round, by, include, score)
    return Response(orjson.dumps(answer), media_type="application/json")


@router.get("/scores.csv")
def scores_csv(
    request: Request,
    holder: ScoreReader,
    framework: str | None = None,
    version: str | None = None,
    round: str | None = None,
    by: By = [],  # noqa: B006
    include: Literal["all"] = "all",
    score: Source = "survey",
) -> Response:
    """The rows of `/scores` as a table; `domain` and `missing` are JSON, `flags` are joined by spaces."""
    answer = _answer(request, holder, framework, version, round, by, include, score)
    about = answer["framework"]
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for row in answer["scores"]:
        writer.writerow(
            {
                **row,
                "framework": about["id"],
                "version": about["version"],
                "provenance": about["provenance"],
                "round": answer["round"],
                "domain": json.dumps(row["domain"]),
                "missing": json.dumps(row["missing"]),
                "flags": " ".join(row["flags"]),
                "score": score,
            }
        )
    return Response(table.getvalue(), media_type="text/csv; charset=utf-8")


def _answer(
    request: Request,
    holder: Holder,
    framework: str | None,
    version: str | None,
    round_: str | None,
    by: list[str],
    include: str,
    score: Source,
) -> dict[str, Any]:
    frameworks: Frameworks = request.app.state.frameworks
    published = frameworks.find(framework, version)
    if published is None:
        known = sorted({f"{each.framework.id} {each.framework.version}" for each in frameworks.all()})
        raise UnknownFramework(published=", ".join(known) or "none")
    _check_dimensions(published, by, score)
    database: Database = request.app.state.database
    areas: Areas = request.app.state.areas()
    mine = areas.within(holder.communities) if holder.communities else None
    with database.read() as session:
        found = load_contributions(session, published.framework, mine)
        values = [] if score == "survey" else load_values(session, published.framework, mine)
        complete = load_completeness(session, frameworks, published, mine, round_)
    found = reaching(found, values)
    return {
        "framework": {
            "id": published.framework.id,
            "version": published.framework.version,
            "sha256": published.sha256.hex(),
            "provenance": published.framework.provenance,
            "label": published.framework.label,
            "note": published.framework.note,
            "complete": published.complete,
        },
        "round": round_,
        "watermark": {
            "seq": found.last_seq,
            "submissions": sum(round_ in (None, each.round) for each in found.contributions),
            "values": sum(round_ is None or each.round in (None, round_) for each in values),
            "as_of": found.as_of,
        },
        "include": include,
        "score": score,
        "synthetic": bool(found.synthetic),
        "completeness": complete,
        "design": {
            "declared": published.framework.design.is_declared,
            **published.framework.design.model_dump(),
        },
        "scores": _rows(published, found, score, values, by, round_),
    }


def _rows(
    published: PublishedFramework,
    found: Contributions,
    score: Source,
    values: list[Value],
    by: list[str],
    round_: str | None,
) -> list[dict[str, Any]]:
    """The score rows, each with its label and, where synthetic interviews are in it, marked so."""
    labels = published.labels
    rows: list[dict[str, Any]] = []
    for row in _sourced(published, found, score, values, by, round_):
        community = row["domain"].get(COMMUNITY)
        synthetic = found.synthetic if community is None else found.synthetic & {community}
        flags = [*row["flags"], *(["synthetic"] if synthetic else [])]
        rows.append({**row, "label": labels.get(row["node"], {}), "flags": flags})
    return rows


def _sourced(
    published: PublishedFramework,
    found: Contributions,
    score: Source,
    values: list[Value],
    by: list[str],
    round_: str | None,
) -> list[dict[str, Any]]:
    """The rows of the wanted source."""
    framework = published.framework
    if score == "survey":
        return [{**row} for row in score_rows(framework, found.contributions, by, round_)]
    interviews = Interviews.of(framework, found.contributions, by, round_)
    return source_rows(score, framework, interviews, values, by, round_)


def _check_dimensions(published: PublishedFramework, by: list[str], score: Source) -> None:
    # Workshops agree on communities, and not on the women or the young of one.
    known = [COMMUNITY, *(published.framework.design.dimensions if score != "agreed" else ())]
    for each in by:
        if each not in known:
            raise InvalidRequest(where="query.by", what=f"'{each}' is none of {', '.join(known)}.")
