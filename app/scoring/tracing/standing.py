"""Which facts and workshops stand behind a number, and which of its indicators are still those of interviews. Pure."""

from collections.abc import Collection, Sequence
from typing import Any

from app.scoring.domains import COMMUNITY, ROUND, Domain
from app.scoring.facts.values import Givens, Source, Value, given_values
from app.scoring.framework import Framework, Indicator, Leaf, Node
from app.scoring.tracing.formula import indicators_under

Place = Node | Indicator | Leaf


def standing(
    source: Source, framework: Framework, values: Sequence[Value], place: Node | Indicator, domain: Domain
) -> list[Value]:
    """The values that a number rests on, in the order of recording: in each community those that no other covers."""
    known = given_values(source, framework, values, domain.get(ROUND))
    codes = [domain[COMMUNITY]] if COMMUNITY in domain else sorted(known)
    found = [known[code][name] for code in codes if code in known for name in uncovered(place, known[code])[0]]
    return sorted(found, key=lambda each: (each.seq, each.node))


def uncovered(place: Place, given: Collection[str]) -> tuple[list[str], list[str]]:
    """The given places that a node is made of, and the indicators that it is made of besides."""
    name = place.indicator if isinstance(place, Leaf) else place.id
    if name in given:
        return [name], []
    if not isinstance(place, Node):
        return [], [name]
    below = [uncovered(child, given) for child in place.children]
    return [each for own, _ in below for each in own], [each for _, own in below for each in own]


def surveyed(source: Source, framework: Framework, place: Node | Indicator, given: Givens) -> list[str]:
    """The indicators under a node that interviews, or forms of this source, still tell, in the framework's order."""
    _, names = uncovered(place, given)
    under = [each for each in indicators_under(framework, place) if each.id in names]
    return [each.id for each in under if source in ("survey", "agreed", each.source)]


def told(value: Value) -> dict[str, Any]:
    """Where a value was recorded, so that it can be looked up."""
    names = ("node", "community", "round", "source", "score", "kind", "id", "seq", "recorded_at")
    return {name: getattr(value, name) for name in names}
