"""How sure estimates are: variances over a sample design of strata, PSUs and, where known, secondary units.

    V(a, b) = Σ_h (1 - f_h) n_h/(n_h - 1) Σ_p (a_hp - ā_h)(b_hp - b̄_h)
            + Σ_h f_h Σ_p (1 - f_hp) m_hp/(m_hp - 1) Σ_j (a_hpj - ā_hp)(b_hpj - b̄_hp)

over the effects a and b of two estimates, with n_h of N_h PSUs and m_hp of M_hp secondary units sampled, and
f = n/N, or 0 where N is unknown (Särndal, Swensson & Wretman 1992, results 3.7.1 and 4.3.1; Lumley 2010, chapter 3).
All PSUs of the design count, those without anybody of the domain with effect 0 (the same book, section 5.8).
Numbers stay exact until the last step, hence the same in whatever order they come.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from app.scoring.cells import Respondents, Unit, common_scale
from app.scoring.crowd import NONE, Spread, spreads
from app.scoring.linearised import Estimate

Lonely = Literal["adjust", "average", "remove", "certainty", "fail"]
Pairs = dict[Unit, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Psu:
    """How many secondary units, such as households, are sampled in a PSU, and how many it has (None: unknown)."""

    ssus: int = 0
    population: float | None = None


@dataclass(frozen=True, slots=True)
class Stratum:
    """Every sampled PSU by its label, whoever is asked about, and how many there are (None: no correction).

    `households` counts sampled households that are each a PSU of its own.
    """

    psus: Mapping[str, Psu]
    population: float | None = None
    households: int = 0

    @property
    def sampled(self) -> int:
        return len(self.psus) + self.households


@dataclass(frozen=True, slots=True)
class Design:
    """The strata of a sample, and what to do with a stratum of one sampled PSU out of several.

    As the option survey.lonely.psu of R's survey (Lumley 2010, section 3.2.1): `adjust` centres the PSU at the mean
    over all PSUs, `average` takes the mean contribution of the other strata, with `remove` and `certainty` it
    contributes nothing, `fail` gives no variance. The first two also rule a stratum of which only one PSU holds
    anybody of the domain (survey.adjust.domain.lonely).
    """

    strata: Mapping[str, Stratum]
    lonely: Lonely = "adjust"


def lonely_strata(design: Design, respondents: Respondents) -> list[str]:
    """The strata, in order, that the design's rule for lonely PSUs has to settle."""
    groups = _strata(design, dict.fromkeys(respondents.psus, (0, 0)), _crowds(respondents.households, {}))
    return sorted(name for name, group in groups.items() if group.is_lonely(design.lonely))


def covariance(design: Design, one: Estimate, other: Estimate) -> float | None:
    """V of two estimates; None if one has no effects, or where the rule for lonely PSUs gives no number. No household
    that is a PSU of its own may be in both, unless they are the same.

    Raises KeyError for a stratum or PSU that the design does not have.
    """
    if one.effects is None or other.effects is None:
        return None
    (left, left_scale), (right, right_scale) = common_scale(one.effects), common_scale(other.effects)
    pairs = {unit: (left.get(unit, 0), right.get(unit, 0)) for unit in {**left, **right}}
    held = one.respondents if one is other else one.respondents | other.respondents
    crowds = _crowds(held.households, spreads(one.households, other.households), left_scale, right_scale)
    groups = _strata(design, dict.fromkeys(held.psus, (0, 0)) | _by_psu(pairs), crowds)
    first, second = _first_stage(groups.values(), design.lonely), _second_stage(design, pairs)
    if first is None or second is None:
        return None
    return float((first + second) / (left_scale * right_scale))


def variance(design: Design, estimate: Estimate) -> float | None:
    """V of an estimate with itself; None as in `covariance`."""
    return covariance(design, estimate, estimate)


def standard_error(design: Design, estimate: Estimate) -> float | None:
    """√V; None without a value or variance, and with 0 degrees of freedom, where V could not show any error."""
    if estimate.value is None or estimate.respondents.df < 1:
        return None
    squared = variance(design, estimate)
    return None if squared is None else math.sqrt(squared)


def coefficient_of_variation(estimate: Estimate, error: float | None) -> float | None:
    """Standard error over the estimate's size; None without either, or for an estimate of 0."""
    return error / abs(estimate.value) if error is not None and estimate.value else None


def design_effect(estimate: Estimate, error: float | None) -> float | None:
    """V over that of simple random sampling with replacement, S²/n (Kish 1965, section 8.2).

    Only means have one, and not those of a constant.
    """
    if error is None or not estimate.spread:
        return None
    return error**2 / (estimate.spread / estimate.respondents.n)


def design_effect_without_replacement(estimate: Estimate, error: float | None) -> float | None:
    """V over that of simple random sampling without replacement, S²/n (1 - n/N), N being the sum of weights.

    None as in `design_effect`, and where the weights do not add up to more than n.
    """
    replaced = design_effect(estimate, error)
    n, population = estimate.respondents.n, estimate.respondents.weight
    return replaced / float((population - n) / population) if replaced is not None and population > n else None


@dataclass(frozen=True, slots=True)
class _Crowded:
    """How many households of a stratum, each a PSU of its own, are in the domain, and their effects in sum."""

    held: int = 0
    spread: Spread = NONE


_NOBODY = _Crowded()


@dataclass(frozen=True, slots=True)
class _Group:
    """A stratum or, at the second stage, a PSU: the effects of those of its sampled units that hold anybody."""

    sampled: int
    fraction: Fraction
    pairs: Sequence[tuple[int, int]]
    crowd: _Crowded = _NOBODY

    def is_lonely(self, rule: Lonely) -> bool:
        by_domain = rule in ("adjust", "average") and len(self.pairs) + self.crowd.held == 1
        return self.fraction < 1 and (self.sampled == 1 or by_domain)

    def sums(self) -> tuple[Fraction, Fraction]:
        own = self.crowd.spread
        return own.x + sum(x for x, _ in self.pairs), own.y + sum(y for _, y in self.pairs)

    def scatter(self, among: int, x: Fraction, y: Fraction) -> Fraction:
        """(1 - f) n/(n - 1) Σ (x_i - x/among)(y_i - y/among) over all sampled units, those not held being 0."""
        own_x, own_y = self.sums()
        products = self.crowd.spread.products + sum(x_i * y_i for x_i, y_i in self.pairs)
        centred = products - (x * own_y + y * own_x) / among + self.sampled * x * y / (among * among)
        return (1 - self.fraction) * Fraction(self.sampled, max(self.sampled - 1, 1)) * centred

    def own_scatter(self) -> Fraction:
        return self.scatter(self.sampled, *self.sums())


def _first_stage(groups: Iterable[_Group], rule: Lonely) -> Fraction | None:
    everyone = list(groups)
    lonely = [group for group in everyone if group.is_lonely(rule)]
    settled = [group for group in everyone if not group.is_lonely(rule)]
    own = sum((group.own_scatter() for group in settled), Fraction(0))
    if not lonely or rule in ("remove", "certainty"):
        return own
    if rule == "adjust":
        among, sums = sum(group.sampled for group in everyone), [group.sums() for group in everyone]
        x, y = sum((x for x, _ in sums), Fraction(0)), sum((y for _, y in sums), Fraction(0))
        return own + sum(group.scatter(among, x, y) for group in lonely)
    return own * Fraction(len(everyone), len(settled)) if rule == "average" and settled else None


def _second_stage(design: Design, pairs: Pairs) -> Fraction | None:
    """What sampling inside of PSUs adds. Of a lone unit, as in R, only `fail` makes something."""
    parts = [Fraction(0)]
    for (stratum, psu), members in _nested(pairs).items():
        above = design.strata[stratum]
        known = above.psus[psu]
        sampled = max(known.ssus, len(members))
        group = _Group(sampled, _fraction(sampled, known.population), members)
        if design.lonely == "fail" and group.is_lonely("fail"):
            return None
        parts.append(_fraction(above.sampled, above.population) * group.own_scatter())
    return sum(parts, Fraction(0))


def _crowds(
    held: Mapping[str, int], found: Mapping[str, Spread], left_scale: int = 1, right_scale: int = 1
) -> dict[str, _Crowded]:
    """The households in units of the effects that they are added to."""
    return {
        stratum: _Crowded(
            count,
            Spread(own.x * left_scale, own.y * right_scale, own.products * left_scale * right_scale),
        )
        for stratum, count in held.items()
        for own in [found.get(stratum, NONE)]
    }


def _strata(
    design: Design, totals: Mapping[Unit, tuple[int, int]], crowds: Mapping[str, _Crowded]
) -> dict[str, _Group]:
    held: dict[str, list[tuple[int, int]]] = {stratum: [] for stratum in crowds if stratum in design.strata}
    for unit, pair in totals.items():
        if unit[1] not in design.strata[unit[0]].psus:
            raise KeyError(unit)
        held.setdefault(unit[0], []).append(pair)
    return {name: _group(design.strata[name], pairs, crowds.get(name, _NOBODY)) for name, pairs in held.items()}


def _group(stratum: Stratum, pairs: Sequence[tuple[int, int]], crowd: _Crowded) -> _Group:
    return _Group(stratum.sampled, _fraction(stratum.sampled, stratum.population), pairs, crowd)


def _by_psu(pairs: Pairs) -> Pairs:
    totals: Pairs = {}
    for unit, (x, y) in pairs.items():
        x_so_far, y_so_far = totals.get(unit[:2], (0, 0))
        totals[unit[:2]] = (x_so_far + x, y_so_far + y)
    return totals


def _nested(pairs: Pairs) -> dict[Unit, list[tuple[int, int]]]:
    """The secondary units of every PSU, if there are any."""
    members: dict[Unit, list[tuple[int, int]]] = {}
    for unit, pair in pairs.items():
        if len(unit) > 2:
            members.setdefault(unit[:2], []).append(pair)
    return members


def _fraction(sampled: int, population: float | None) -> Fraction:
    """A population smaller than its sample is a mistake in the frame, and corrects nothing."""
    return Fraction(0) if population is None or population < sampled else sampled / Fraction(population)
