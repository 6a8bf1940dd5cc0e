"""Score rows from another source than the survey: groups, records, or what a workshop agreed on. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Protocol

from app.scoring.cells import respondents
from app.scoring.conceal import conceal
from app.scoring.disclosure import Verdict
from app.scoring.domains import COMMUNITY, ROUND, Crossing, Domain, crossing
from app.scoring.estimation import ScoreRow, domain_rows
from app.scoring.facts.mixture import GIVES_AWAY, judge_mixture, resting
from app.scoring.facts.values import Given, Givens, Source, Value, given_in
from app.scoring.framework import Framework
from app.scoring.intervals import ProportionMethod
from app.scoring.margins import PUBLISHED, Verdicts
from app.scoring.sums import IndicatorSums, Sums
from app.scoring.variance import Design

MIXED = "mixed"
MIXED_SOURCES = "mixed_sources"


class Interviews(Protocol):
    """What the interviews that are asked about add up to, and what may be told of them: an `Inquiry`."""

    @property
    def framework(self) -> Framework: ...

    @property
    def design(self) -> Design: ...

    @property
    def restriction(self) -> Domain: ...

    def domains(self, by: Sequence[str]) -> list[Domain]: ...

    def sums(self, domain: Domain) -> Sums: ...

    def verdict(self, domain: Domain, node: str) -> Verdict: ...


def source_rows(
    source: Source,
    interviews: Interviews,
    values: Sequence[Value],
    by: Sequence[str],
    ci_method: ProportionMethod = "logit",
) -> list[dict[str, Any]]:
    """Score rows as of the survey, each with its `source` and the sources of its children, as far as they may be told.

    `group` and `external` take what forms of that source say, and facts of it in their place. `agreed` takes what was
    agreed; where nothing was, each indicator's own source. What is given has no sampling error. All communities
    together weigh each by the interviews that it has there, or as one where it has none.
    """
    view = _view(source, interviews, values, ci_method)
    return [row for domain in _domains(interviews, values, by) for row in view.rows(domain)]


def rows_in(
    source: Source, interviews: Interviews, values: Sequence[Value], domain: Domain
) -> tuple[list[dict[str, Any]], Givens]:
    """The rows of one domain, and what is given in it."""
    view = _view(source, interviews, values, "logit")
    return view.rows(domain), view.given(domain)


def _view(source: Source, interviews: Interviews, values: Sequence[Value], ci_method: ProportionMethod) -> "_View":
    declared = interviews.framework
    framework = declared if source == "agreed" else _as_if_from(source, declared)
    return _View(source, framework, interviews, values, ci_method)


@dataclass(frozen=True)
class _View:
    """The scores of one source. Communities are told by themselves and in all together, and made once."""

    source: Source
    framework: Framework
    interviews: Interviews
    values: Sequence[Value]
    ci_method: ProportionMethod
    made: dict[tuple[tuple[str, str], ...], tuple[Sums, list[dict[str, Any]]]] = field(default_factory=dict)
    known: dict[str | None, Mapping[str, Givens]] = field(default_factory=dict)
    asked: dict[Crossing, list[Domain]] = field(default_factory=dict)

    def rows(self, domain: Domain) -> list[dict[str, Any]]:
        return self._make(domain)[1]

    def _make(self, domain: Domain) -> tuple[Sums, list[dict[str, Any]]]:
        key = tuple(domain.items())
        if key not in self.made:
            sums = self._sums(domain)
            self.made[key] = (sums, self._rows(domain, sums, self.given(domain)))
        return self.made[key]

    def _sums(self, domain: Domain) -> Sums:
        own = self.interviews.sums(domain)
        return own if self.source == "agreed" else _only(self.source, self.interviews.framework, own)

    def _rows(self, domain: Domain, sums: Sums, given: Givens) -> list[dict[str, Any]]:
        scores = {node: each.score for node, each in given.items()}
        base = resting(self.framework, sums, given) if self.source == "agreed" else sums
        rows = domain_rows(self.framework, domain, base, self.interviews.design, self.ci_method, scores)
        verdicts = self._verdicts(domain, given)
        return [conceal(row, {}, verdicts) for row in _sourced(self.framework, rows, given)]

    def _verdicts(self, domain: Domain, given: Givens) -> Verdicts:
        """Groups and records tell nothing of anybody; what was agreed stands among numbers of people."""
        if self.source != "agreed":
            return Verdicts({})
        return judge_mixture(self.framework, lambda node: self._verdict(domain, node), given)

    def _verdict(self, domain: Domain, node: str) -> Verdict:
        # Scores are given of rounds, too, in which nobody has been asked, and of which the survey knows no verdict.
        return self.interviews.verdict(domain, node) if domain in self._asked(tuple(domain)) else PUBLISHED

    def _asked(self, names: Crossing) -> list[Domain]:
        if names not in self.asked:
            self.asked[names] = self.interviews.domains(["*".join(names)] if names else [])
        return self.asked[names]

    def given(self, domain: Domain) -> Givens:
        """Nobody has given a score of the women or the young of a community."""
        if not domain.keys() <= {COMMUNITY, ROUND}:
            return {}
        round_ = (self.interviews.restriction | domain).get(ROUND)
        if round_ not in self.known:
            self.known[round_] = given_in(self.source, self.interviews.framework, self.values, round_)
        own = self.known[round_]
        return own.get(domain[COMMUNITY], {}) if COMMUNITY in domain else self._together(domain, own)

    def _together(self, domain: Domain, given: Mapping[str, Givens]) -> Givens:
        """For all communities, every place that is given in any of them."""
        places = {node for own in given.values() for node in own}
        if not places:
            return {}
        parts: dict[str, list[_Part]] = {}
        asked = {each[COMMUNITY] for each in self._asked((COMMUNITY,)) if each}
        for code in sorted(asked | given.keys()):
            for node, part in self._parts({COMMUNITY: code, **domain}, places):
                parts.setdefault(node, []).append(part)
        return {node: _mean(own) for node, own in parts.items()}

    def _parts(self, domain: Domain, places: set[str]) -> Iterator[tuple[str, "_Part"]]:
        sums, rows = self._make(domain)
        for row in rows:
            node, score = row["node"], row["estimate"]
            if node in places and row["suppressed"]:
                yield node, _Part(Fraction(1), 0.0, MIXED, is_hidden=True)
            elif node in places and score is not None:
                yield node, _Part(_weight(sums, node), score, row["source"], self._weighs_in_secret(domain, node))

    def _weighs_in_secret(self, domain: Domain, node: str) -> bool:
        # How many people a hidden row has is hidden too, and what was agreed in its place weighs as they do.
        return self.source == "agreed" and not self._verdict(domain, node).is_published


@dataclass(frozen=True, slots=True)
class _Part:
    """What one community adds to all together."""

    weight: Fraction
    score: float
    source: str
    is_hidden: bool


def _domains(interviews: Interviews, values: Sequence[Value], by: Sequence[str]) -> Iterator[Domain]:
    """All together, then each domain of `by` that somebody was asked in, or that something is known of."""
    yield {}
    for names in dict.fromkeys(crossing(each) for each in by):
        found = {tuple(domain.values()) for domain in interviews.domains(["*".join(names)]) if domain}
        found |= {tuple(domain.values()) for domain in _of_values(interviews, values, names)}
        yield from (dict(zip(names, each, strict=True)) for each in sorted(found))


def _of_values(interviews: Interviews, values: Sequence[Value], names: Crossing) -> Iterator[Domain]:
    for each in values:
        place = {COMMUNITY: each.community, ROUND: each.round}
        domain = {name: value for name in names if (value := place.get(name))}
        if len(domain) == len(names) and each.is_of(interviews.restriction.get(ROUND)):
            yield domain


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


def _mean(parts: Sequence[_Part]) -> Given:
    """The communities' mean, which may not be told where one of them is hidden: it would follow from the others."""
    whole = sum(each.weight for each in parts)
    sources = {each.source for each in parts}
    score = float(sum(each.weight * Fraction(each.score) for each in parts) / whole)
    verdict = GIVES_AWAY if any(each.is_hidden for each in parts) else PUBLISHED
    return Given(score, sources.pop() if len(sources) == 1 else MIXED, verdict)


def _weight(sums: Sums, node: str) -> Fraction:
    """Of the interviews with a score there; a value from elsewhere alone is one record."""
    own = sums.indicators.get(node)
    return (respondents(own.cells) if own else sums.nodes[node]).weight or Fraction(1)


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
