"""What a score row says."""

import math
from itertools import count
from typing import Any

import pytest

from app.scoring.contribution import Contribution
from app.scoring.estimation import ScoreRow
from app.scoring.framework import Framework
from tests.support.score_rows import score_rows

T_2 = 4.302652729749464
"""Student's t, 97.5 % with 2 degrees of freedom."""

VALUES: dict[str, float | str] = {
    "warning": 5.0,
    "evacuation": 3.0,
    "income": 1.0,
    "prepared": 4.0,
    "trust": 2.0,
}


_ids = count(1)


def _interview(weight: float | None = 1, **values: float | str) -> Contribution:
    return Contribution(f"uuid:{next(_ids)}", None, None, weight, {}, VALUES | values)


def _rows(framework: Framework, *contributions: Contribution) -> dict[str, ScoreRow]:
    return {row["node"]: row for row in score_rows(framework, contributions)}


def test_a_whole_row(framework: Framework) -> None:
    interviews = [
        _interview(3),
        _interview(1, evacuation="dont_know"),
        _interview(1, evacuation=1.0, income="refused"),
    ]
    assert _rows(framework, *interviews)["means"] == {
        "node": "means",
        "level": "category",
        "domain": {},
        "estimate": 0.25 * 2.5 + 0.25 * 1 + 0.5 * 4,
        # Every household is a PSU: evacuation 3, 1 with weights 3, 1 has effects ±(3/16); the other parts do not vary.
        "standard_error": pytest.approx(0.25 * math.sqrt(1.5 * 2 * (3 * 0.5 / 4) ** 2)),
        "df": 2,
        "ci_low": pytest.approx(2.875 - T_2 * 0.25 * math.sqrt(3) * 0.375),
        "ci_high": pytest.approx(2.875 + T_2 * 0.25 * math.sqrt(3) * 0.375),
        "ci_level": 0.95,
        "ci_method": "t",
        "n": 3,
        "n_psu": 3,
        "n_strata": 1,
        "n_effective": pytest.approx(25 / 11),
        "design_effect": None,
        "cv": pytest.approx(0.25 * math.sqrt(3) * 0.375 / 2.875),
        "missing": {"dont_know": 1, "refused": 1},
        "coverage": 1.0,
        "flags": ["n_lt_30", "low_df", "wide_ci"],
        "suppressed": None,
        "children": [
            {"node": "evacuation", "weight": 0.25, "estimate": 2.5, "contribution": 0.625},
            {"node": "income", "weight": 0.25, "estimate": 1.0, "contribution": 0.25},
            {"node": "prepared", "weight": 0.5, "estimate": 4.0, "contribution": 2.0},
        ],
    }


def test_levels_and_order_follow_the_tree(framework: Framework) -> None:
    assert [(row["node"], row["level"]) for row in score_rows(framework, [])] == [
        ("total", "total"),
        ("readiness", "component"),
        ("warning", "indicator"),
        ("means", "category"),
        ("evacuation", "indicator"),
        ("income", "indicator"),
        ("prepared", "indicator"),
        ("cohesion", "component"),
        ("trust", "indicator"),
        ("drill", "indicator"),
    ]


def test_without_a_total_components_come_first(document: dict[str, Any]) -> None:
    rows = score_rows(Framework.model_validate(document | {"total": "off"}), [_interview()])
    assert rows[0]["node"] == "readiness"
    assert "total" not in {row["level"] for row in rows}


def test_an_indicator_outside_of_the_tree_has_a_row_and_no_parent(document: dict[str, Any]) -> None:
    document["tree"]["children"][1]["children"] = [{"indicator": "trust", "weight": 1}]
    rows = score_rows(Framework.model_validate(document), [])
    assert rows[-1]["node"] == "drill"
    assert all(child["node"] != "drill" for row in rows for child in row["children"])


def test_missing_counts_reasons_in_order_and_none_that_did_not_occur(framework: Framework) -> None:
    reasons = ["refused", "dont_know", "refused", "form_lost"]
    row = _rows(framework, *(_interview(warning=reason) for reason in reasons), _interview())["warning"]
    assert list(row["missing"].items()) == [("dont_know", 1), ("form_lost", 1), ("refused", 2)]
    assert (row["n"], row["estimate"]) == (1, 5)


def test_interviews_of_another_form_are_neither_counted_nor_missing(framework: Framework) -> None:
    group = Contribution("uuid:2", None, None, 1, {}, {"drill": 5.0})
    rows = _rows(framework, _interview(), group)
    assert (rows["drill"]["n"], rows["drill"]["missing"]) == (1, {})
    assert (rows["trust"]["n"], rows["trust"]["missing"]) == (1, {})
    assert (rows["cohesion"]["n"], rows["cohesion"]["estimate"]) == (2, 3.5)


def test_an_unusable_weight_is_kept_apart_and_flagged(framework: Framework) -> None:
    rows = _rows(framework, _interview(2), _interview(None, warning=1.0), _interview(None, warning="refused"))
    assert rows["warning"]["estimate"] == 5
    assert rows["warning"]["n"] == rows["total"]["n"] == 1
    assert rows["warning"]["missing"] == {"invalid_weight": 1, "refused": 1}
    assert {"n_lt_30", "invalid_weight"} <= set(rows["warning"]["flags"])
    assert "invalid_weight" in rows["total"]["flags"]


@pytest.mark.parametrize(("n", "flags"), [(0, ["no_data"]), (1, ["n_lt_3"]), (2, ["n_lt_3"]), (3, [])])
def test_small_numbers_are_flagged(document: dict[str, Any], n: int, flags: list[str]) -> None:
    framework = Framework.model_validate(document | {"policy": {"n_flag": 3}})
    raised = _rows(framework, *(_interview() for _ in range(n)))["warning"]["flags"]
    assert [flag for flag in raised if flag in ("no_data", "n_lt_3")] == flags


def test_no_interview_at_all(framework: Framework) -> None:
    for row in score_rows(framework, []):
        assert (row["estimate"], row["n"], row["missing"], row["coverage"]) == (None, 0, {}, 0)
        assert row["flags"] == ["no_data"]
        assert all(child["estimate"] is None and child["contribution"] is None for child in row["children"])
