"""The golden interviews give the means and composites of R survey, with and without weights."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from app.scoring.contribution import Contribution
from app.scoring.estimation import ScoreRow
from app.scoring.framework import Framework
from app.scoring.indicators import compile_framework
from app.scoring.placement import compile_placement
from tests.support.score_rows import score_rows
from tests.support.scored import by_indicator

Rows = Callable[[str], list[dict[str, str]]]
Estimates = dict[tuple[str, str, str], ScoreRow]


@pytest.fixture(scope="session")
def estimates(golden_document: dict[str, Any], golden_answers: dict[str, dict[str, Any]]) -> Callable[..., Estimates]:
    def estimate(weight: str | None, combine: str = "arithmetic") -> Estimates:
        document = deepcopy(golden_document)
        document["design"]["weight"] = weight
        _combine_everywhere(document["tree"], combine)
        framework = Framework.model_validate(document)
        scorer = compile_framework(framework)
        contributions = []
        for instance_id, answers in golden_answers.items():
            place = compile_placement(framework, "ucra_golden")(answers)
            scores = by_indicator(framework, scorer.score("ucra_golden", answers).values)
            contributions.append(
                Contribution(instance_id, answers["community"], None, place.weight, dict(place.dimensions), scores)
            )
        rows = score_rows(framework, contributions, ["community", "sex", "stratum"])
        return {(row["node"], *next(iter(row["domain"].items()), ("", ""))): row for row in rows}

    return estimate


def _combine_everywhere(node: dict[str, Any], combine: str) -> None:
    if "children" in node:
        node["combine"] = combine
        for child in node["children"]:
            _combine_everywhere(child, combine)


@pytest.mark.parametrize(
    ("case_id", "weight", "count"),
    [("ucrao_full", "weight", 72), ("ucrao_weights_only", "weight", 36), ("ucrao_srs", None, 36)],
)
def test_means(
    case_id: str, weight: str | None, count: int, golden_rows: Rows, estimates: Callable[..., Estimates]
) -> None:
    table = golden_rows("expected/ucra_open_estimates.csv")
    expected = [row for row in table if row["case_id"] == case_id and row["statistic"] == "mean"]
    got = estimates(weight)
    assert len(expected) == count
    for row in expected:
        own = got[row["variable"], row["domain_var"], row["domain"]]
        assert own["estimate"] == pytest.approx(float(row["estimate"]), abs=1e-9)
        assert own["n"] == int(row["n"])


@pytest.mark.parametrize(
    ("case_id", "weight", "combine"),
    [
        ("ucrao_full_arithmetic", "weight", "arithmetic"),
        ("ucrao_full_geometric", "weight", "geometric"),
        ("ucrao_srs_arithmetic", None, "arithmetic"),
        ("ucrao_srs_geometric", None, "geometric"),
    ],
)
def test_composites(
    case_id: str, weight: str | None, combine: str, golden_rows: Rows, estimates: Callable[..., Estimates]
) -> None:
    expected = [row for row in golden_rows("expected/ucra_open_composites.csv") if row["case_id"] == case_id]
    got = estimates(weight, combine)
    assert len(expected) == 24
    for row in expected:
        own = got[row["variable"], row["domain_var"], row["domain"]]
        assert own["estimate"] == pytest.approx(float(row["estimate"]), abs=1e-9)
