"""What one version of a framework does otherwise than another, node by node: why numbers move."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.scoring.framework import Framework, Indicator, Leaf, MapRule, Node

EVERYWHERE = ""

OF_ALL = ("scale", "missing", "policy", "design", "bands", "total")
OF_INDICATOR = ("unit", "direction", "source", "scale")
OF_NODE = ("combine", "min_child_share")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `node` is an indicator or a node of the tree, or "" for the whole framework.

    `change` is a code: `added`, `removed`, `weights`, `choices`, `questions`, `rule`, or the member that differs.
    `weights` are shares in their node of the children that differ, `choices` scores by choice that differ; None stands
    where there is none.
    """

    node: str
    change: str
    before: Any = None
    after: Any = None

    def document(self) -> dict[str, Any]:
        return asdict(self)


def changes(old: Framework, new: Framework) -> list[Change]:
    """Every difference that can move a number. Labels and notes cannot."""
    return [
        *(Change(EVERYWHERE, name, *pair) for name, pair in _differing(old, new, OF_ALL).items()),
        *_of_nodes(old, new),
        *_of_indicators(old, new),
    ]


def causes(old: Framework, new: Framework, found: Sequence[Change]) -> dict[str, list[int]]:
    """For each node and indicator the places in `found` of what reaches it: its own, and all from below it."""
    below: dict[str, set[str]] = {}
    for framework in (old, new):
        for node in framework.tree.nodes():
            own = {_name(place) for _, place in node.places("")}
            below.setdefault(node.id, set()).update(own)
        for each in framework.indicators:
            below.setdefault(each.id, {each.id})
    return {
        node: [number for number, change in enumerate(found) if change.node == EVERYWHERE or change.node in reached]
        for node, reached in below.items()
    }


def _of_nodes(old: Framework, new: Framework) -> Iterator[Change]:
    before, after = ({node.id: node for node in each.tree.nodes()} for each in (old, new))
    yield from _come_and_gone(before, after)
    for name in filter(before.__contains__, after):
        for member, pair in sorted(_differing(before[name], after[name], OF_NODE).items()):
            yield Change(name, member, *pair)
        shares = _apart(_shares(before[name]), _shares(after[name]))
        if shares[0]:
            yield Change(name, "weights", *shares)


def _of_indicators(old: Framework, new: Framework) -> Iterator[Change]:
    before, after = ({each.id: each for each in framework.indicators} for framework in (old, new))
    yield from _come_and_gone(before, after)
    for name in filter(before.__contains__, after):
        for member, pair in sorted(_differing(before[name], after[name], OF_INDICATOR).items()):
            yield Change(name, member, *pair)
        if before[name].rule != after[name].rule:
            yield _of_rule(before[name], after[name])


def _of_rule(old: Indicator, new: Indicator) -> Change:
    before, after = old.rule, new.rule
    asked = list(old.questions()), list(new.questions())
    if asked[0] != asked[1]:
        return Change(old.id, "questions", *asked)
    if isinstance(before, MapRule) and isinstance(after, MapRule) and before.reverse == after.reverse:
        return Change(old.id, "choices", *_apart(_scored(before), _scored(after)))
    return Change(old.id, "rule", before.model_dump(), after.model_dump())


def _scored(rule: MapRule) -> dict[str, float | str]:
    return {**dict.fromkeys(rule.not_applicable, "not_applicable"), **rule.map}


def _apart(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both without what is the same in both."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


def _come_and_gone(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    yield from (Change(name, "removed") for name in before if name not in after)
    yield from (Change(name, "added") for name in after if name not in before)


def _differing(old: Any, new: Any, members: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    before, after = old.model_dump(include=set(members)), new.model_dump(include=set(members))
    return {name: (before[name], after[name]) for name in members if before[name] != after[name]}


def _shares(node: Node) -> dict[str, float]:
    whole = sum(child.weight for child in node.children)
    # Weights that are ten times as large mean the same, but for the last digit.
    return {_name(child): round(child.weight / whole, 12) for child in node.children}


def _name(place: Node | Leaf) -> str:
    return place.indicator if isinstance(place, Leaf) else place.id
