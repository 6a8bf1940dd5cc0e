"""P-values of t, and of families of comparisons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scoring.quantiles import t_quantile
from app.scoring.significance import holm, two_sided_p

p_values = st.lists(st.floats(0, 1), max_size=8)


def test_p_of_t() -> None:
    assert two_sided_p(0, 5) == 1
    assert two_sided_p(-2.5, 12) == two_sided_p(2.5, 12)
    assert two_sided_p(1, 1) == pytest.approx(0.5, rel=1e-12)
    assert two_sided_p(t_quantile(0.975, 8), 8) == pytest.approx(0.05, rel=1e-12)
    # From the density of t with 2 degrees of freedom: 1 - t / √(2 + t²).
    assert two_sided_p(30, 2) == pytest.approx(1 - 30 / 902**0.5, rel=1e-9)


@pytest.mark.parametrize(
    ("raw", "adjusted"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.5, 0.001, 0.4], [0.8, 0.003, 0.8]),
        ([0.02, 0.02, 0.02], [0.06, 0.06, 0.06]),
        ([0.9, 0.8], [1, 1]),
    ],
)
def test_holm_by_hand(raw: list[float], adjusted: list[float]) -> None:
    assert holm(raw) == pytest.approx(adjusted, rel=1e-12)


@given(raw=p_values)
def test_adjusted_values_keep_their_order_and_never_shrink(raw: list[float]) -> None:
    adjusted = holm(raw)
    assert all(p <= q <= min(1, p * len(raw)) or q == 1 for p, q in zip(raw, adjusted, strict=True))
    assert [adjusted[at] for at in sorted(range(len(raw)), key=raw.__getitem__)] == sorted(adjusted)
