"""Four ways to make one number of several."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scoring.estimation import combine
from app.scoring.framework import Combine

weighted = st.lists(st.tuples(st.floats(0.01, 1), st.floats(1, 5)), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("how", "expected"), [("arithmetic", 3.5), ("geometric", 8**0.5), ("harmonic", 32 / 13), ("min", 2)]
)
@pytest.mark.parametrize("scale", [1, 0.3, 40])
def test_by_hand(how: Combine, expected: float, scale: float) -> None:
    parts = [(0.5, 2.0), (0.25, 2.0), (0.25, 8.0)]
    assert combine(how, [(weight * scale, value) for weight, value in parts]) == pytest.approx(expected)


@given(parts=weighted)
def test_the_lower_the_less_one_child_makes_up_for_another(parts: list[tuple[float, float]]) -> None:
    ways: list[Combine] = ["min", "harmonic", "geometric", "arithmetic"]
    values = [*(combine(how, parts) for how in ways), max(value for _, value in parts)]
    for lower, upper in pairwise(values):
        assert lower <= upper + 1e-12
