"""The door to the scores."""

import csv
import io
import json
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response

from app.access.guard import ScoreReader
from app.access.tables import Holder
from app.scoring.answer import Asked, answer, within

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
) -> Response:
    """Every node of a framework's tree, for all communities together and then for each value of `by`.

    Each row says on how many interviews it rests, what is missing and why, and how it is made from its children.
    Numbers are not rounded. `framework` may be left out where only one is published, `version` for the latest.
    """
    told = _answer(request, holder, framework, version, round, by, include)
    return Response(orjson.dumps(told), media_type="application/json")


@router.get("/scores.csv")
def scores_csv(
    request: Request,
    holder: ScoreReader,
    framework: str | None = None,
    version: str | None = None,
    round: str | None = None,
    by: By = [],  # noqa: B006
    include: Literal["all"] = "all",
) -> Response:
    """The rows of `/scores` as a table; `domain` and `missing` are JSON, `flags` are joined by spaces."""
    told = _answer(request, holder, framework, version, round, by, include)
    about = told["framework"]
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for row in told["scores"]:
        writer.writerow(
            {
                **row,
                "framework": about["id"],
                "version": about["version"],
                "provenance": about["provenance"],
                "round": told["round"],
                "domain": json.dumps(row["domain"]),
                "missing": json.dumps(row["missing"]),
                "flags": " ".join(row["flags"]),
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
) -> dict[str, Any]:
    of = request.app.state
    published = of.frameworks.named(framework, version)
    return answer(of.database, published, Asked(round_, tuple(by), include), within(holder, of.areas()))
