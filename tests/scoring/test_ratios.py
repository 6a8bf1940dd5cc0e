"""A ratio is one number of an interview divided by another, and then placed on the scale."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.scoring.completeness import compile_checklist
from app.scoring.framework import Framework, Rule, Scale
from app.scoring.reading import UNASKED, Reading, Value, missing_codes
from app.scoring.rules import compile_rule
from tests.support.scored import score

CODES = missing_codes({"refused": "refused", "-99": "dont_know"})
READING = Reading(Scale(min=1, max=5), CODES, "not_answered")

RATIO = {"type": "ratio", "numerator": "income", "denominator": "members"}
POSTS = RATIO | {"goalposts": {"low": 100, "high": 500}}
BINS = RATIO | {"bins": {"edges": [100, 300], "scores": [1, 3, 5]}}
NAN = float("nan")

CASES: list[tuple[dict[str, Any], Any, Any, float | str]] = [
    (POSTS, 800, 4, 2),
    (POSTS, "800", "4.0", 2),
    (POSTS, 150, 0.5, 3),
    (POSTS, 0, 4, 1),
    (POSTS, -800, 4, 1),
    (POSTS, 9000, 4, 5),
    (RATIO | {"goalposts": {"low": 100, "high": 500, "direction": -1}}, 800, 4, 4),
    (RATIO | {"goalposts": {"low": 100, "high": 500, "clip": False}}, 9000, 4, "invalid"),
    (BINS, 399, 4, 1),
    (BINS, 400, 4, 3),
    (BINS, 1200, 4, 5),
    (RATIO | {"bins": BINS["bins"] | {"closed": "right"}}, 400, 4, 1),  # type: ignore[operator]
    (POSTS, None, 4, "not_answered"),
    (POSTS, 800, None, "not_answered"),
    (POSTS, -99, 4, "dont_know"),
    (POSTS, 800, "-99.0", "dont_know"),
    (POSTS, "refused", -99, "refused"),
    (POSTS, -99, "refused", "dont_know"),
    (POSTS, None, 0, "not_answered"),
    (POSTS, UNASKED, None, "not_asked"),
    (POSTS, 800, UNASKED, "not_asked"),
    (POSTS, "much", None, "invalid"),
    (POSTS, 800, "four", "invalid"),
    (POSTS, 800, True, "invalid"),
    (POSTS, 800, [4], "invalid"),
    (POSTS, 800, 0, "invalid"),
    (POSTS, 800, "-0.0", "invalid"),
    (POSTS, 0, 0, "invalid"),
    (POSTS, 800, -4, "invalid"),
    (POSTS, 1e300, 1e-300, "invalid"),
    (POSTS, -1e300, 1e-300, "invalid"),
    (BINS, 1e300, 1e-300, "invalid"),
    (POSTS, NAN, 4, "invalid"),
    (POSTS, 800, float("inf"), "invalid"),
    (POSTS, 800, 10**400, "invalid"),
]


def _score(rule: dict[str, Any], answers: dict[str, Any], reading: Reading = READING) -> Value:
    return compile_rule(TypeAdapter[Rule](Rule).validate_python(rule), reading)(answers)


@pytest.mark.parametrize(("rule", "income", "members", "expected"), CASES)
def test_ratio(rule: dict[str, Any], income: Any, members: Any, expected: float | str) -> None:
    found = _score(rule, {"income": income, "members": members})
    assert found == (expected if isinstance(expected, str) else pytest.approx(expected, abs=1e-12))


@given(
    income=st.integers(-(10**6), 10**6),
    members=st.integers(-10, 10**3),
    times=st.integers(1, 10**6),
    rule=st.sampled_from([POSTS, BINS]),
)
def test_the_unit_of_both_numbers_changes_nothing(income: int, members: int, times: int, rule: dict[str, Any]) -> None:
    reading = Reading(Scale(min=1, max=5), {}, "not_answered")
    small, large = ({"income": income * by, "members": members * by} for by in (1, times))
    assert _score(rule, small, reading) == _score(rule, large, reading)


def _framework(document: dict[str, Any], **members: Any) -> Framework:
    document["indicators"] = [{"id": "one", **members}]
    return Framework.model_validate(document)


@pytest.mark.parametrize(
    ("rule", "direction", "expected"),
    [
        (POSTS, 1, 2),
        (POSTS, -1, 4),
        (RATIO | {"goalposts": {"low": 100, "high": 500, "direction": -1}}, -1, 4),
        (BINS, -1, 3),
    ],
)
def test_it_is_turned_once(document: dict[str, Any], rule: dict[str, Any], direction: int, expected: float) -> None:
    framework = _framework(document, rule=rule, direction=direction)
    assert score(framework, "household", {"income": 800, "members": 4}) == {"one": expected}


@pytest.mark.parametrize(
    ("answers", "signs"), [({"income": 800, "members": 0}, "11"), ({"income": 800}, "10"), ({"members": "x"}, "00")]
)
def test_each_of_its_numbers_counts_for_completeness(
    document: dict[str, Any], answers: dict[str, Any], signs: str
) -> None:
    checklist = compile_checklist(_framework(document, rule=POSTS, kind="figures"))
    assert checklist.read("household", answers) == {"figures": signs}
