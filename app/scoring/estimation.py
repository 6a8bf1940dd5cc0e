"""From sums to score rows: an estimate for each indicator, combined up the tree, and how sure it is."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from types import MappingProxyType
from typing import Literal, NotRequired, TypedDict

from app.scoring.cautions import WIDE, WIDE_SHARE, cautions
from app.scoring.cells import respondents
from app.scoring.framework import Framework, Indicator, Leaf, Node, Scale
from app.scoring.indicators import is_proportion
from app.scoring.intervals import Interval, ProportionMethod, proportion_interval, t_interval
from app.scoring.linearised import Estimate, combine, mean
from app.scoring.sums import Sums
from app.scoring.variance import Design, coefficient_of_variation, design_effect, standard_error

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
    `n_psu` and `n_strata` count the PSUs and strata that hold them, and `df` is their difference. `design_effect` is
    against simple random sampling with replacement. `missing` adds up its indicators' reasons, `coverage` is the
    weight share of the children with an estimate. `band` is the total's, where the framework declares bands.
    """

    node: str
    level: Level
    domain: dict[str, str]
    estimate: float | None
    standard_error: float | None
    df: int
    ci_low: float | None
    ci_high: float | None
    ci_level: float
    ci_method: str
    n: int
    n_psu: int
    n_strata: int
    n_effective: float | None
    design_effect: float | None
    cv: float | None
    missing: dict[str, int]
    coverage: float
    flags: list[str]
    suppressed: None
    children: list[Share]
    band: NotRequired[str | None]


def domain_rows(
    framework: Framework,
    domain: dict[str, str],
    sums: Sums,
    design: Design,
    ci_method: ProportionMethod = "logit",
    given: Mapping[str, float] = MappingProxyType({}),
) -> list[ScoreRow]:
    """The rows of one domain from its sums; `ci_method` is that of indicators that are proportions.

    The tree comes first, parents before children, then the indicators outside of it. The same interviews in any order
    give the same rows. `given` scores, by indicator or node, stand in place of estimates.
    """
    table = _Domain(framework, domain, sums, design, ci_method, given)
    placed = {leaf.indicator for leaf in framework.tree.leaves()}
    tree = [row for row, _ in table.tree_rows(framework.tree, "total")]
    if framework.bands:
        tree[0]["band"] = band_of(framework, tree[0]["estimate"])
    outside = [table.indicator_row(each.id)[0] for each in framework.indicators if each.id not in placed]
    return (tree if framework.total == "on" else tree[1:]) + outside


def domain_estimates(framework: Framework, sums: Sums, design: Design) -> dict[str, Estimate]:
    """The estimate of each node and indicator that has a row, with the effects that differences are made of."""
    table = _Domain(framework, {}, sums, design)
    found = {row["node"]: estimate for row, estimate in table.tree_rows(framework.tree, "total")}
    if framework.total == "off":
        del found[framework.tree.id]
    indicators = (each.id for each in framework.indicators)
    return found | {name: table.indicator_row(name)[1] for name in indicators if name not in found}


def band_of(framework: Framework, estimate: float | None) -> str | None:
    """The id of the band that starts highest at or below the estimate.

    So 35.5 belongs to 20-35 where the next band starts at 36. None below the lowest band, above the highest,
    and without an estimate.
    """
    below = [band for band in framework.bands if estimate is not None and band.min <= estimate + _ROUNDING]
    if estimate is None or not below or estimate > max(band.max for band in framework.bands) + _ROUNDING:
        return None
    return max(below, key=lambda band: band.min).id


@dataclass(frozen=True, slots=True)
class _Domain:
    framework: Framework
    domain: dict[str, str]
    sums: Sums
    design: Design
    ci_method: ProportionMethod = "logit"
    given: Mapping[str, float] = field(default_factory=dict)

    def tree_rows(self, place: Node | Leaf, level: Level) -> list[tuple[ScoreRow, Estimate]]:
        if isinstance(place, Leaf):
            return [self.indicator_row(place.indicator)]
        below: Level = "component" if level == "total" else "category"
        branches = [self.tree_rows(child, below) for child in place.children]
        return [self.node_row(place, level, [branch[0] for branch in branches]), *chain(*branches)]

    def given_row(self, name: str, level: Level, children: list[Share]) -> tuple[ScoreRow, Estimate]:
        """A number that rests on no interview, so that its sampling error is not known."""
        estimate = Estimate(self.given[name], None, respondents({}))
        row = self._row(name, level, estimate, None, None)
        row |= {"coverage": 1.0, "children": children}
        return self._flagged(row, estimate, _wide(self.framework.scale)), estimate

    def indicator_row(self, name: str) -> tuple[ScoreRow, Estimate]:
        if name in self.given:
            return self.given_row(name, "indicator", [])
        indicator = next(each for each in self.framework.indicators if each.id == name)
        own, scale = self.sums.indicators[name], self.framework.scale_of(indicator)
        estimate = mean(own.cells)
        if indicator.source != "survey":
            estimate = Estimate(estimate.value, None, estimate.respondents)
        elif self.sums.crowd.own:
            estimate = replace(estimate, households={(self.sums.crowd, name): 1.0})
        error = standard_error(self.design, estimate)
        interval = self._indicator_interval(indicator, scale, estimate, error)
        coverage = 0.0 if estimate.value is None else 1.0
        row = self._row(name, "indicator", estimate, interval, error)
        row |= {"missing": dict(sorted(own.missing.items())), "coverage": coverage}
        return self._flagged(row, estimate, WIDE_SHARE if is_proportion(indicator, scale) else _wide(scale)), estimate

    def _indicator_interval(
        self, indicator: Indicator, scale: Scale, estimate: Estimate, error: float | None
    ) -> Interval | None:
        base, level = estimate.respondents, self.framework.design.ci_level
        if not is_proportion(indicator, scale):
            return t_interval(estimate.value, error, base.df, level)
        return proportion_interval(estimate.value, error, base.df, base.n, self.ci_method, level)

    def node_row(
        self, node: Node, level: Level, children: list[tuple[ScoreRow, Estimate]]
    ) -> tuple[ScoreRow, Estimate]:
        weights = [child.weight for child in node.children]
        if node.id in self.given:
            stated = [_share(weight, row, None) for weight, (row, _) in zip(weights, children, strict=True)]
            return self.given_row(node.id, level, stated)
        parts = [(weight, estimate) for weight, (_, estimate) in zip(weights, children, strict=True)]
        present = math.fsum(weight for weight, part in parts if part.value is not None)
        coverage = present / math.fsum(weights)
        least = self.framework.policy.min_child_share if node.min_child_share is None else node.min_child_share
        estimate = combine(node.combine, parts, self.sums.nodes[node.id], least)
        adds_up = node.combine == "arithmetic" and estimate.value is not None
        shares = [
            _share(weight, row, present if adds_up else None)
            for weight, (row, _) in zip(weights, children, strict=True)
        ]
        missing = sum((Counter(row["missing"]) for row, _ in children), Counter[str]())
        error = standard_error(self.design, estimate)
        interval = t_interval(estimate.value, error, estimate.respondents.df, self.framework.design.ci_level)
        row = self._row(node.id, level, estimate, interval, error)
        row |= {"missing": dict(sorted(missing.items())), "coverage": coverage, "children": shares}
        return self._flagged(row, estimate, _wide(self.framework.scale)), estimate

    def _row(
        self, node: str, level: Level, estimate: Estimate, interval: Interval | None, error: float | None
    ) -> ScoreRow:
        base = estimate.respondents
        return {
            "node": node,
            "level": level,
            "domain": self.domain,
            "estimate": estimate.value,
            "standard_error": error,
            "df": base.df,
            "ci_low": interval.low if interval else None,
            "ci_high": interval.high if interval else None,
            "ci_level": self.framework.design.ci_level,
            "ci_method": interval.method if interval else "t",
            "n": base.n,
            "n_psu": base.n_psu,
            "n_strata": base.n_strata,
            "n_effective": base.n_effective,
            "design_effect": design_effect(estimate, error),
            "cv": coefficient_of_variation(estimate, error),
            "missing": {},
            "coverage": 0.0,
            "flags": [],
            "suppressed": None,
            "children": [],
        }

    def _flagged(self, row: ScoreRow, estimate: Estimate, wide: float) -> ScoreRow:
        row["flags"] = cautions(row, estimate, self.design, self.framework.policy.n_flag, wide)
        return row


def _wide(scale: Scale) -> float:
    return WIDE * (scale.max - scale.min)


def _share(weight: float, row: ScoreRow, present: float | None) -> Share:
    estimate = row["estimate"]
    contribution = None if present is None or estimate is None else weight / present * estimate
    return {"node": row["node"], "weight": weight, "estimate": estimate, "contribution": contribution}
