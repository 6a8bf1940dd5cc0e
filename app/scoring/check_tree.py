"""What is wrong with a framework's tree."""

from collections.abc import Iterable, Iterator, Mapping

from app.forms.faults import did_you_mean, quoted
from app.scoring.check_rules import not_positive
from app.scoring.framework import Node, Scale
from app.scoring.ground import Finding

_TOLERANCE = 1e-9


def tree_findings(tree: Node, scales: Mapping[str, Scale | None]) -> Iterator[Finding]:
    """Faults of the tree, given the scale of each indicator by id (None where it cannot be read)."""
    leaves = []
    for path, place in tree.places("tree"):
        if isinstance(place, Node):
            yield from _node(place, path, scales)
        else:
            leaves.append((f"{path}.indicator", place.indicator))
    yield from twice(leaves, "Keep one of its places, or its weight counts twice.")
    for path, indicator in leaves:
        if indicator not in scales:
            remedy = did_you_mean(indicator, scales, "Declare it under indicators.")
            yield path, f"There is no indicator {quoted(indicator)}.", remedy
    ends = {(scale.min, scale.max) for _, indicator in leaves if (scale := scales.get(indicator))}
    if len(ends) > 1:
        shown = " and ".join(f"{low:g} to {high:g}" for low, high in sorted(ends))
        yield "tree", f"It combines indicators with scales of {shown}.", "Bring them to one scale first."


def twice(named: Iterable[tuple[str, str]], remedy: str) -> Iterator[Finding]:
    """A finding for every name that stood before."""
    seen: set[str] = set()
    for path, name in named:
        if name in seen:
            yield path, f"{quoted(name)} stands here a second time.", remedy
        seen.add(name)


def _node(node: Node, path: str, scales: Mapping[str, Scale | None]) -> Iterator[Finding]:
    weights = [child.weight for child in node.children]
    yield from not_positive({f"{path}.children[{place}].weight": weight for place, weight in enumerate(weights)})
    total = sum(weights)
    if abs(total - 1) > _TOLERANCE:
        yield f"{path}.children", f"The weights add up to {total:.12g}, not to 1.", "Correct the weights."
    lowest = [scale.min for leaf in node.leaves() if (scale := scales.get(leaf.indicator))]
    if node.combine in ("geometric", "harmonic") and lowest and min(lowest) <= 0:
        remedy = "Use arithmetic or min, or a scale that begins above zero."
        yield f"{path}.combine", f"A {node.combine} mean needs scores above zero.", remedy
