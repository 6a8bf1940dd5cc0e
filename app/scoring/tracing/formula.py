"""How a number is made: a node's children and their weights down to the rules and the questions that they read."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.scoring.catalogue import PublishedFramework
from app.scoring.framework import Framework, Indicator, Leaf, Node, locate

Row = Mapping[str, Any]


def find(framework: Framework, name: str) -> Node | Indicator | None:
    """The node of the tree or the indicator with this id."""
    places: list[Node | Indicator] = [*framework.tree.nodes(), *framework.indicators]
    return next((each for each in places if each.id == name), None)


def indicators_under(framework: Framework, place: Node | Indicator) -> list[Indicator]:
    """The indicators that a node is made of, in the framework's order."""
    names = {place.id} if isinstance(place, Indicator) else {leaf.indicator for leaf in place.leaves()}
    return [each for each in framework.indicators if each.id in names]


def formula(published: PublishedFramework, place: Node | Indicator | Leaf) -> dict[str, Any]:
    """The node with everything under it; `weight` stands at each child, as the framework says it."""
    framework, labels = published.framework, published.labels
    if isinstance(place, Leaf):
        indicator = next(each for each in framework.indicators if each.id == place.indicator)
        return {"weight": place.weight, **formula(published, indicator)}
    if isinstance(place, Indicator):
        return {
            "node": place.id,
            "label": labels[place.id],
            "direction": place.direction,
            "source": place.source,
            "scale": framework.scale_of(place).model_dump(),
            "rule": place.rule.model_dump(),
            "questions": [locate(each, framework.form)._asdict() for each in place.questions()],
        }
    children = [
        {"weight": child.weight, **formula(published, child)} if isinstance(child, Node) else formula(published, child)
        for child in place.children
    ]
    return {"node": place.id, "label": labels[place.id], "combine": place.combine, "children": children}


def weights_in(
    framework: Framework, place: Node | Indicator, rows: Sequence[Row], given: Collection[str] = ()
) -> dict[str, float] | None:
    """How much each indicator, or what is `given` in its place or in that of a node, weighs in the node's estimate,
    children without an estimate left out.

    They add up to 1. None where some node on the way is no weighted sum, so that nothing has a share of its own.
    """
    if isinstance(place, Indicator) or place.id in given:
        return {place.id: 1.0}
    known = {row["node"] for row in rows if row["estimate"] is not None or row["suppressed"]}
    present = [child for child in place.children if _name(child) in known]
    if place.combine != "arithmetic":
        return None
    whole = sum(child.weight for child in present)
    found: dict[str, float] = {}
    for child in present:
        inside = {child.indicator: 1.0} if isinstance(child, Leaf) else weights_in(framework, child, rows, given)
        if inside is None:
            return None
        for name, weight in inside.items():
            found[name] = found.get(name, 0.0) + weight * child.weight / whole
    return found


def _name(place: Node | Leaf) -> str:
    return place.indicator if isinstance(place, Leaf) else place.id
