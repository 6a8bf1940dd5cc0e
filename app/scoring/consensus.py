"""How far a workshop agrees, within itself and with the survey."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.scoring.intervals import t_interval


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the groups said of one indicator; None without any score.

    `weighted_mean` weighs groups by their size, `share_within_1` is the share of groups at most 1 from the median.
    """

    n_groups: int
    median: float | None = None
    mean: float | None = None
    weighted_mean: float | None = None
    iqr: float | None = None
    range: float | None = None
    share_within_1: float | None = None


@dataclass(frozen=True, slots=True)
class Deviation:
    """The groups' median less the survey's estimate, over its standard error, and whether outside its interval."""

    delta: float
    t: float | None
    outside_ci: bool | None


def agreement(scores: Sequence[float | None], sizes: Sequence[float]) -> Agreement:
    """The groups' scores of one indicator, None for a group that gave none, with the groups' sizes."""
    given = [(score, size) for score, size in zip(scores, sizes, strict=True) if score is not None]
    values = sorted(score for score, _ in given)
    if not values:
        return Agreement(0)
    n, middle, whole = len(values), quantile(values, 0.5), math.fsum(size for _, size in given)
    return Agreement(
        n_groups=n,
        median=middle,
        mean=math.fsum(values) / n,
        weighted_mean=math.fsum(score * size for score, size in given) / whole if whole else None,
        iqr=quantile(values, 0.75) - quantile(values, 0.25),
        range=values[-1] - values[0],
        share_within_1=sum(abs(value - middle) <= 1 for value in values) / n,
    )


def deviation(median: float, estimate: float, error: float | None, df: float, level: float = 0.95) -> Deviation:
    """How far a median is from the survey's estimate; without its standard error only by how much."""
    delta, interval = median - estimate, t_interval(estimate, error, df, level)
    return Deviation(
        delta=delta,
        t=delta / error if error else None,
        outside_ci=None if interval is None else not interval.low <= median <= interval.high,
    )


def quantile(values: Sequence[float], probability: float) -> float:
    """Of at least one value, linear between order statistics (Hyndman & Fan 1996, definition 7)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * probability
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def kendall_w(ratings: Sequence[Sequence[float | None]]) -> float | None:
    """Concordance of m groups (columns) over n indicators (rows), 0 to 1, corrected for ties.

    Over the indicators that every group scored: (12 S) / (m² (n³ - n) - m Σ (t³ - t)), S the squared deviations of
    the rank sums and t the sizes of ties (Kendall & Babington Smith 1939).
    None with fewer than 2 of either, or when every group gave one score to all.
    """
    rows = [[score for score in row if score is not None] for row in ratings if None not in row]
    n, m = len(rows), len(rows[0]) if rows else 0
    if n < 2 or m < 2:
        return None
    columns = list(zip(*rows, strict=True))
    sums = [sum(own) for own in zip(*(ranks(column) for column in columns), strict=True)]
    squares = sum(each**2 for each in sums) - Fraction(sum(sums) ** 2) / n
    ties = sum(size**3 - size for column in columns for size in Counter(column).values())
    most = m * m * (n**3 - n) - m * ties
    return float(12 * squares / most) if most else None


def ranks(values: Sequence[float]) -> list[Fraction]:
    """1 for the least, ties sharing their mean rank."""
    counts = Counter(values)
    middle, before = {}, 0
    for value in sorted(counts):
        middle[value] = before + Fraction(counts[value] + 1, 2)
        before += counts[value]
    return [middle[value] for value in values]


def spearman(one: Sequence[float], other: Sequence[float]) -> float | None:
    """The correlation of ranks (Spearman 1904); None for fewer than 2 pairs or where one side is constant."""
    left, right = ranks(one), ranks(other)
    middle = Fraction(len(left) + 1, 2)
    products = sum((x - middle) * (y - middle) for x, y in zip(left, right, strict=True))
    squares = sum((x - middle) ** 2 for x in left) * sum((y - middle) ** 2 for y in right)
    return float(products) / math.sqrt(squares) if squares else None


def kappa(one: Sequence[float], other: Sequence[float], power: int = 2) -> float | None:
    """Agreement of two ratings beyond chance: 1 - Σ |x_i - y_i|^power / mean over all pairings of it (Cohen 1968).

    Power 2 weighs disagreements by their squares; 0 counts them, unweighted kappa (Cohen 1960). None where chance
    alone agrees entirely. Ratings are whole scores, see `whole_score`.
    """
    seen = math.fsum(_apart(x, y, power) for x, y in zip(one, other, strict=True)) * len(one)
    by_chance = math.fsum(_apart(x, y, power) for x in one for y in other)
    return 1 - seen / by_chance if by_chance else None


def whole_score(score: float, lowest: int, highest: int) -> int:
    """Rounded half up, between the ends of the scale."""
    return min(highest, max(lowest, math.floor(score + 0.5)))


def mean_absolute(deltas: Sequence[float]) -> float | None:
    """The mean size of deviations, None without any."""
    return math.fsum(abs(delta) for delta in deltas) / len(deltas) if deltas else None


def _apart(x: float, y: float, power: int) -> float:
    return abs(x - y) ** power if x != y else 0.0
