"""What interviews add up to: all that estimates are made of.

Every sum is exactly rounded (`math.fsum`), so the order in which interviews arrived never shows.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.scoring.framework import Framework
from app.scoring.rules import Value

COMMUNITY = "community"
INVALID_WEIGHT = "invalid_weight"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one interview adds to the scores. `weight` None is unusable: counted as missing, never as 1."""

    instance_id: str
    community: str | None
    round: str | None
    weight: float | None
    dimensions: Mapping[str, str]
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class IndicatorSums:
    """One indicator over some interviews: the `n` with a score, the others by reason.

    `total` is the sum of weight times score and `weight` the sum of weights, both over those with a score.
    """

    total: float
    weight: float
    n: int
    missing: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sums:
    """Everything over some interviews: sums by indicator; by tree node, how many were asked anything under it."""

    indicators: Mapping[str, IndicatorSums]
    nodes: Mapping[str, int]


def split(
    contributions: Sequence[Contribution], by: Sequence[str]
) -> Iterator[tuple[dict[str, str], Sequence[Contribution]]]:
    """Domains with their interviews: `{}` with all, then every value of each of `by`.

    `by` names the community or dimensions. Values come in order; an interview without one is in no domain
    of that dimension.
    """
    yield {}, contributions
    for dimension in dict.fromkeys(by):
        members: dict[str, list[Contribution]] = {}
        for each in contributions:
            value = each.community if dimension == COMMUNITY else each.dimensions.get(dimension)
            if value is not None:
                members.setdefault(value, []).append(each)
        for value in sorted(members):
            yield {dimension: value}, members[value]


def add_up(framework: Framework, contributions: Sequence[Contribution]) -> Sums:
    """The sums over these interviews, whatever their order."""
    asked = [each.values.keys() for each in contributions if each.weight is not None]
    below = {node.id: {leaf.indicator for leaf in node.leaves()} for node in framework.tree.nodes()}
    return Sums(
        indicators={each.id: _indicator_sums(each.id, contributions) for each in framework.indicators},
        nodes={node: sum(not leaves.isdisjoint(own) for own in asked) for node, leaves in below.items()},
    )


def _indicator_sums(indicator: str, contributions: Sequence[Contribution]) -> IndicatorSums:
    products: list[float] = []
    weights: list[float] = []
    missing = Counter[str]()
    for each in contributions:
        value = each.values.get(indicator)
        if value is None:
            continue
        if isinstance(value, str):
            missing[str(value)] += 1
        elif each.weight is None:
            missing[INVALID_WEIGHT] += 1
        else:
            products.append(each.weight * value)
            weights.append(each.weight)
    return IndicatorSums(math.fsum(products), math.fsum(weights), len(weights), missing)
