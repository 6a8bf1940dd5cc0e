"""Intervals of proportions: tables of independent answers, and the ends 0 and 1."""

import math
from collections.abc import Callable
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scoring.intervals import ProportionMethod, exact_interval, proportion_interval, t_interval, wilson_interval

METHODS: tuple[ProportionMethod, ...] = get_args(ProportionMethod)


def test_independent_answers(golden_rows: Callable[[str], list[dict[str, str]]]) -> None:
    table = golden_rows("expected/binomial_ci_srs.csv")
    rows = [{name: float(cell) for name, cell in row.items()} for row in table]
    assert len(rows) == 10
    for row in rows:
        share, n = row["x"] / row["n"], int(row["n"])
        error = math.sqrt(share * (1 - share) / n)
        exact, wald = exact_interval(row["x"], n), t_interval(share, error, math.inf)
        assert (exact.low, exact.high) == pytest.approx((row["exact_low"], row["exact_high"]), rel=1e-12)
        assert wald
        assert (wald.low, wald.high) == pytest.approx((row["wald_low"], row["wald_high"]), rel=1e-12, abs=1e-14)
        wilson = wilson_interval(int(row["x"]), n)
        assert (wilson.low, wilson.high) == pytest.approx((row["wilson_low"], row["wilson_high"]), rel=1e-12)
        if 1 < row["x"] < n - 1:
            by_error = proportion_interval(share, error, math.inf, n, "wilson")
            assert by_error
            assert (by_error.low, by_error.high) == pytest.approx((wilson.low, wilson.high), rel=1e-12)


@pytest.mark.parametrize("method", [method for method in METHODS if method != "t"])
def test_nobody_and_everybody(method: ProportionMethod) -> None:
    nobody = proportion_interval(0, 0, 6, 30, method)
    everybody = proportion_interval(1, 0, 6, 30, method)
    assert nobody
    assert everybody
    assert (nobody.low, everybody.high, nobody.method) == (0, 1, "exact")
    # The greatest p of which none among 30 is not yet unlikely: (1 - p)^30 = 0.025.
    assert nobody.high == pytest.approx(1 - 0.025 ** (1 / 30), rel=1e-12)
    assert everybody.low == pytest.approx(0.025 ** (1 / 30), rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_without_an_error_or_degrees_of_freedom_there_is_none(method: ProportionMethod) -> None:
    assert proportion_interval(0.4, None, 5, 30, method) is None
    assert proportion_interval(0.4, 0.1, 0, 30, method) is None
    assert proportion_interval(None, None, 5, 0, method) is None


@pytest.mark.parametrize("method", METHODS)
def test_a_share_that_the_design_fixes_is_certain(method: ProportionMethod) -> None:
    fixed = proportion_interval(0.25, 0, 5, 40, method)
    assert fixed
    assert (fixed.low, fixed.high) == (0.25, 0.25)


@given(share=st.floats(0.01, 0.99), error=st.floats(0.001, 0.4), df=st.integers(1, 60), n=st.integers(10, 900))
@pytest.mark.parametrize("method", [method for method in METHODS if method != "t"])
def test_a_share_lies_inside_and_its_complement_is_mirrored(
    method: ProportionMethod, share: float, error: float, df: int, n: int
) -> None:
    yes, no = (proportion_interval(each, error, df, n, method) for each in (share, 1 - share))
    assert yes
    assert no
    assert 0 <= yes.low <= share <= yes.high <= 1
    assert (1 - yes.high, 1 - yes.low) == pytest.approx((no.low, no.high), abs=1e-9)
