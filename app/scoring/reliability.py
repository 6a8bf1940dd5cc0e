"""Whether the items of a scale measure one thing: Cronbach's alpha, which checks a score and never changes it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from app.scoring.cells import exact_sum

Rows = Sequence[Sequence[float | None]]
Flag = Literal["low", "redundant", "negative"]
_Matrix = list[list[Fraction]]

LEAST_RESPONDENTS = 10
_LOW, _REDUNDANT = 0.6, 0.95


@dataclass(frozen=True, slots=True)
class Reliability:
    """Alpha over `n` respondents and `k` items, raw and of standardised items; None where it cannot be known.

    By item: its correlation with the sum of the others, and alpha without it.
    """

    n: int
    k: int
    alpha: float | None = None
    standardised: float | None = None
    average_r: float | None = None
    item_rest: tuple[float | None, ...] = ()
    alpha_if_dropped: tuple[float | None, ...] = ()

    @property
    def flags(self) -> tuple[Flag, ...]:
        """`low` below 0.6, `redundant` above 0.95, `negative` where an item goes against the others, as it must
        where alpha is below 0; most often a reversed item was not declared so.
        """
        if self.alpha is None:
            return ()
        raised: dict[Flag, bool] = {
            "low": self.alpha < _LOW,
            "redundant": self.alpha > _REDUNDANT,
            "negative": any(r is not None and r < 0 for r in self.item_rest),
        }
        return tuple(flag for flag, holds in raised.items() if holds)


def cronbach(rows: Rows, use: Literal["complete", "pairwise"] = "complete") -> Reliability:
    """Alpha of respondents (rows) by items (columns), items scored in one direction, None unanswered.

    `complete` takes respondents who answered every item, `pairwise` for each two items all who answered both.
    Fewer than 10 respondents, fewer than 2 items and answers that are all the same tell nothing.
    """
    answered = [row for row in rows if (all if use == "complete" else any)(item is not None for item in row)]
    n, k = len(answered), len(rows[0]) if rows else 0
    if n < LEAST_RESPONDENTS or k < 2:
        return Reliability(n, k)
    matrix = _covariances(answered, k)
    if matrix is None:
        return Reliability(n, k)
    items = range(k)
    correlations = _correlations(matrix)
    return Reliability(
        n=n,
        k=k,
        alpha=_alpha(matrix, items),
        standardised=None if correlations is None else _alpha(correlations, items),
        average_r=None if correlations is None else _average_r(correlations),
        item_rest=tuple(_item_rest(matrix, item) for item in items),
        alpha_if_dropped=tuple(_alpha(matrix, [other for other in items if other != item]) for item in items),
    )


def _alpha(matrix: _Matrix, items: Sequence[int]) -> float | None:
    """k/(k-1) (1 - Σ var_j / var of the sum) (Cronbach 1951, eq. 2)."""
    k, whole = len(items), _whole(matrix, items)
    if k < 2 or whole <= 0:
        return None
    return float(Fraction(k, k - 1) * (1 - sum(matrix[item][item] for item in items) / whole))


def _average_r(correlations: _Matrix) -> float:
    apart = [r for one, row in enumerate(correlations) for other, r in enumerate(row) if one != other]
    return float(sum(apart) / len(apart))


def _item_rest(matrix: _Matrix, item: int) -> float | None:
    """The correlation of an item with the sum of the others."""
    others = [other for other in range(len(matrix)) if other != item]
    together = sum(matrix[item][other] for other in others)
    squared = matrix[item][item] * _whole(matrix, others)
    return float(together) / math.sqrt(squared) if squared > 0 else None


def _whole(matrix: _Matrix, items: Sequence[int]) -> Fraction:
    return sum((matrix[one][other] for one in items for other in items), Fraction(0))


def _correlations(matrix: _Matrix) -> _Matrix | None:
    items = range(len(matrix))
    sizes = [math.sqrt(matrix[item][item]) for item in items]
    if 0 in sizes:
        return None
    return [[Fraction(float(matrix[one][other]) / (sizes[one] * sizes[other])) for other in items] for one in items]


def _covariances(rows: Rows, k: int) -> _Matrix | None:
    """Exact covariances between items, each over the respondents who answered both; None if two had no two."""
    matrix = [[_covariance(rows, one, other) for other in range(k)] for one in range(k)]
    known = [[each for each in row if each is not None] for row in matrix]
    return known if all(len(row) == k for row in known) else None


def _covariance(rows: Rows, one: int, other: int) -> Fraction | None:
    both = [(row[one], row[other]) for row in rows]
    pairs = [(Fraction(x), Fraction(y)) for x, y in both if x is not None and y is not None]
    n = len(pairs)
    if n < 2:
        return None
    sum_x, sum_y = exact_sum(x for x, _ in pairs), exact_sum(y for _, y in pairs)
    return (exact_sum(x * y for x, y in pairs) - sum_x * sum_y / n) / (n - 1)
