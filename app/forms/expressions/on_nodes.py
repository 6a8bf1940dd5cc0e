"""Functions on nodes: where they are, how many, which of them."""

import math
from collections.abc import Iterable, Mapping, Sequence

from app.forms.expressions.axes import AXES
from app.forms.expressions.context import EvaluationError, NodeSet, Run
from app.forms.expressions.nodes import Node
from app.forms.expressions.signatures import Function, function
from app.forms.expressions.values import text_of_node

_LARGEST = 2_147_483_647
_MULTIPLIER = 16_807


def _position(run: Run, *nodes: NodeSet) -> float:
    """Of a node among its neighbours of the same name; without one, of the context node among those looked at."""
    if not nodes:
        return float(run.position)
    if not nodes[0]:
        raise EvaluationError("position() of no node")
    return float(nodes[0][0].position)


def _count_non_empty(run: Run, nodes: NodeSet) -> float:
    return float(sum(1 for node in nodes if text_of_node(node, run)))


def _name(nodes: NodeSet) -> str:
    return nodes[0].name if nodes else ""


def _namespace(run: Run, nodes: NodeSet) -> str:
    prefix, found, _ = _name(nodes).partition(":")
    return run.context.namespaces.get(prefix, "") if found else ""


def _language(here: Node, language: str) -> bool:
    for node in AXES["ancestor-or-self"](here):
        for attribute in node.attributes:
            if attribute.name == "xml:lang":
                spoken = (attribute.value or "").lower()
                return spoken == language.lower() or spoken.startswith(f"{language.lower()}-")
    return False


def _id(run: Run, text: str) -> NodeSet:
    wanted = set(text.split())
    found: NodeSet = []
    for node in run.root.walk():
        run.spend(1)
        if any(attribute.name == "id" and attribute.value in wanted for attribute in node.attributes):
            found.append(node)
    return found


def _randomize(run: Run, nodes: NodeSet, seed: float | None = None) -> NodeSet:
    """In another order, which a seed makes the same on every machine: Fisher and Yates, inside out."""
    if seed is not None and not seed.is_integer():
        raise EvaluationError("the seed of randomize() must be a whole number")
    draws = _draws(int(seed), len(nodes)) if seed is not None else [run.context.chance.random() for _ in nodes]
    shuffled: NodeSet = []
    for place, (node, draw) in enumerate(zip(nodes, draws, strict=True)):
        other = math.floor(draw * (place + 1))
        shuffled.append(node)
        shuffled[place], shuffled[other] = shuffled[other], node
    return shuffled


def _draws(seed: int, count: int) -> list[float]:
    """The generator of Park and Miller, which all OpenRosa clients share."""
    state = int(math.fmod(seed, _LARGEST))
    state += _LARGEST - 1 if state <= 0 else 0
    draws: list[float] = []
    for _ in range(count):
        state = state * _MULTIPLIER % _LARGEST
        draws.append((state - 1) / (_LARGEST - 1))
    return draws


def _indexed_repeat(run: Run, wanted: NodeSet, *pairs: NodeSet | float) -> NodeSet:
    """The nodes of `wanted` inside one turn of a repeat, given as the repeat and its number; repeats may nest."""
    if len(pairs) % 2:
        raise EvaluationError("indexed-repeat() takes a number with each repeat")
    chosen: Node | None = None
    for repeats, number in _outermost_first(pairs):
        turns = [turn for turn in repeats if chosen is None or _is_inside(turn, chosen, run)]
        place = int(number) - 1 if number.is_integer() else -1
        if not 0 <= place < len(turns):
            return []
        chosen = turns[place]
    return [node for node in wanted if chosen is not None and _is_inside(node, chosen, run)]


def _outermost_first(pairs: Sequence[NodeSet | float]) -> Iterable[tuple[NodeSet, float]]:
    found = [
        (repeats, number)
        for repeats, number in zip(pairs[::2], pairs[1::2], strict=True)
        if isinstance(repeats, list) and isinstance(number, float)
    ]
    return sorted(found, key=lambda pair: len(list(AXES["ancestor"](pair[0][0]))) if pair[0] else 0)


def _is_inside(node: Node, outer: Node, run: Run) -> bool:
    run.spend(1)
    return any(above is outer for above in AXES["ancestor"](node))


FUNCTIONS: Mapping[str, Function] = {
    "position": function("run nodes? -> number", _position),
    "last": function("run -> number", lambda run: float(run.size)),
    "count": function("nodes -> number", lambda nodes: float(len(nodes))),
    "count-non-empty": function("run nodes -> number", _count_non_empty),
    "name": function("nodes. -> text", _name),
    "local-name": function("nodes. -> text", lambda nodes: _name(nodes).rpartition(":")[2]),
    "namespace-uri": function("run nodes. -> text", _namespace),
    "lang": function("here text -> truth", _language),
    "id": function("run text -> nodes", _id),
    "current": function("run -> nodes", lambda run: [run.current]),
    "randomize": function("run nodes number? -> nodes", _randomize),
    "indexed-repeat": function("run nodes nodes number nodes? number? nodes? number? -> nodes", _indexed_repeat),
}
