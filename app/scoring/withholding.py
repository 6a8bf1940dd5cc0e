"""What may not be told of a framework's cells, nor of the interviews in them, so that nobody can be recognised.

A cell is a domain of up to two of community, round and the declared dimensions, as a table may show it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from app.scoring.disclosure import Disclosed, Line, Policy, Verdict, protect
from app.scoring.framework import Framework
from app.scoring.sums import COMMUNITY, Contribution

ROUND = "round"
MOST = 2

Domain = frozenset[tuple[str, str]]
Row = Mapping[str, Any]

EVERYTHING: Domain = frozenset()
NUMBERS = (
    "estimate",
    "standard_error",
    "df",
    "ci_low",
    "ci_high",
    "n",
    "n_psu",
    "n_strata",
    "n_effective",
    "design_effect",
    "cv",
    "coverage",
)


def domains_of(interview: Contribution, dimensions: Collection[str]) -> Iterator[Domain]:
    """Every cell that the interview is in. One without a value is told apart, too: lines must add up."""
    values = {COMMUNITY: interview.community, ROUND: interview.round} | {
        name: interview.dimensions.get(name) for name in dimensions
    }
    places = [(name, value or "") for name, value in sorted(values.items())]
    for size in range(MOST + 1):
        yield from map(frozenset, combinations(places, size))


def hidden_domains(
    framework: Framework, interviews: Iterable[Contribution], indicators: Collection[str]
) -> set[Domain]:
    """The cells in which too few have a score of any of these indicators, and those that would give them away."""
    dimensions = framework.design.dimensions
    counted = Counter(
        domain
        for each in interviews
        if each.weight is not None and any(isinstance(each.values.get(name), float | int) for name in indicators)
        for domain in domains_of(each, dimensions)
    )
    verdicts = _protected(counted, _lines(counted), framework)
    return {domain for domain, verdict in verdicts.items() if not verdict.is_published}


def withhold(framework: Framework, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Score rows without the numbers of cells with too few interviews, and of those that would give them away.

    A table that has been protected before stays as it is.
    """
    if any(row["suppressed"] for row in rows):
        return [dict(row) for row in rows]
    hidden: dict[str, dict[Domain, Verdict]] = {}
    for node in dict.fromkeys(row["node"] for row in rows):
        counted = {frozenset(row["domain"].items()): row["n"] for row in rows if row["node"] == node}
        hidden[node] = _protected(counted, _lines(counted), framework)
    return [_blanked(row, hidden) for row in rows]


def _blanked(row: Row, verdicts: Mapping[str, Mapping[Domain, Verdict]]) -> dict[str, Any]:
    domain = frozenset(row["domain"].items())
    verdict = verdicts[row["node"]][domain]
    if not verdict.is_published:
        nothing = dict.fromkeys(NUMBERS)
        return {**row, **nothing, "missing": {}, "flags": [], "children": [], "suppressed": verdict.suppressed}
    children = [
        child if verdicts[child["node"]][domain].is_published else {**child, "estimate": None, "contribution": None}
        for child in row["children"]
    ]
    return {**row, "children": children}


def _lines(counted: Collection[Domain]) -> list[tuple[Domain, list[Domain]]]:
    """Every cell with the cells of one dimension more that add up to it."""
    found: dict[tuple[Domain, str], list[Domain]] = {}
    for domain in counted:
        for place in domain:
            found.setdefault((domain - {place}, place[0]), []).append(domain)
    return [(margin, members) for (margin, _), members in found.items() if margin in counted]


def _protected(
    counted: Mapping[Domain, int], lines: Iterable[tuple[Domain, list[Domain]]], framework: Framework
) -> dict[Domain, Verdict]:
    names = {domain: repr(sorted(domain)) for domain in counted}
    least = framework.policy.n_suppress
    verdicts = protect(
        {names[domain]: Disclosed(n) for domain, n in counted.items()},
        [Line(names[margin], sorted(names[each] for each in members)) for margin, members in lines],
        Policy(least=least, few=2 * least),
    )
    return {domain: verdicts[name] for domain, name in names.items()}
