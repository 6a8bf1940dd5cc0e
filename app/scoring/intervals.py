"""Confidence intervals from an estimate and its standard error.

Quantiles are Student's, with the degrees of freedom of the design, because a normal 1.96 promises too much where a
community is a few PSUs. Everything is in the estimate's unit, except levels, which are shares (0.95).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from app.scoring.quantiles import beta_quantile, t_quantile

ProportionMethod = Literal["logit", "wilson", "beta", "asin", "t"]


@dataclass(frozen=True, slots=True)
class Interval:
    """`low` and `high` at a confidence `level`, and the `method` that was really used."""

    low: float
    high: float
    level: float
    method: str


def t_interval(estimate: float | None, error: float | None, df: float, level: float = 0.95) -> Interval | None:
    """estimate -+ t(df) error (Lumley 2010, chapter 2); None without an error or degrees of freedom."""
    if estimate is None or error is None or df <= 0:
        return None
    half = t_quantile((1 + level) / 2, df) * error
    return Interval(estimate - half, estimate + half, level, "t")


def proportion_interval(
    share: float | None,
    error: float | None,
    df: float,
    n: int,
    method: ProportionMethod = "logit",
    level: float = 0.95,
) -> Interval | None:
    """An interval inside of 0..1 for a proportion, of which `n` interviews were asked; None as in `t_interval`.

    A share of 0 or 1 has no spread to go by: there it is the exact one of n independent answers.
    """
    if share is None or error is None or df <= 0:
        return None
    if method == "t":
        return t_interval(share, error, df, level)
    if share <= 0 or share >= 1:
        return exact_interval(round(share) * n, n, level)
    if error == 0:
        return Interval(share, share, level, method)
    if method == "beta":
        return _beta(share, error, df, n, level)
    low, high = _BY_T[method](share, error, t_quantile((1 + level) / 2, df))
    return Interval(low, high, level, method)


def exact_interval(successes: float, n: float, level: float = 0.95) -> Interval:
    """The proportions that a binomial test of n > 0 answers refuses on neither side (Clopper & Pearson 1934)."""
    outside, failures = (1 - level) / 2, n - successes
    low = beta_quantile(outside, successes, failures + 1) if successes > 0 else 0.0
    high = beta_quantile(1 - outside, successes + 1, failures) if failures > 0 else 1.0
    return Interval(low, high, level, "exact")


def wilson_interval(successes: int, n: int, level: float = 0.95) -> Interval:
    """The score interval of n >= 1 independent answers (Wilson 1927).

    Where all answers but one agree, that side moves outwards (Brown, Cai & DasGupta 2001).
    """
    z = t_quantile((1 + level) / 2, math.inf)
    low, high = _score(successes / n, z * z / n)
    low = -math.log(level) / n if successes == 1 else low
    high = 1 + math.log(level) / n if successes == n - 1 else high
    return Interval(max(low, 0.0), min(high, 1.0), level, "wilson")


def _logit(share: float, error: float, t: float) -> tuple[float, float]:
    """expit(logit p -+ t error / (p (1-p))) (delta method; Lumley 2010, chapter 2)."""
    middle, half = math.log(share / (1 - share)), t * error / (share * (1 - share))
    return _expit(middle - half), _expit(middle + half)


def _wilson(share: float, error: float, t: float) -> tuple[float, float]:
    """The score interval of p (1-p) / error² independent answers (Wilson 1927)."""
    return _score(share, t * t * error * error / (share * (1 - share)))


def _score(share: float, per_answer: float) -> tuple[float, float]:
    """Both p with (share - p)² = z² p (1-p) / n, `per_answer` being z²/n (Wilson 1927)."""
    middle = share + per_answer / 2
    half = math.sqrt(per_answer * (share * (1 - share) + per_answer / 4))
    return (middle - half) / (1 + per_answer), (middle + half) / (1 + per_answer)


def _asin(share: float, error: float, t: float) -> tuple[float, float]:
    """sin²(arcsin √p -+ t error / (2 √(p (1-p)))), whose spread hardly depends on p (Anscombe 1948)."""
    middle, half = math.asin(math.sqrt(share)), t * error / (2 * math.sqrt(share * (1 - share)))
    return math.sin(max(middle - half, 0)) ** 2, math.sin(min(middle + half, math.pi / 2)) ** 2


def _beta(share: float, error: float, df: float, n: int, level: float) -> Interval:
    """The exact interval of n_e (t(n-1) / t(df))² answers, n_e = p (1-p) / error² (Korn & Graubard 1998)."""
    corrected = t_quantile((1 + level) / 2, n - 1) / t_quantile((1 + level) / 2, df)
    answers = share * (1 - share) / error**2 * corrected**2
    found = exact_interval(answers * share, answers, level)
    return Interval(found.low, found.high, level, "beta")


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


_BY_T: dict[str, Callable[[float, float, float], tuple[float, float]]] = {
    "logit": _logit,
    "wilson": _wilson,
    "asin": _asin,
}
