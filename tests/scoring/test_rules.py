"""Each rule, on ordinary answers, at its edges, and on answers that hold no value."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from app.scoring.framework import Rule, Scale
from app.scoring.reading import Reading, missing_codes
from app.scoring.rules import compile_rule

CODES = missing_codes({"dk": "dont_know", "refused": "refused", "-99": "dont_know", "lost": "form_lost"})
READING = Reading(Scale(min=1, max=5), CODES, "not_answered")
BLANK = object()

MAP = {"type": "map", "question": "q", "map": {"yes": 5, "no": 1}, "not_applicable": ["none_here"]}
BINS = {"type": "bins", "question": "q", "edges": [15, 60], "scores": [5, 3, 1]}
POSTS = {"type": "goalposts", "question": "q", "low": 500, "high": 6500}
COUNT = {
    "type": "count",
    "question": "q",
    "options": ["kit", "plan", "radio"],
    "none": ["none"],
    "to": [1, 2, 4, 5],
}
MEASURED = {"type": "count", "question": "q", "options": ["kit", "plan", "radio", "boat"]}

CASES: list[tuple[dict[str, Any], Any, float | str]] = [
    (MAP, "yes", 5),
    (MAP, "no", 1),
    (MAP | {"reverse": True}, "yes", 1),
    (MAP | {"reverse": True, "map": {"yes": 4.5}}, "yes", 1.5),
    (MAP, "none_here", "not_applicable"),
    (MAP, "dk", "dont_know"),
    (MAP, "lost", "form_lost"),
    (MAP | {"map": {"yes": 5, "no": 1, "dk": 2}}, "dk", 2),
    (MAP, BLANK, "not_answered"),
    (MAP, "", "not_answered"),
    (MAP, None, "not_answered"),
    (MAP, "maybe", "invalid"),
    (MAP, 5, "invalid"),
    (MAP, True, "invalid"),
    (MAP, -99, "dont_know"),
    (MAP, ["yes"], "invalid"),
    (BINS, 0, 5),
    (BINS, 14.999, 5),
    (BINS, 15, 3),
    (BINS, 60, 1),
    (BINS, 1e300, 1),
    (BINS | {"closed": "right"}, 15, 5),
    (BINS | {"closed": "right"}, 15.001, 3),
    (BINS | {"closed": "right"}, 60, 3),
    (BINS, "20", 3),
    (BINS, "20.5", 3),
    (BINS, -99, "dont_know"),
    (BINS, -99.0, "dont_know"),
    (BINS, "-99", "dont_know"),
    (BINS, "-99.0", "dont_know"),
    (BINS, "refused", "refused"),
    (BINS, BLANK, "not_answered"),
    (BINS, "soon", "invalid"),
    (BINS, "1_000", "invalid"),
    (BINS, "nan", "invalid"),
    (BINS, float("inf"), "invalid"),
    (BINS, float("nan"), "invalid"),
    (BINS, 10**400, "invalid"),
    (BINS, False, "invalid"),
    (BINS, [20], "invalid"),
    (POSTS, 500, 1),
    (POSTS, 2000, 2),
    (POSTS, 6500, 5),
    (POSTS, 100, 1),
    (POSTS, 9999, 5),
    (POSTS | {"direction": -1}, 2000, 4),
    (POSTS | {"direction": -1}, 9999, 1),
    (POSTS | {"direction": 1}, 2000, 2),
    (POSTS | {"clip": False}, 2000, 2),
    (POSTS | {"clip": False}, 6500, 5),
    (POSTS | {"clip": False}, 6500.5, "invalid"),
    (POSTS | {"clip": False}, 499, "invalid"),
    (POSTS, "-99", "dont_know"),
    (POSTS, BLANK, "not_answered"),
    (POSTS, "rich", "invalid"),
    (COUNT, ["kit"], 2),
    (COUNT, ["kit", "radio"], 4),
    (COUNT, ["kit", "plan", "radio"], 5),
    (COUNT, ["kit", "kit"], 2),
    (COUNT, ["other"], 1),
    (COUNT, ["other", "kit"], 2),
    (COUNT, ["none"], 1),
    (COUNT, ["none", "kit"], "invalid"),
    (COUNT, ["none", "other"], "invalid"),
    (COUNT, ["dk"], "dont_know"),
    (COUNT, ["dk", "kit"], "invalid"),
    (COUNT, ["dk", "refused"], "invalid"),
    (COUNT, ["dk", "none"], "invalid"),
    (COUNT | {"none": ["none", "dk"]}, ["dk"], 1),
    (COUNT | {"options": ["kit", "plan", "dk"]}, ["kit", "dk"], 4),
    (COUNT, "dk", "dont_know"),
    (COUNT, -99, "dont_know"),
    (COUNT, [], "not_answered"),
    (COUNT, BLANK, "not_answered"),
    (COUNT, "kit", "invalid"),
    (COUNT, [1], "invalid"),
    (COUNT, [["kit"]], "invalid"),
    (MEASURED, ["kit"], 2),
    (MEASURED, ["kit", "plan", "radio", "boat"], 5),
    (MEASURED, ["other"], 1),
    (MEASURED | {"low": 1, "high": 3}, ["kit"], 1),
    (MEASURED | {"low": 1, "high": 3}, ["kit", "plan"], 3),
    (MEASURED | {"low": 1, "high": 3}, ["other"], 1),
    (MEASURED | {"low": 1, "high": 3}, ["kit", "plan", "radio", "boat"], 5),
    (MEASURED | {"weights": {"kit": 1, "plan": 1, "radio": 2, "boat": 4}}, ["boat"], 3),
    (MEASURED | {"weights": {"kit": 1, "plan": 1, "radio": 2, "boat": 4}, "high": 4}, ["radio", "plan"], 4),
]


@pytest.mark.parametrize(("rule", "answer", "expected"), CASES)
def test_rule(rule: dict[str, Any], answer: Any, expected: float | str) -> None:
    scoring = compile_rule(TypeAdapter[Rule](Rule).validate_python(rule), READING)
    value = scoring({} if answer is BLANK else {"q": answer})
    assert value == (expected if isinstance(expected, str) else pytest.approx(expected, abs=1e-12))


def test_a_blank_has_the_reason_that_the_framework_gives_it() -> None:
    reading = Reading(Scale(min=1, max=5), {}, "not_asked")
    assert compile_rule(TypeAdapter[Rule](Rule).validate_python(BINS), reading)({}) == "not_asked"
