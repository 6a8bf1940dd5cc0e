"""Whether what is added up belongs together: the reliability of a scale, or of the indicators under a node."""

from collections.abc import Sequence
from typing import Any

from app.problems import InvalidRequest
from app.scoring.disclosure import SUPPRESSED
from app.scoring.domains import Domain, within
from app.scoring.framework import Framework, ScaleRule
from app.scoring.inquiry import Inquiry
from app.scoring.interviews import Interview
from app.scoring.margins import guarded
from app.scoring.reliability import Reliability, Rows, cronbach


def reliability(inquiry: Inquiry, interviews: Sequence[Interview], node: str, by: Sequence[str]) -> dict[str, Any]:
    """Cronbach's alpha in every domain, over the interviews that answered every item.

    Items are the questions of an indicator's scale, or the surveyed indicators under a node. Raises `InvalidRequest`
    for an indicator without items.
    """
    names = _items(inquiry.framework, node)
    rows = [_row(inquiry, interviews, node, names, domain) for domain in inquiry.domains(by)]
    return {**inquiry.about(), "node": node, "reliability": rows}


def _items(framework: Framework, node: str) -> list[str]:
    for indicator in framework.indicators:
        if indicator.id == node:
            if isinstance(indicator.rule, ScaleRule) and indicator.rule.alpha:
                return [item.question for item in indicator.rule.items]
            raise InvalidRequest(where="node", what=f"'{node}' is no scale with `alpha` and has no items to compare.")
    place = next(each for each in framework.tree.nodes() if each.id == node)
    surveyed = frozenset(guarded(framework))
    return [leaf.indicator for leaf in place.leaves() if leaf.indicator in surveyed]


def _row(
    inquiry: Inquiry, interviews: Sequence[Interview], node: str, names: Sequence[str], domain: Domain
) -> dict[str, Any]:
    found = cronbach(_answers(interviews, node, names, {**domain, **inquiry.restriction}))
    suppressed = inquiry.verdict(domain, node).suppressed
    if 0 < found.n < inquiry.framework.policy.n_suppress:
        suppressed = suppressed or f"{SUPPRESSED}n"
    told = Reliability(found.n, found.k) if suppressed else found
    return {
        "domain": domain,
        "n": None if suppressed else found.n,
        "k": len(names),
        "alpha": told.alpha,
        "standardised": told.standardised,
        "average_r": told.average_r,
        "items": [
            {"item": name, "item_rest": _at(told.item_rest, at), "alpha_if_dropped": _at(told.alpha_if_dropped, at)}
            for at, name in enumerate(names)
        ],
        "flags": list(told.flags),
        "suppressed": suppressed,
    }


def _answers(interviews: Sequence[Interview], node: str, names: Sequence[str], domain: Domain) -> Rows:
    asked = [each for each in interviews if within([each.contribution], domain)]
    if any(node in each.items for each in asked):
        return [each.items[node] for each in asked if node in each.items]
    return [[_score(each.contribution.values.get(name)) for name in names] for each in asked]


def _score(value: float | str | None) -> float | None:
    return None if isinstance(value, str) else value


def _at(values: Sequence[float | None], at: int) -> float | None:
    return values[at] if values else None
