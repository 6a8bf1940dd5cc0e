"""Several questions as one score: means, sums, and items that are missing."""

from typing import Any

import pytest

from app.scoring.framework import Scale, ScaleRule
from app.scoring.reading import UNASKED, Reading, missing_codes
from app.scoring.rules import compile_rule

READING = Reading(Scale(min=1, max=5), missing_codes({"dk": "dont_know"}), "not_answered")
LIKERT = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
ITEMS = [
    {"type": "map", "question": "a", "map": LIKERT, "not_applicable": ["na"]},
    {"type": "map", "question": "b", "map": LIKERT, "not_applicable": ["na"]},
    {"type": "map", "question": "c", "map": LIKERT, "reverse": True, "not_applicable": ["na"]},
]
YES = {"yes": 1, "no": 0}
TRIPLET = [{"type": "map", "question": name, "map": YES} for name in "abc"]
SKIPPED_BY_DESIGN = {"items": TRIPLET, "combine": "sum", "blank": 0}

CASES: list[tuple[dict[str, Any], dict[str, Any], float | str]] = [
    ({}, {"a": "5", "b": "4", "c": "2"}, 13 / 3),
    ({}, {"a": "5", "b": "4"}, "too_few_items"),
    ({}, {}, "too_few_items"),
    ({"min_answered": 2}, {"a": "5", "b": "4"}, 4.5),
    ({"min_answered": 2}, {"a": "5", "b": "dk"}, "too_few_items"),
    ({"min_answered": 2}, {"a": "5", "b": "4", "c": "what"}, 4.5),
    ({"min_answered": 2}, {"a": "5", "b": "what", "c": "what"}, "too_few_items"),
    ({"weights": [1, 2, 1]}, {"a": "5", "b": "4", "c": "2"}, 17 / 4),
    ({"weights": [1, 2, 1], "min_answered": 2}, {"a": "5", "b": "4"}, 13 / 3),
    ({}, {"a": "5", "b": "na", "c": "2"}, 4.5),
    ({}, {"a": "5", "b": "na", "c": "dk"}, "too_few_items"),
    ({}, {"a": "na", "b": "na", "c": "na"}, "not_applicable"),
    ({"blank": 1}, {"a": "5"}, 7 / 3),
    ({"blank": 1}, {"a": "5", "b": "dk"}, 3),
    ({"blank": 1, "min_answered": 2}, {"a": "5"}, "too_few_items"),
    ({"combine": "sum"}, {"a": "5", "b": "4", "c": "5"}, 10),
    ({"combine": "sum", "min_answered": 2}, {"a": "5", "b": "4"}, 13.5),
    ({"combine": "sum", "weights": [1, 2, 1]}, {"a": "5", "b": "4", "c": "5"}, 14),
    (SKIPPED_BY_DESIGN, {"a": "no"}, 0),
    (SKIPPED_BY_DESIGN, {"a": "yes", "b": "no"}, 1),
    (SKIPPED_BY_DESIGN, {"a": "yes", "b": "yes", "c": "yes"}, 3),
    (SKIPPED_BY_DESIGN, {}, "too_few_items"),
    (SKIPPED_BY_DESIGN, {"a": "yes", "b": "what"}, 1.5),
    (SKIPPED_BY_DESIGN, {"a": "yes", "b": UNASKED, "c": UNASKED}, 1),
    (SKIPPED_BY_DESIGN, {"a": UNASKED, "b": UNASKED, "c": UNASKED}, "not_asked"),
    ({"min_answered": 2}, {"a": "5", "b": "4", "c": UNASKED}, 4.5),
]


@pytest.mark.parametrize(("members", "answers", "expected"), CASES)
def test_scale(members: dict[str, Any], answers: dict[str, Any], expected: float | str) -> None:
    rule = ScaleRule.model_validate({"type": "scale", "items": ITEMS, **members})
    value = compile_rule(rule, READING)(answers)
    assert value == (expected if isinstance(expected, str) else pytest.approx(expected, abs=1e-12))


def test_items_may_be_of_any_other_rule() -> None:
    items = [
        {"type": "bins", "question": "minutes", "edges": [15], "scores": [5, 1]},
        {"type": "goalposts", "question": "income", "low": 0, "high": 8},
        {"type": "count", "question": "steps", "options": ["kit"], "to": [1, 5]},
    ]
    scoring = compile_rule(ScaleRule.model_validate({"type": "scale", "items": items}), READING)
    assert scoring({"minutes": 10, "income": 2, "steps": ["kit"]}) == pytest.approx(4)
