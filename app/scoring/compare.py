"""Differences between communities, rounds or the values of a dimension, two by two and how sure each is.

No ranks: a difference is of two, and most orders of several are chance (OECD & JRC 2008, step 9).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from math import comb
from typing import Any

from app.problems import InvalidRequest
from app.scoring.cautions import LEAST_DF
from app.scoring.domains import Crossing, Domain
from app.scoring.estimation import domain_estimates
from app.scoring.inquiry import Inquiry
from app.scoring.intervals import t_interval
from app.scoring.linearised import Estimate, difference
from app.scoring.quantiles import t_quantile
from app.scoring.significance import holm, two_sided_p
from app.scoring.variance import Design, lonely_strata, standard_error

# The chance to find a difference of the smallest detectable size (Bloom 1995).
POWER = 0.8

MOST_PAIRS = 5_000

Estimates = Mapping[str, Estimate]


def differences(
    inquiry: Inquiry, between: str, within: Crossing = (), nodes: Collection[str] | None = None
) -> dict[str, Any]:
    """What each value of `between` has more than each before it, in every domain of `within`, by node.

    `hidden` are the cells that may not be told, which take part in no pair. Raises `InvalidRequest` for more pairs than
    anybody reads.
    """
    cells = _cells(inquiry, between, within)
    _check_size(cells, nodes)
    told, hidden = [], []
    for domain in {tuple(rest.items()): rest for rest, *_ in cells}.values():
        values = {value: own for rest, value, own in cells if rest == domain}
        for node in _nodes(values, nodes):
            known, concealed = _known(inquiry, domain, between, node, values)
            told += _pairs(inquiry, {"node": node, "domain": domain, "between": between}, known)
            hidden += concealed
    return {**inquiry.about(), "between": between, "differences": told, "hidden": hidden}


def _cells(inquiry: Inquiry, between: str, within: Crossing) -> list[tuple[Domain, str, Estimates]]:
    """The estimates of every value in every domain."""
    found: list[tuple[Domain, str, Estimates]] = []
    for domain in filter(None, inquiry.domains(["*".join((*within, between))])):
        rest = {name: value for name, value in domain.items() if name != between}
        estimates = domain_estimates(inquiry.framework, inquiry.sums(domain), inquiry.design)
        found.append((rest, domain[between], estimates))
    return found


def _check_size(cells: Sequence[tuple[Domain, str, Estimates]], nodes: Collection[str] | None) -> None:
    families = Counter(tuple(domain.items()) for domain, *_ in cells)
    rows = len(nodes) if nodes else max((len(own) for *_, own in cells), default=0)
    size = rows * sum(comb(count, 2) for count in families.values())
    if size > MOST_PAIRS:
        what = f"These are {size} pairs, and {MOST_PAIRS} are answered at once: name fewer nodes by `node=`."
        raise InvalidRequest(where="query.node", what=what)


def _nodes(values: Mapping[str, Estimates], asked: Collection[str] | None) -> list[str]:
    every = next(iter(values.values()))
    return [node for node in every if asked is None or node in asked]


def _known(
    inquiry: Inquiry, domain: Domain, between: str, node: str, values: Mapping[str, Estimates]
) -> tuple[dict[str, Estimate], list[dict[str, Any]]]:
    """The estimates that may be told, by value, and the cells that may not."""
    known: dict[str, Estimate] = {}
    hidden: list[dict[str, Any]] = []
    for value, estimates in values.items():
        cell = {**domain, between: value}
        suppressed = inquiry.verdict(cell, node).suppressed
        if suppressed is not None:
            hidden.append({"node": node, "domain": cell, "suppressed": suppressed})
        elif estimates[node].value is not None:
            known[value] = estimates[node]
    return known, hidden


def _pairs(inquiry: Inquiry, about: Mapping[str, Any], known: Mapping[str, Estimate]) -> list[dict[str, Any]]:
    """A row a pair. The pairs of one node in one domain are a family, for which `p_holm` answers."""
    level = inquiry.framework.design.ci_level
    rows = [
        {**about, "a": a, "b": b, **_difference(inquiry.design, known[a], known[b], level)}
        for a, b in combinations(known, 2)
    ]
    tested = [row for row in rows if row["p"] is not None]
    for row, p in zip(tested, holm([row["p"] for row in tested]), strict=True):
        row["p_holm"] = p
    return rows


def _difference(design: Design, a: Estimate, b: Estimate, level: float) -> dict[str, Any]:
    gap = difference(b, a)
    base = gap.respondents
    error = standard_error(design, gap)
    interval = t_interval(gap.value, error, base.df, level)
    t = gap.value / error if error and gap.value is not None else None
    return {
        "estimate_a": a.value,
        "estimate_b": b.value,
        "difference": gap.value,
        "standard_error": error,
        "df": base.df,
        "ci_low": interval.low if interval else None,
        "ci_high": interval.high if interval else None,
        "ci_level": level,
        "t": t,
        "p": None if t is None else two_sided_p(t, base.df),
        "p_holm": None,
        "smallest_detectable": error and error * (t_quantile((1 + level) / 2, base.df) + t_quantile(POWER, base.df)),
        "n": base.n,
        "n_psu": base.n_psu,
        "n_strata": base.n_strata,
        "flags": _flags(design, gap, error),
    }


def _flags(design: Design, gap: Estimate, error: float | None) -> list[str]:
    sampled = gap.effects is not None
    raised = {
        "not_from_survey": not sampled,
        "se_not_available": sampled and error is None,
        "lonely_psu": sampled and bool(lonely_strata(design, gap.respondents)),
        "low_df": error is not None and gap.respondents.df < LEAST_DF,
    }
    return [flag for flag, holds in raised.items() if holds]
