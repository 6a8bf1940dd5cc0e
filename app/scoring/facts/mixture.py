"""What may be told where scores that were given stand among those of people.

A given score is public, and it takes a hidden one's place in sums that are told: what was hidden behind two unknowns
has one left. So a node that mixes both is told only where everything that it is made of is.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from app.scoring.cells import respondents
from app.scoring.disclosure import SUPPRESSED, Verdict
from app.scoring.facts.values import Givens
from app.scoring.framework import Framework, Leaf, Node
from app.scoring.margins import PUBLISHED, Verdicts, guarded
from app.scoring.sums import Sums

GIVES_AWAY = Verdict(SUPPRESSED + "complementary")


def judge_mixture(framework: Framework, survey: Callable[[str], Verdict], given: Givens) -> Verdicts:
    """The verdicts on every row of one domain, of which `survey` tells those without what is given."""
    found = {each.id: survey(each.id) for each in framework.indicators}
    found |= {name: each.verdict for name, each in given.items()}
    _judge(framework.tree, _Judge(frozenset(guarded(framework)), survey, given, found))
    return Verdicts({((), name): verdict for name, verdict in found.items()})


def resting(framework: Framework, sums: Sums, given: Givens) -> Sums:
    """The sums, in which nodes of which nothing is left to people rest on the records among them, and on nobody else.

    Such a node counts the records of its most answered indicator.
    """
    people = guarded(framework)
    covered = _covered(framework, given)
    nodes = dict(sums.nodes)
    for node in framework.tree.nodes():
        leaves = {leaf.indicator for leaf in node.leaves()}
        left = leaves - covered
        if left != leaves and left.isdisjoint(people):
            records = [respondents(sums.indicators[each].cells) for each in left]
            nodes[node.id] = max(records, key=lambda each: each.n, default=respondents({}))
    return replace(sums, nodes=nodes)


@dataclass(frozen=True, slots=True)
class _Judge:
    people: Collection[str]
    survey: Callable[[str], Verdict]
    given: Givens
    found: dict[str, Verdict]


@dataclass(frozen=True, slots=True)
class _Made:
    """Of what a place is made: numbers of people, given ones, or both."""

    of_people: bool
    of_given: bool
    verdict: Verdict


def _judge(place: Node | Leaf, judge: _Judge) -> _Made:
    if isinstance(place, Leaf):
        name, is_given = place.indicator, place.indicator in judge.given
        return _Made(name in judge.people and not is_given, is_given, judge.found[name])
    below = [_judge(child, judge) for child in place.children]
    if place.id in judge.given:
        return _Made(of_people=False, of_given=True, verdict=judge.found[place.id])
    of_people, of_given = any(each.of_people for each in below), any(each.of_given for each in below)
    verdict = judge.survey(place.id) if of_people or not of_given else PUBLISHED
    if verdict.is_published and of_given and not all(each.verdict.is_published for each in below):
        verdict = GIVES_AWAY
    judge.found[place.id] = verdict
    return _Made(of_people, of_given, verdict)


def _covered(framework: Framework, given: Givens) -> set[str]:
    """The indicators that are given, or under a node that is."""
    nodes = (node for node in framework.tree.nodes() if node.id in given)
    return {leaf.indicator for node in nodes for leaf in node.leaves()} | given.keys()
