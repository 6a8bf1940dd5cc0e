"""Estimates from sums over sampled units, each with its Taylor-linearised effects.

An estimate's effects are what every sampled unit adds to its error, to first order. Standard errors, covariances,
composites and differences all follow from them (Woodruff 1971; Särndal, Swensson & Wretman 1992, section 5.5;
Lumley 2010, appendix A).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from app.scoring.cells import Cell, Cells, Number, Respondents, Unit, common_scale, exact_sum, respondents
from app.scoring.crowd import Crowd, Slopes
from app.scoring.framework import Combine

Effects = Mapping[Unit, float]

# Shares of weights that are equal on paper may differ by rounding, far below anything that a person means.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, its effects by sampled unit, and whom it rests on.

    `value` None: nobody answered. `effects` None: its sampling error is not known, as of a number from elsewhere
    or the least of several. `households` says how much it follows means of households that are each a PSU of its own,
    whose effects are only known in sum. `spread` is S², a mean's variance of values between interviews.
    """

    value: float | None
    effects: Effects | None
    respondents: Respondents
    spread: float | None = None
    households: Slopes = field(default_factory=dict)


Parts = Sequence[tuple[float, Estimate]]


def mean(cells: Cells) -> Estimate:
    """Σwy / Σw over those who answered: a proportion where y is 0 or 1.

    Effects z = (Σ_unit wy - mean Σ_unit w) / Σw (Särndal, Swensson & Wretman 1992, result 5.7.1), and
    S² = n/(n-1) (Σwy²/Σw - mean²), which design effects compare with.
    """
    held = _held(cells)
    totals = {unit: cell.total for unit, cell in held.items()}
    value, together = _ratio(totals, {unit: cell.weight for unit, cell in held.items()})
    effects = {unit: effect for unit, effect in together.items() if unit[1]}
    base = respondents(held)
    if value is None or base.n < 2:
        return Estimate(value, effects, base)
    middle = exact_sum(totals.values()) / base.weight
    squares = exact_sum(cell.value_squares for cell in held.values()) / base.weight
    return Estimate(value, effects, base, float((squares - middle**2) * Fraction(base.n, base.n - 1)))


def total(cells: Cells) -> Estimate:
    """Σwy, with effects Σ_unit wy (Särndal, Swensson & Wretman 1992, result 2.8.1)."""
    held = _held(cells)
    value = float(exact_sum(cell.total for cell in held.values())) if held else None
    return Estimate(value, {unit: float(cell.total) for unit, cell in held.items()}, respondents(held))


def ratio(numerators: Cells, denominators: Cells) -> Estimate:
    """Σwy / Σwx over the interviews that have both y and x, which are those that both tables must hold.

    Effects z = (Σ_unit wy - ratio Σ_unit wx) / Σwx (Särndal, Swensson & Wretman 1992, result 5.6.2).
    """
    held = _held(numerators)
    totals = {unit: cell.total for unit, cell in held.items()}
    value, effects = _ratio(totals, {unit: denominators[unit].total for unit in held})
    return Estimate(value, effects, respondents(held))


def difference(one: Estimate, other: Estimate) -> Estimate:
    """One less the other. Where they share PSUs, they covary by themselves; no interview should be in both."""
    base = one.respondents | other.respondents
    if one.value is None or other.value is None:
        return Estimate(None, {}, base)
    parts: Parts = [(1, one), (-1, other)]
    return Estimate(one.value - other.value, _weigh(parts), base, households=_follow(parts))


def combine(how: Combine, parts: Sequence[tuple[float, Estimate]], base: Respondents, min_share: float = 0) -> Estimate:
    """One estimate from weighted ones, `base` being the interviews with a valid value in any of them.

    Parts without a value are left out and the other weights scaled to add up to 1, unless these are less than
    `min_share` of the whole weight. Effects are exact for an arithmetic mean, to first order for a geometric and
    a harmonic one (delta method; Särndal, Swensson & Wretman 1992, result 5.5.1), whose parts must be above zero.
    """
    known = [(weight, part, part.value) for weight, part in parts if part.value is not None]
    present = math.fsum(weight for weight, *_ in known)
    if not known or present < (min_share - _ROUNDING) * math.fsum(weight for weight, _ in parts):
        return Estimate(None, {}, base)
    value, slopes = _aggregate(how, [(weight / present, part_value) for weight, _, part_value in known])
    sloped = [(slope, part) for slope, (_, part, _) in zip(slopes, known, strict=bool(slopes))]
    return Estimate(value, _weigh(sloped) if sloped else None, base, households=_follow(sloped))


def _aggregate(how: Combine, shares: Sequence[tuple[float, float]]) -> tuple[float, list[float]]:
    """The mean of (share, value) pairs and its slopes along the values; the least value has none."""
    match how:
        case "arithmetic":
            return math.fsum(share * value for share, value in shares), [share for share, _ in shares]
        case "geometric":
            whole = math.exp(math.fsum(share * math.log(value) for share, value in shares))
            return whole, [whole * share / value for share, value in shares]
        case "harmonic":
            whole = 1 / math.fsum(share / value for share, value in shares)
            return whole, [share * (whole / value) ** 2 for share, value in shares]
        case "min":
            return min(value for _, value in shares), []


def _weigh(parts: Parts) -> Effects | None:
    """The effects of Σ slope x part; None when those of a part are not known."""
    terms: dict[Unit, list[float]] = {}
    for slope, part in parts:
        if part.effects is None:
            return None
        for unit, effect in part.effects.items():
            terms.setdefault(unit, []).append(slope * effect)
    return {unit: math.fsum(own) for unit, own in terms.items()}


def _follow(parts: Parts) -> Slopes:
    terms: dict[tuple[Crowd, str], list[float]] = {}
    for slope, part in parts:
        for key, own in part.households.items():
            terms.setdefault(key, []).append(slope * own)
    return {key: math.fsum(own) for key, own in terms.items()}


def _held(cells: Cells) -> dict[Unit, Cell]:
    return {unit: cell for unit, cell in cells.items() if cell.n}


def _ratio(tops: Mapping[Unit, Number], bottoms: Mapping[Unit, Number]) -> tuple[float | None, Effects]:
    """Σ top / Σ bottom with its effects, each the float nearest to the exact number; None for a bottom of 0."""
    top, top_scale = common_scale(tops)
    bottom, bottom_scale = common_scale(bottoms)
    whole_top, whole_bottom = sum(top.values()), sum(bottom.values())
    if whole_bottom == 0:
        return None, {}
    scale = top_scale * whole_bottom**2
    effects = {unit: bottom_scale * (top[unit] * whole_bottom - whole_top * bottom[unit]) / scale for unit in top}
    return whole_top * bottom_scale / (whole_bottom * top_scale), effects
