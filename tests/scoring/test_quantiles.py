"""Student's t and the beta distribution, against tables, exact sums and closed forms."""

import math
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scoring.quantiles import beta_cdf, beta_quantile, normal_quantile, t_quantile, t_tail

shares = st.floats(0.001, 0.999)
sizes = st.floats(0.05, 500)


def test_the_golden_table_of_t(golden_rows: Callable[[str], list[dict[str, str]]]) -> None:
    rows = golden_rows("expected/t_quantiles.csv")
    assert len(rows) == 132
    for row in rows:
        df = math.inf if row["df"] == "Inf" else float(row["df"])
        assert t_quantile((1 + float(row["level"])) / 2, df) == pytest.approx(float(row["t"]), rel=1e-12)


@pytest.mark.parametrize("probability", [0.001, 0.2, 0.5, 0.6, 0.975, 0.9999])
def test_one_and_two_degrees_of_freedom_have_closed_forms(probability: float) -> None:
    cauchy = math.tan(math.pi * (probability - 0.5))
    two = (2 * probability - 1) / math.sqrt(2 * probability * (1 - probability))
    assert t_quantile(probability, 1) == pytest.approx(cauchy, rel=1e-12, abs=1e-15)
    assert t_quantile(probability, 2) == pytest.approx(two, rel=1e-12, abs=1e-15)


def test_many_degrees_of_freedom_are_a_normal_distribution() -> None:
    assert t_quantile(0.975, 100_000) == pytest.approx(1.959987707534, rel=1e-11)
    assert t_quantile(0.975, math.inf) == normal_quantile(0.975) == pytest.approx(1.959963984540054, rel=1e-15)
    assert t_tail(1.96, math.inf) == pytest.approx(0.0249978951482204, rel=1e-12)


WHOLE = [(1, 1), (3, 200), (200, 3), (60, 60), (9, 12), (10, 10), (40, 7)]
CASES = [(a, b, x) for a, b in WHOLE for x in (1e-6, 0.01, 0.2, 0.5, 0.75, 0.999)]


@pytest.mark.parametrize(("a", "b", "x"), [*CASES, (2000, 2500, 7 / 16)])
def test_whole_numbers_make_binomial_sums(a: int, b: int, x: float) -> None:
    n, (yes, of) = a + b - 1, x.as_integer_ratio()
    exact = Fraction(sum(math.comb(n, k) * yes**k * (of - yes) ** (n - k) for k in range(a, n + 1)), of**n)
    assert beta_cdf(x, a, b) == pytest.approx(float(exact), rel=1e-12, abs=1e-290)


@given(share=shares, a=sizes, b=sizes)
def test_a_quantile_is_where_the_distribution_reaches_its_probability(share: float, a: float, b: float) -> None:
    x = beta_quantile(share, a, b)
    if 1e-300 < x < 0.999:
        assert beta_cdf(x, a, b) == pytest.approx(share, rel=1e-10)


@given(share=shares, df=st.integers(1, 5000))
def test_t_is_symmetric_and_turns_back(share: float, df: int) -> None:
    t = t_quantile(share, df)
    assert t_quantile(1 - share, df) == pytest.approx(-t, rel=1e-9, abs=1e-12)
    assert 1 - t_tail(t, df) == pytest.approx(share, rel=1e-10)


def test_the_ends() -> None:
    assert beta_cdf(0, 2, 3) == beta_quantile(0, 2, 3) == 0
    assert beta_cdf(1, 2, 3) == beta_quantile(1, 2, 3) == 1
    assert beta_quantile(1e-300, 0.1, 3) == 0
    assert beta_quantile(0.975, 20, 0.002) == 1
    assert t_quantile(0.5, 7) == 0
