"""A score is turned once: by its rule, or else by its indicator."""

from typing import Any

import pytest

from app.scoring.framework import Framework
from tests.support.scored import score

MAP = {"type": "map", "question": "q", "map": {"a": 1, "b": 2, "c": 5}}
BINS = {"type": "bins", "question": "q", "edges": [10], "scores": [1, 4]}
POSTS = {"type": "goalposts", "question": "q", "low": 0, "high": 4}
COUNT = {"type": "count", "question": "q", "options": ["kit"], "to": [1, 2]}
SCALE = {"type": "scale", "items": [MAP, MAP | {"reverse": True}, MAP]}
SUM = {"type": "scale", "combine": "sum", "items": [MAP, MAP]}


@pytest.mark.parametrize(
    ("rule", "direction", "answer", "expected"),
    [
        (MAP, 1, "b", 2),
        (MAP, -1, "b", 4),
        (MAP | {"reverse": True}, 1, "b", 4),
        (MAP | {"reverse": True}, -1, "b", 4),
        (BINS, -1, 3, 5),
        (BINS, -1, 30, 2),
        (POSTS, 1, 1, 2),
        (POSTS, -1, 1, 4),
        (POSTS | {"direction": -1}, 1, 1, 4),
        (POSTS | {"direction": -1}, -1, 1, 4),
        (COUNT, -1, ["kit"], 4),
        (SCALE, 1, "b", 8 / 3),
        (SCALE, -1, "b", 10 / 3),
        (SUM, -1, "b", 2),
        (MAP, -1, "z", "invalid"),
    ],
)
def test_direction(
    document: dict[str, Any], rule: dict[str, Any], direction: int, answer: Any, expected: float | str
) -> None:
    document["indicators"] = [{"id": "one", "direction": direction, "rule": rule}]
    scores = score(Framework.model_validate(document), "household", {"q": answer})
    assert scores["one"] == (expected if isinstance(expected, str) else pytest.approx(expected, abs=1e-12))


@pytest.mark.parametrize("choice", ["a", "b", "c"])
def test_mirroring_is_on_the_indicators_own_scale(document: dict[str, Any], choice: str) -> None:
    own = {"scale": {"min": 0, "max": 10}, "rule": MAP}
    document["indicators"] = [{"id": "plain", **own}, {"id": "turned", "direction": -1, **own}]
    scores = score(Framework.model_validate(document), "household", {"q": choice})
    assert scores["plain"] + scores["turned"] == 10
