"""From sums to score rows: an estimate for each indicator, combined up the tree."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, NotRequired, TypedDict

from app.scoring.framework import Combine, Framework, Leaf, Node
from app.scoring.sums import INVALID_WEIGHT, Contribution, Sums, add_up, split

Level = Literal["total", "component", "category", "indicator"]

# Shares and means that are equal on paper may differ by rounding, far below anything that a person means.
_ROUNDING = 1e-9


class Share(TypedDict):
    """A child in its node. Contributions add up to the node's estimate, which only an arithmetic node has."""

    node: str
    weight: float
    estimate: float | None
    contribution: float | None


class ScoreRow(TypedDict):
    """One node of the tree in one domain; numbers are not rounded.

    `n` counts interviews with a score, for a node of the tree those that were asked anything under it;
    `missing` adds up its indicators' reasons, `coverage` is the weight share of the children with an estimate.
    `band` is the total's, where the framework declares bands.
    """

    node: str
    level: Level
    domain: dict[str, str]
    estimate: float | None
    n: int
    missing: dict[str, int]
    coverage: float
    flags: list[str]
    suppressed: None
    children: list[Share]
    band: NotRequired[str | None]


def score_rows(framework: Framework, contributions: Iterable[Contribution], by: Sequence[str] = ()) -> list[ScoreRow]:
    """The rows of all interviews together, then of each value of the communities or dimensions in `by`.

    Within a domain the tree comes first, parents before children, then the indicators outside of it. The same
    interviews in any order give the same rows.
    """
    return [
        row
        for domain, members in split(list(contributions), by)
        for row in domain_rows(framework, domain, add_up(framework, members))
    ]


def domain_rows(framework: Framework, domain: dict[str, str], sums: Sums) -> list[ScoreRow]:
    """The rows of one domain from its sums."""
    table = _Domain(framework, domain, sums)
    placed = {leaf.indicator for leaf in framework.tree.leaves()}
    tree = table.tree_rows(framework.tree, "total")
    if framework.bands:
        tree[0]["band"] = band_of(framework, tree[0]["estimate"])
    outside = [table.indicator_row(each.id) for each in framework.indicators if each.id not in placed]
    return (tree if framework.total == "on" else tree[1:]) + outside


def band_of(framework: Framework, estimate: float | None) -> str | None:
    """The id of the band that starts highest at or below the estimate.

    So 35.5 belongs to 20-35 where the next band starts at 36. None below the lowest band, above the highest,
    and without an estimate.
    """
    below = [band for band in framework.bands if estimate is not None and band.min <= estimate + _ROUNDING]
    if estimate is None or not below or estimate > max(band.max for band in framework.bands) + _ROUNDING:
        return None
    return max(below, key=lambda band: band.min).id


def combine(how: Combine, parts: Sequence[tuple[float, float]]) -> float:
    """One number from at least one (weight, estimate), the weights scaled to add up to 1.

    Geometric and harmonic means need estimates above zero, which a checked framework's scale guarantees.
    """
    whole = math.fsum(weight for weight, _ in parts)
    match how:
        case "arithmetic":
            return math.fsum(weight * estimate for weight, estimate in parts) / whole
        case "geometric":
            return math.exp(math.fsum(weight * math.log(estimate) for weight, estimate in parts) / whole)
        case "harmonic":
            return whole / math.fsum(weight / estimate for weight, estimate in parts)
        case "min":
            return min(estimate for _, estimate in parts)


@dataclass(frozen=True, slots=True)
class _Domain:
    framework: Framework
    domain: dict[str, str]
    sums: Sums

    def tree_rows(self, place: Node | Leaf, level: Level) -> list[ScoreRow]:
        if isinstance(place, Leaf):
            return [self.indicator_row(place.indicator)]
        below: Level = "component" if level == "total" else "category"
        branches = [self.tree_rows(child, below) for child in place.children]
        return [self.node_row(place, level, [branch[0] for branch in branches]), *chain(*branches)]

    def indicator_row(self, indicator: str) -> ScoreRow:
        own = self.sums.indicators[indicator]
        estimate = own.total / own.weight if own.n else None
        return self._row(indicator, "indicator", estimate, own.n, own.missing, 1.0 if own.n else 0.0, [])

    def node_row(self, node: Node, level: Level, children: list[ScoreRow]) -> ScoreRow:
        rows = [(child.weight, row) for child, row in zip(node.children, children, strict=True)]
        known = [(weight, row["estimate"]) for weight, row in rows if row["estimate"] is not None]
        present = math.fsum(weight for weight, _ in known)
        coverage = present / math.fsum(weight for weight, _ in rows)
        least = self.framework.policy.min_child_share if node.min_child_share is None else node.min_child_share
        estimate = combine(node.combine, known) if known and coverage >= least - _ROUNDING else None
        adds_up = node.combine == "arithmetic" and estimate is not None
        shares = [_share(weight, row, present if adds_up else None) for weight, row in rows]
        missing = sum((Counter(row["missing"]) for row in children), Counter[str]())
        return self._row(node.id, level, estimate, self.sums.nodes[node.id], missing, coverage, shares)

    def _row(
        self,
        node: str,
        level: Level,
        estimate: float | None,
        n: int,
        missing: Mapping[str, int],
        coverage: float,
        children: list[Share],
    ) -> ScoreRow:
        return {
            "node": node,
            "level": level,
            "domain": self.domain,
            "estimate": estimate,
            "n": n,
            "missing": dict(sorted(missing.items())),
            "coverage": coverage,
            "flags": self._flags(n, estimate, missing),
            "suppressed": None,
            "children": children,
        }

    def _flags(self, n: int, estimate: float | None, missing: Mapping[str, int]) -> list[str]:
        flag_below = self.framework.policy.n_flag
        flags = {
            "no_data": n == 0,
            f"n_lt_{flag_below}": 0 < n < flag_below,
            "low_coverage": n > 0 and estimate is None,
            INVALID_WEIGHT: INVALID_WEIGHT in missing,
        }
        return [flag for flag, raised in flags.items() if raised]


def _share(weight: float, row: ScoreRow, present: float | None) -> Share:
    estimate = row["estimate"]
    contribution = None if present is None or estimate is None else weight / present * estimate
    return {"node": row["node"], "weight": weight, "estimate": estimate, "contribution": contribution}
