"""How much a score owes to choices that could have been others: which indicators, weights, and what is missing.

OECD & JRC 2008, step 9. Sampling errors stand beside and are another matter.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from app.scoring.contribution import Contribution
from app.scoring.domains import Domain, within
from app.scoring.estimation import domain_estimates
from app.scoring.framework import Framework, Leaf, Node
from app.scoring.inquiry import Inquiry
from app.scoring.interviews import Interview
from app.scoring.linearised import Estimate, combine
from app.scoring.sums import Sums, add_up
from app.scoring.variance import standard_error

TRIM = 5
"""A weight is trimmed to so many medians (Potter 1990)."""

# Who was not to answer is missing from no mean.
_NOT_MEANT = ("not_applicable", "not_asked")

Estimates = Mapping[str, Estimate]


def sensitivity(inquiry: Inquiry, interviews: Sequence[Interview], node: Node, by: Sequence[str]) -> dict[str, Any]:
    """The node's estimate in every domain under each other choice, and how far it moves.

    Where anything under the node may not be told, nothing is: other weights of the same children would tell it.
    """
    everyone = [each.contribution for each in interviews]
    rows = [_row(inquiry, everyone, node, domain) for domain in inquiry.domains(by)]
    return {**inquiry.about(), "node": node.id, "sensitivity": rows}


def _row(inquiry: Inquiry, everyone: Sequence[Contribution], node: Node, domain: Domain) -> dict[str, Any]:
    below = [*(each.id for each in node.nodes()), *(leaf.indicator for leaf in node.leaves())]
    hidden = [code for each in below if (code := inquiry.verdict(domain, each).suppressed)]
    if hidden:
        return {"domain": domain, "estimate": None, "variants": [], "suppressed": hidden[0]}
    members = within(everyone, {**domain, **inquiry.restriction})
    estimate, *variants = [_told(inquiry, *each) for each in _choices(inquiry, node, members)]
    for each in variants:
        moved = None not in (each["estimate"], estimate["estimate"])
        each["change"] = each["estimate"] - estimate["estimate"] if moved else None
    return {"domain": domain, **estimate, "variants": variants, "suppressed": None}


def _told(inquiry: Inquiry, choice: dict[str, Any], estimate: Estimate | None) -> dict[str, Any]:
    if estimate is None:
        return {**choice, "estimate": None, "standard_error": None}
    return {**choice, "estimate": estimate.value, "standard_error": standard_error(inquiry.design, estimate)}


def _choices(
    inquiry: Inquiry, node: Node, members: Sequence[Contribution]
) -> Iterator[tuple[dict[str, Any], Estimate | None]]:
    """The estimate as it is, and then by each other choice."""
    framework = inquiry.framework

    def by(place: Node, interviews: Sequence[Contribution]) -> Estimate:
        sums = add_up(framework, interviews)
        return composite(framework, place, domain_estimates(framework, sums, inquiry.design), sums)

    sums = add_up(framework, members)
    estimates = domain_estimates(framework, sums, inquiry.design)
    yield {}, composite(framework, node, estimates, sums)
    for leaf in node.leaves():
        rest = without(node, leaf.indicator)
        left = composite(framework, rest, estimates, sums) if rest else None
        yield {"variant": "left_out", "indicator": leaf.indicator}, left
    yield {"variant": "equal_weights"}, composite(framework, equally(node), estimates, sums)
    below = {leaf.indicator for leaf in node.leaves()}
    is_above_zero = all(framework.scale_of(each).min > 0 for each in framework.indicators if each.id in below)
    geometric = composite(framework, geometrically(node), estimates, sums) if is_above_zero else None
    yield {"variant": "geometric"}, geometric
    yield {"variant": "unweighted"}, by(node, [replace(each, weight=each.weight and 1.0) for each in members])
    yield {"variant": "trimmed"}, by(node, trimmed(members))
    yield {"variant": "worst"}, by(node, filled(framework, members, worst=True))
    yield {"variant": "best"}, by(node, filled(framework, members, worst=False))


def composite(framework: Framework, place: Node | Leaf, estimates: Estimates, sums: Sums) -> Estimate:
    """The estimate of a place from those of the indicators."""
    if isinstance(place, Leaf):
        return estimates[place.indicator]
    parts = [(child.weight, composite(framework, child, estimates, sums)) for child in place.children]
    least = framework.policy.min_child_share if place.min_child_share is None else place.min_child_share
    return combine(place.combine, parts, sums.nodes[place.id], least)


def without(node: Node, indicator: str) -> Node | None:
    """The tree without one indicator, and without what held nothing else; None if nothing is left."""
    kept = [child if isinstance(child, Leaf) else without(child, indicator) for child in node.children]
    children = [child for child in kept if child and not (isinstance(child, Leaf) and child.indicator == indicator)]
    return node.model_copy(update={"children": children}) if children else None


def equally(node: Node) -> Node:
    """The tree with the same weight for every child of a node."""
    children = [child if isinstance(child, Leaf) else equally(child) for child in node.children]
    return node.model_copy(update={"children": [each.model_copy(update={"weight": 1.0}) for each in children]})


def geometrically(node: Node) -> Node:
    """The tree with geometric means in place of arithmetic ones: little of one thing is made up for less."""
    children = [child if isinstance(child, Leaf) else geometrically(child) for child in node.children]
    how = "geometric" if node.combine == "arithmetic" else node.combine
    return node.model_copy(update={"children": children, "combine": how})


def trimmed(interviews: Sequence[Contribution]) -> list[Contribution]:
    """The interviews with no weight above `TRIM` medians."""
    weights = [each.weight for each in interviews if each.weight is not None]
    most = TRIM * median(weights) if weights else 0.0
    return [replace(each, weight=None if each.weight is None else min(each.weight, most)) for each in interviews]


def filled(framework: Framework, interviews: Sequence[Contribution], *, worst: bool) -> list[Contribution]:
    """The interviews as if all who should have answered had given the least score, or the greatest."""
    scales = {each.id: framework.scale_of(each) for each in framework.indicators}
    fills = {name: scale.min if worst else scale.max for name, scale in scales.items()}

    def fill(name: str, value: float | str) -> float | str:
        return fills[name] if name in fills and isinstance(value, str) and value not in _NOT_MEANT else value

    return [
        replace(each, values={name: fill(name, value) for name, value in each.values.items()}) for each in interviews
    ]
