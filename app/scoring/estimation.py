"""From sums to score rows: an estimate for each indicator, combined up the tree, and how sure it is."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Literal, NotRequired, TypedDict

from app.scoring.cells import respondents
from app.scoring.framework import Framework, Leaf, Node
from app.scoring.intervals import t_interval
from app.scoring.linearised import Estimate, combine, mean
from app.scoring.sums import INVALID_WEIGHT, Contribution, Sums, add_up, sample_design, split
from app.scoring.variance import Design, coefficient_of_variation, design_effect, lonely_strata, standard_error

Level = Literal["total", "component", "category", "indicator"]

# Shares and means that are equal on paper may differ by rounding, far below anything that a person means.
_ROUNDING = 1e-9

LEAST_DF = 8
HIGH_CV = 0.3
HIGH_DESIGN_EFFECT = 3.0
HIGH_NONRESPONSE = 0.2
WIDE = 1 / 8
"""From these on a number is flagged, not hidden: few degrees of freedom, a large cv, a high design effect, a share of
item nonresponse, and an interval's half width as a share of the scale (0.5 of 1 to 5). NCHS presentation rules."""


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


def score_rows(
    framework: Framework, contributions: Iterable[Contribution], by: Sequence[str] = (), round_: str | None = None
) -> list[ScoreRow]:
    """The rows of all interviews of a round (or of all) together, then of each value of the communities or dimensions
    in `by`.

    All interviews make the sample, whatever their round or domain: the same PSU in two rounds is one PSU, and a
    domain's PSUs without anybody of it count as zero. Within a domain the tree comes first, parents before children,
    then the indicators outside of it. The same interviews in any order give the same rows.
    """
    everyone = list(contributions)
    design = sample_design(framework, [each for each in everyone if is_sampled(framework, each)])
    asked = [each for each in everyone if round_ in (None, each.round)]
    return [
        row
        for domain, members in split(asked, by)
        for row in domain_rows(framework, domain, add_up(framework, members), design)
    ]


def domain_rows(
    framework: Framework,
    domain: dict[str, str],
    sums: Sums,
    design: Design,
    given: Mapping[str, float] = MappingProxyType({}),
) -> list[ScoreRow]:
    """The rows of one domain from its sums. `given` scores, by indicator or node, stand instead of estimates."""
    table = _Domain(framework, domain, sums, design, given)
    placed = {leaf.indicator for leaf in framework.tree.leaves()}
    tree = [row for row, _ in table.tree_rows(framework.tree, "total")]
    if framework.bands:
        tree[0]["band"] = band_of(framework, tree[0]["estimate"])
    outside = [table.indicator_row(each.id)[0] for each in framework.indicators if each.id not in placed]
    return (tree if framework.total == "on" else tree[1:]) + outside


def is_sampled(framework: Framework, contribution: Contribution) -> bool:
    """Whether an interview belongs to the sample: groups and records are no households drawn from a frame."""
    return any(each.source == "survey" and each.id in contribution.values for each in framework.indicators)


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
    given: Mapping[str, float]

    def tree_rows(self, place: Node | Leaf, level: Level) -> list[tuple[ScoreRow, Estimate]]:
        if isinstance(place, Leaf):
            return [self.indicator_row(place.indicator)]
        below: Level = "component" if level == "total" else "category"
        branches = [self.tree_rows(child, below) for child in place.children]
        return [self.node_row(place, level, [branch[0] for branch in branches]), *chain(*branches)]

    def indicator_row(self, indicator: str) -> tuple[ScoreRow, Estimate]:
        if indicator in self.given:
            return self._row(indicator, "indicator", self._stated(indicator), {}, 1.0, []), self._stated(indicator)
        own = self.sums.indicators[indicator]
        estimate = mean(own.cells)
        if not self._is_surveyed(indicator):
            estimate = Estimate(estimate.value, None, estimate.respondents)
        coverage = 0.0 if estimate.value is None else 1.0
        return self._row(indicator, "indicator", estimate, own.missing, coverage, []), estimate

    def node_row(
        self, node: Node, level: Level, children: list[tuple[ScoreRow, Estimate]]
    ) -> tuple[ScoreRow, Estimate]:
        weights = [child.weight for child in node.children]
        parts = [(weight, estimate) for weight, (_, estimate) in zip(weights, children, strict=True)]
        present = math.fsum(weight for weight, part in parts if part.value is not None)
        coverage = present / math.fsum(weights)
        least = self.framework.policy.min_child_share if node.min_child_share is None else node.min_child_share
        is_given = node.id in self.given
        estimate = self._stated(node.id) if is_given else combine(node.combine, parts, self.sums.nodes[node.id], least)
        adds_up = node.combine == "arithmetic" and estimate.value is not None and not is_given
        shares = [
            _share(weight, row, present if adds_up else None)
            for weight, (row, _) in zip(weights, children, strict=True)
        ]
        missing = sum((Counter(row["missing"]) for row, _ in children), Counter[str]())
        return self._row(node.id, level, estimate, missing, coverage, shares), estimate

    def _stated(self, place: str) -> Estimate:
        """A number that rests on no interview, so that its sampling error is not known."""
        return Estimate(self.given[place], None, respondents({}))

    def _is_surveyed(self, indicator: str) -> bool:
        return next(each.source for each in self.framework.indicators if each.id == indicator) == "survey"

    def _row(
        self,
        node: str,
        level: Level,
        estimate: Estimate,
        missing: Mapping[str, int],
        coverage: float,
        children: list[Share],
    ) -> ScoreRow:
        base = estimate.respondents
        error = standard_error(self.design, estimate)
        interval = t_interval(estimate.value, error, base.df, self.framework.design.ci_level)
        row: ScoreRow = {
            "node": node,
            "level": level,
            "domain": self.domain,
            "estimate": estimate.value,
            "standard_error": error,
            "df": base.df,
            "ci_low": interval.low if interval else None,
            "ci_high": interval.high if interval else None,
            "ci_level": self.framework.design.ci_level,
            "ci_method": "t",
            "n": base.n,
            "n_psu": base.n_psu,
            "n_strata": base.n_strata,
            "n_effective": base.n_effective,
            "design_effect": design_effect(estimate, error),
            "cv": coefficient_of_variation(estimate, error),
            "missing": dict(sorted(missing.items())),
            "coverage": coverage,
            "flags": [],
            "suppressed": None,
            "children": children,
        }
        row["flags"] = [flag for flag, raised in self._flags(row, estimate).items() if raised]
        return row

    def _flags(self, row: ScoreRow, estimate: Estimate) -> dict[str, bool]:
        n, flag_below, cv, effect = row["n"], self.framework.policy.n_flag, row["cv"], row["design_effect"]
        width = self.framework.scale.max - self.framework.scale.min
        half = (row["ci_high"] - row["ci_low"]) / 2 if row["ci_high"] is not None and row["ci_low"] is not None else 0
        nonresponse = sum(count for reason, count in row["missing"].items() if reason != "not_applicable")
        is_sampled = estimate.effects is not None and estimate.value is not None
        return {
            "no_data": n == 0 and estimate.value is None,
            f"n_lt_{flag_below}": 0 < n < flag_below,
            "low_coverage": n > 0 and estimate.value is None,
            INVALID_WEIGHT: INVALID_WEIGHT in row["missing"],
            "not_from_survey": estimate.value is not None and estimate.effects is None,
            "se_not_available": is_sampled and row["standard_error"] is None,
            "lonely_psu": is_sampled and bool(lonely_strata(self.design, estimate.respondents)),
            "low_df": row["standard_error"] is not None and row["df"] < LEAST_DF,
            "wide_ci": half > WIDE * width,
            "cv_gt_30": cv is not None and cv > HIGH_CV,
            "high_deff": effect is not None and effect > HIGH_DESIGN_EFFECT,
            "high_item_nonresponse": row["level"] == "indicator" and nonresponse > HIGH_NONRESPONSE * (n + nonresponse),
        }


def _share(weight: float, row: ScoreRow, present: float | None) -> Share:
    estimate = row["estimate"]
    contribution = None if present is None or estimate is None else weight / present * estimate
    return {"node": row["node"], "weight": weight, "estimate": estimate, "contribution": contribution}
