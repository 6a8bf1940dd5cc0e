"""What a framework would score outside of its scale is invalid; what only rounding puts there is not."""

from typing import Any

import orjson
import pytest

from app.scoring.framework import Framework
from tests.support.scored import score


def _score(document: dict[str, Any], rule: dict[str, Any], answers: dict[str, Any]) -> float | str:
    document["indicators"] = [{"id": "one", "rule": rule}]
    return score(Framework.model_validate(document), "household", answers)["one"]


@pytest.mark.parametrize(("score", "expected"), [(5, 5), (1, 1), (5.1, "invalid"), (0, "invalid")])
def test_a_score_beyond_the_ends(document: dict[str, Any], score: float, expected: float | str) -> None:
    assert _score(document, {"type": "map", "question": "q", "map": {"a": score}}, {"q": "a"}) == expected


@pytest.mark.parametrize("score", [1e30, -1e30, 1e300, 2.0**53, 2.0**64, 4, 4.5, 0.0, -0.0])
def test_a_scale_of_any_length(document: dict[str, Any], score: float) -> None:
    document["scale"] = {"min": -1e300, "max": 1e300}
    kept = orjson.dumps(_score(document, {"type": "map", "question": "q", "map": {"a": score}}, {"q": "a"}))
    assert orjson.loads(kept) == score


def test_a_sum_that_is_scaled_up_beyond_the_ends(document: dict[str, Any]) -> None:
    items = [
        {"type": "map", "question": "a", "map": {"x": 1}},
        {"type": "map", "question": "b", "map": {"x": 4}},
    ]
    rule = {"type": "scale", "combine": "sum", "min_answered": 1, "items": items}
    assert _score(document, rule, {"a": "x", "b": "x"}) == 5
    assert _score(document, rule, {"b": "x"}) == "invalid"


@pytest.mark.parametrize("weights", [[0.1, 0.2, 0.7], [0.1, 0.1, 0.1], [0.3, 0.3, 0.4], [1e-3, 7, 1e3]])
def test_rounding_is_no_reason(document: dict[str, Any], weights: list[float]) -> None:
    document["scale"] = {"min": 0.1, "max": 0.7}
    items = [{"type": "map", "question": name, "map": {"low": 0.1, "high": 0.7}} for name in "abc"]
    rule = {"type": "scale", "weights": weights, "items": items}
    for choice, end in (("low", 0.1), ("high", 0.7)):
        value = _score(document, rule, dict.fromkeys("abc", choice))
        assert value == pytest.approx(end, abs=1e-15)
        assert not isinstance(value, str)
        assert 0.1 <= value <= 0.7
