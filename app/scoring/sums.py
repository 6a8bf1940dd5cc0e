"""What interviews add up to, unit by sampled unit: all that estimates are made of.

Sums are exact, so that the order in which interviews arrived never shows.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.scoring.cells import Cell, Cells, Respondents, Unit, respondents
from app.scoring.framework import Framework
from app.scoring.rules import Value
from app.scoring.variance import Design, Psu, Stratum

COMMUNITY = "community"
INVALID_WEIGHT = "invalid_weight"

BITS = 80
"""Binary places of exact sums. Every float from 1e-8 on is a whole number of 2**-80."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one interview adds to the scores, and where it stands in the sample.

    `weight` None is unusable: counted as missing, never as 1. `fpc_psu` and `fpc_ssu` are population counts.
    """

    instance_id: str
    community: str | None
    round: str | None
    weight: float | None
    dimensions: Mapping[str, str]
    values: Mapping[str, Value]
    stratum: str | None = None
    psu: str | None = None
    ssu: str | None = None
    fpc_psu: float | None = None
    fpc_ssu: float | None = None


@dataclass(frozen=True, slots=True)
class IndicatorSums:
    """One indicator over some interviews: sums by sampled unit of those with a score, the others by reason."""

    cells: Cells
    missing: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sums:
    """Everything over some interviews: sums by indicator; by tree node, who was asked anything under it."""

    indicators: Mapping[str, IndicatorSums]
    nodes: Mapping[str, Respondents]


def sample_design(framework: Framework, contributions: Sequence[Contribution]) -> Design:
    """The sample that these interviews are: its strata, its PSUs and, where declared, how many there are of each.

    Without a declared PSU every household is one. Where interviews disagree about a population, the largest counts.
    """
    members: dict[str, dict[str, set[Unit]]] = {}
    strata: dict[str, float] = {}
    psus: dict[Unit, float] = {}
    for each in contributions:
        if each.weight is None:
            continue
        unit = unit_of(framework, each)
        members.setdefault(unit[0], {}).setdefault(unit[1], set()).add(unit)
        if each.fpc_psu is not None:
            strata[unit[0]] = max(each.fpc_psu, strata.get(unit[0], 0))
        if each.fpc_ssu is not None:
            psus[unit[:2]] = max(each.fpc_ssu, psus.get(unit[:2], 0))
    return Design(
        {
            stratum: Stratum(
                {psu: Psu(len(units), psus.get((stratum, psu))) for psu, units in own.items()}, strata.get(stratum)
            )
            for stratum, own in members.items()
        },
        framework.design.lonely_psu,
    )


def unit_of(framework: Framework, contribution: Contribution) -> Unit:
    """The sampled unit of an interview: (stratum, psu), with a declared second stage (stratum, psu, ssu)."""
    own = contribution.instance_id
    first = (contribution.stratum or "", contribution.psu or own)
    return (*first, contribution.ssu or own) if framework.design.ssu else first


def add_up(framework: Framework, contributions: Sequence[Contribution]) -> Sums:
    """The sums over these interviews, whatever their order."""
    units = [unit_of(framework, each) for each in contributions]
    return Sums(
        indicators={each.id: _indicator_sums(each.id, contributions, units) for each in framework.indicators},
        nodes={
            node.id: _asked({leaf.indicator for leaf in node.leaves()}, contributions, units)
            for node in framework.tree.nodes()
        },
    )


def _asked(indicators: set[str], contributions: Sequence[Contribution], units: Sequence[Unit]) -> Respondents:
    """Those with any score at all that were asked for any of these indicators."""
    found: dict[Unit, list[tuple[float, float]]] = {}
    for each, unit in zip(contributions, units, strict=True):
        answered = not indicators.isdisjoint(each.values) and any(not isinstance(v, str) for v in each.values.values())
        if answered and each.weight is not None:
            found.setdefault(unit, []).append((each.weight, 0.0))
    return respondents({unit: _cell(pairs) for unit, pairs in found.items()})


def _indicator_sums(indicator: str, contributions: Sequence[Contribution], units: Sequence[Unit]) -> IndicatorSums:
    found: dict[Unit, list[tuple[float, float]]] = {}
    missing = Counter[str]()
    for each, unit in zip(contributions, units, strict=True):
        value = each.values.get(indicator)
        if value is None:
            continue
        if isinstance(value, str):
            missing[str(value)] += 1
        elif each.weight is None:
            missing[INVALID_WEIGHT] += 1
        else:
            found.setdefault(unit, []).append((each.weight, value))
    return IndicatorSums({unit: _cell(pairs) for unit, pairs in found.items()}, missing)


def _cell(pairs: Sequence[tuple[float, float]]) -> Cell:
    """The sums of (weight, score) pairs, in whole numbers of 2**-80: exact, and so the same in any order."""
    fixed = [(_fixed(weight), _fixed(value)) for weight, value in pairs]
    return Cell(
        len(fixed),
        Fraction(sum(weight for weight, _ in fixed), 1 << BITS),
        Fraction(sum(weight * value for weight, value in fixed), 1 << 2 * BITS),
        Fraction(sum(weight * weight for weight, _ in fixed), 1 << 2 * BITS),
        Fraction(sum(weight * value * value for weight, value in fixed), 1 << 3 * BITS),
    )


def _fixed(number: float) -> int:
    return int(math.ldexp(number, BITS))
