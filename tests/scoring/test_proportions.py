"""Indicators that are proportions have intervals inside of 0 to 1, those of R's survey."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from app.scoring.contribution import Contribution
from app.scoring.estimation import ScoreRow
from app.scoring.framework import Framework
from app.scoring.indicators import is_proportion
from app.scoring.intervals import ProportionMethod
from app.scoring.placement import compile_placement
from tests.support.score_rows import score_rows
from tests.support.scored import score

Rows = Callable[[str], list[dict[str, str]]]
METHODS: dict[str, ProportionMethod] = {
    "logit": "logit",
    "wilson": "wilson",
    "beta": "beta",
    "asin": "asin",
    "mean": "t",
    "exact": "logit",
}

RATIO = {"type": "ratio", "numerator": "a", "denominator": "b"}


@pytest.fixture(scope="session")
def share(golden_document: dict[str, Any]) -> Framework:
    document = deepcopy(golden_document)
    rule = {"type": "map", "question": "q_warn", "map": {"yes": 1, "no": 0}}
    document["indicators"] = [{"id": "warned", "scale": {"min": 0, "max": 1}, "rule": rule}]
    document["tree"] = {"id": "total", "children": [{"indicator": "warned"}]}
    return Framework.model_validate(document)


def test_golden_proportions(share: Framework, golden_answers: dict[str, dict[str, Any]], golden_rows: Rows) -> None:
    interviews = [_contribution(share, *each) for each in golden_answers.items()]
    table = golden_rows("expected/ucra_open_estimates.csv")
    expected = [row for row in table if row["statistic"] == "proportion" and row["case_id"] == "ucrao_full"]
    assert len(expected) == 20
    for row in expected:
        found = score_rows(share, interviews, ["community"], ci_method=METHODS[row["ci_method"]])
        domain = {row["domain_var"]: row["domain"]} if row["domain"] else {}
        own = next(each for each in found if each["node"] == "warned" and each["domain"] == domain)
        for member, column in (("estimate", "estimate"), ("ci_low", "ci_low"), ("ci_high", "ci_high")):
            assert own[member] == pytest.approx(float(row[column]), abs=1e-9), row  # type: ignore[literal-required]


def _contribution(framework: Framework, name: str, answers: dict[str, Any]) -> Contribution:
    place = compile_placement(framework, "ucra_golden")(answers)
    scores = score(framework, "ucra_golden", answers)
    at = (place.stratum, place.psu, place.ssu, place.fpc_psu, place.fpc_ssu)
    return Contribution(name, answers["community"], None, place.weight, dict(place.dimensions), scores, *at)


def _row(framework: Framework, *scores: float) -> ScoreRow:
    interviews = [Contribution(str(at), None, None, 1, {}, {"warned": score}) for at, score in enumerate(scores)]
    return next(row for row in score_rows(framework, interviews) if row["node"] == "warned")


@pytest.mark.parametrize(("score", "low", "high"), [(0, 0, 0.30850), (1, 0.69150, 1)])
def test_where_all_agree_it_is_exact(share: Framework, score: float, low: float, high: float) -> None:
    row = _row(share, *[score] * 10)
    assert (row["ci_method"], row["standard_error"]) == ("exact", 0)
    assert (row["ci_low"], row["ci_high"]) == (pytest.approx(low, abs=1e-5), pytest.approx(high, abs=1e-5))


def test_wide_means_wider_than_three_tenths(share: Framework) -> None:
    few, many = ([*[0.0] * n, *[1.0] * n] for n in (10, 100))
    assert "wide_ci" in _row(share, *few)["flags"]
    assert "wide_ci" not in _row(share, *many)["flags"]


@pytest.mark.parametrize(
    ("rule", "scale", "expected"),
    [
        ({"type": "map", "question": "q", "map": {"yes": 1, "no": 0}}, (0, 1), True),
        ({"type": "map", "question": "q", "map": {"yes": 1, "no": 0}, "reverse": True}, (0, 1), True),
        ({"type": "map", "question": "q", "map": {"yes": 1, "no": 0}, "reverse": True}, (0, 5), False),
        ({"type": "map", "question": "q", "map": {"yes": 5, "no": 1}}, (1, 5), False),
        ({"type": "map", "question": "q", "map": {"yes": 1, "half": 0.5, "no": 0}}, (0, 1), False),
        ({"type": "bins", "question": "q", "edges": [15], "scores": [1, 0]}, (0, 1), True),
        ({"type": "count", "question": "q", "options": ["a", "b"], "to": [0, 1, 1]}, (0, 1), True),
        ({"type": "goalposts", "question": "q", "low": 0, "high": 9}, (0, 1), False),
        (RATIO | {"bins": {"edges": [2], "scores": [1, 0]}}, (0, 1), True),
        (RATIO | {"bins": {"edges": [2], "scores": [1, 0.5]}}, (0, 1), False),
        (RATIO | {"goalposts": {"low": 0, "high": 9}}, (0, 1), False),
    ],
)
def test_which_rules_make_one(
    document: dict[str, Any], rule: dict[str, Any], scale: tuple[float, float], *, expected: bool
) -> None:
    document["indicators"] = [{"id": "share", "rule": rule, "scale": dict(zip(("min", "max"), scale, strict=True))}]
    framework = Framework.model_validate(document)
    indicator = framework.indicators[0]
    assert is_proportion(indicator, framework.scale_of(indicator)) is expected
