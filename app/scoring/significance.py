"""Whether differences may be chance."""

from collections.abc import Sequence

from app.scoring.quantiles import t_tail


def two_sided_p(t: float, df: float) -> float:
    """How likely Student's t with `df` degrees of freedom is at least as far from 0 (Student 1908)."""
    return min(1.0, 2 * t_tail(abs(t), df))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values of a family, in their order, adjusted so that below 0.05 the whole family errs in at most 5 %.

    The i-th smallest of m becomes the greatest of (m - j + 1) p_(j) over j <= i, at most 1 (Holm 1979).
    """
    m, greatest = len(p_values), 0.0
    adjusted = [0.0] * m
    for rank, at in enumerate(sorted(range(m), key=p_values.__getitem__)):
        greatest = max(greatest, min(1.0, (m - rank) * p_values[at]))
        adjusted[at] = greatest
    return adjusted
