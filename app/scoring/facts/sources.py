"""Score rows from another source than the survey: groups, records, or what a workshop agreed on. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal

from app.scoring.cells import respondents
from app.scoring.estimation import ScoreRow, domain_rows, is_sampled, score_rows
from app.scoring.framework import Framework
from app.scoring.sums import COMMUNITY, Contribution, Sums, add_up, sample_design, split

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


def source_rows(
    source: Source,
    framework: Framework,
    contributions: Sequence[Contribution],
    values: Sequence[Value],
    by: Sequence[str],
    round_: str | None,
) -> list[dict[str, Any]]:
    """Score rows as `score_rows` makes them for `survey`; else each with its `source` and its children's sources.

    `group` and `external` take what forms of that source say, and facts of it in their place. `agreed` takes what was
    agreed; where nothing was, each indicator's own source. What is given has no sampling error. All communities
    together weigh each by the interviews that it has there, or as one where it has none.
    """
    if source == "survey":
        return [dict(row) for row in score_rows(framework, contributions, by, round_)]
    if source != "agreed":
        framework, contributions = _only(source, framework, contributions)
    asked = [each for each in contributions if round_ in (None, each.round)]
    design = sample_design(framework, [each for each in contributions if is_sampled(framework, each)])
    members = {next(iter(domain.values()), ""): own for domain, own in split(asked, [COMMUNITY]) if domain}
    given = {code: _given(source, framework, own) for code, own in in_force(values, round_).items()}
    sums = {code: add_up(framework, members.get(code, ())) for code in sorted({*members, *given})}

    def rows(domain: dict[str, str], own: Sums, known: Givens) -> list[dict[str, Any]]:
        scores = {node: each.score for node, each in known.items()}
        return list(_sourced(framework, domain_rows(framework, domain, own, design, scores), known))

    communities = {code: rows({COMMUNITY: code}, own, given.get(code, {})) for code, own in sums.items()}
    answer = rows({}, add_up(framework, asked), _together(communities, sums, given))
    for dimension in dict.fromkeys(by):
        if dimension == COMMUNITY:
            answer += [row for own in communities.values() for row in own]
        else:
            for domain, interviews in split(asked, [dimension]):
                answer += rows(domain, add_up(framework, interviews), {}) if domain else []
    return answer


def _only(
    source: str, framework: Framework, contributions: Sequence[Contribution]
) -> tuple[Framework, list[Contribution]]:
    """The framework as if everything came from this source, and what its forms say."""
    own = {each.id for each in framework.indicators if each.source == source}
    kept = [
        replace(each, values={node: each.values[node] for node in each.values if node in own}) for each in contributions
    ]
    indicators = [each.model_copy(update={"source": source}) for each in framework.indicators]
    return framework.model_copy(update={"indicators": indicators}), [each for each in kept if each.values]


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
