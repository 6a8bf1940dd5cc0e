"""Score rows from another source than the survey: groups, records, or what a workshop agreed on. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal, Self

from app.scoring.cells import respondents
from app.scoring.estimation import ScoreRow, domain_rows, is_sampled
from app.scoring.framework import Framework
from app.scoring.sums import COMMUNITY, Contribution, IndicatorSums, Sums, add_up, sample_design, split
from app.scoring.variance import Design

Source = Literal["survey", "group", "external", "agreed"]
MIXED = "mixed"
MIXED_SOURCES = "mixed_sources"


@dataclass(frozen=True, slots=True)
class Value:
    """One community's score of an indicator or node from one source; None takes back what came before."""

    node: str
    community: str
    round: str | None
    source: str
    score: float | None
    seq: int
    recorded_at: datetime
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """A score that stands in the place of an estimate."""

    score: float
    source: str


Givens = Mapping[str, Given]


def in_force(values: Sequence[Value], round_: str | None) -> dict[str, dict[tuple[str, str], Value]]:
    """By community, then by source and node: the value that came last of those for this round, or for every round."""
    found: dict[str, dict[tuple[str, str], Value]] = {}
    for each in sorted(values, key=lambda value: value.seq):
        if round_ is None or each.round in (None, round_):
            found.setdefault(each.community, {})[each.source, each.node] = each
    return found


@dataclass(frozen=True)
class Interviews:
    """What interviews of a round add up to: every domain that was asked for, the sums over each, and the sample."""

    domains: Sequence[dict[str, str]]
    sums: Callable[[dict[str, str]], Sums]
    design: Design

    @classmethod
    def of(
        cls, framework: Framework, contributions: Sequence[Contribution], by: Sequence[str], round_: str | None
    ) -> Self:
        """Of these interviews, by community and whatever else is in `by`."""
        asked = [each for each in contributions if round_ in (None, each.round)]
        members = {tuple(domain.items()): own for domain, own in split(asked, [COMMUNITY, *by])}
        return cls(
            [dict(domain) for domain in members],
            lambda domain: add_up(framework, members.get(tuple(domain.items()), ())),
            sample_design(framework, [each for each in contributions if is_sampled(framework, each)]),
        )


def source_rows(
    source: Source,
    framework: Framework,
    interviews: Interviews,
    values: Sequence[Value],
    by: Sequence[str],
    round_: str | None,
) -> list[dict[str, Any]]:
    """Score rows as `score_rows` makes them, each with its `source` and the sources of its children.

    `group` and `external` take what forms of that source say, and facts of it in their place. `agreed` takes what was
    agreed; where nothing was, each indicator's own source. What is given has no sampling error. All communities
    together weigh each by the interviews that it has there, or as one where it has none.
    """
    told = framework if source == "agreed" else _as_if_from(source, framework)

    def sums(domain: dict[str, str]) -> Sums:
        own = interviews.sums(domain)
        return own if source == "agreed" else _only(source, framework, own)

    def rows(domain: dict[str, str], own: Sums, known: Givens) -> list[dict[str, Any]]:
        scores = {node: each.score for node, each in known.items()}
        return list(_sourced(told, domain_rows(told, domain, own, interviews.design, given=scores), known))

    given = {code: _given(source, framework, own) for code, own in in_force(values, round_).items()}
    asked = {domain[COMMUNITY] for domain in interviews.domains if [*domain] == [COMMUNITY]}
    known = {code: sums({COMMUNITY: code}) for code in sorted(asked | given.keys())}
    communities = {code: rows({COMMUNITY: code}, own, given.get(code, {})) for code, own in known.items()}
    answer = rows({}, sums({}), _together(communities, known, given))
    for dimension in dict.fromkeys(by):
        if dimension == COMMUNITY:
            answer += [row for own in communities.values() for row in own]
        else:
            domains = [domain for domain in interviews.domains if [*domain] == [dimension]]
            answer += [row for domain in domains for row in rows(domain, sums(domain), {})]
    return answer


def _as_if_from(source: str, framework: Framework) -> Framework:
    """The framework as if everything came from this source."""
    indicators = [each.model_copy(update={"source": source}) for each in framework.indicators]
    return framework.model_copy(update={"indicators": indicators})


def _only(source: str, framework: Framework, sums: Sums) -> Sums:
    """What the forms of this source say. A node counts the records of its most answered indicator."""
    own = {each.id for each in framework.indicators if each.source == source}
    nothing = IndicatorSums({}, {})
    indicators = {name: each if name in own else nothing for name, each in sums.indicators.items()}
    nodes = {
        node.id: max((respondents(indicators[leaf.indicator].cells) for leaf in node.leaves()), key=lambda each: each.n)
        for node in framework.tree.nodes()
    }
    return replace(sums, indicators=indicators, nodes=nodes)


def _given(source: Source, framework: Framework, values: Mapping[tuple[str, str], Value]) -> dict[str, Given]:
    """What takes the place of estimates in one community. What was agreed goes before what a record says."""
    declared = {each.id: each.source for each in framework.indicators} if source == "agreed" else {}
    known = {
        place: each.score
        for place, each in sorted(values.items(), key=lambda item: item[0][0] == "agreed")
        if each.score is not None
    }
    return {node: Given(score, told) for (told, node), score in known.items() if told in (source, declared.get(node))}


def _together(
    communities: Mapping[str, Sequence[Mapping[str, Any]]], sums: Mapping[str, Sums], given: Mapping[str, Givens]
) -> dict[str, Given]:
    """For all communities, every place that is given in any of them."""
    found: dict[str, list[tuple[Fraction, float, str]]] = {}
    places = {node for own in given.values() for node in own}
    for code, rows in communities.items():
        for row in rows:
            if row["node"] in places and row["estimate"] is not None:
                part = (_weight(sums[code], row["node"]), row["estimate"], row["source"])
                found.setdefault(row["node"], []).append(part)
    return {node: _mean(parts) for node, parts in found.items()}


def _mean(parts: Sequence[tuple[Fraction, float, str]]) -> Given:
    whole = sum(weight for weight, _, _ in parts)
    sources = {source for _, _, source in parts}
    score = float(sum(weight * Fraction(score) for weight, score, _ in parts) / whole)
    return Given(score, sources.pop() if len(sources) == 1 else MIXED)


def _weight(sums: Sums, node: str) -> Fraction:
    """Of the interviews with a score there; a value from elsewhere alone is one record."""
    own = sums.indicators.get(node)
    weight = (respondents(own.cells) if own else sums.nodes[node]).weight
    return weight or Fraction(1)


def _sourced(framework: Framework, rows: Sequence[ScoreRow], given: Givens) -> Iterator[dict[str, Any]]:
    """The rows with `source`: where the number comes from, `mixed` for several, None without a number."""
    sources = {each.id: each.source for each in framework.indicators} | {
        node: each.source for node, each in given.items()
    }
    told: dict[str, str | None] = {}
    for row in reversed(rows):
        below = {told[child["node"]] for child in row["children"]} - {None}
        own = sources.get(row["node"]) or (below.pop() if len(below) == 1 else MIXED)
        told[row["node"]] = None if row["estimate"] is None else own
    for row in rows:
        source = told[row["node"]]
        children = [{**child, "source": told[child["node"]]} for child in row["children"]]
        flags = [*row["flags"], *([MIXED_SOURCES] if source == MIXED else [])]
        yield {**row, "source": source, "children": children, "flags": flags}
