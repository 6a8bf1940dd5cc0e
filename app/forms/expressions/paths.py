"""Paths and predicates, made once into plain functions."""

from collections.abc import Callable, Iterable, Sequence
from itertools import dropwhile, takewhile

from app.forms.expressions.axes import AXES, REVERSE, test_of
from app.forms.expressions.context import Closure, EvaluationError, NodeSet, Run
from app.forms.expressions.nodes import Node, place_in_document, root_of
from app.forms.expressions.syntax import PARENT, SELF, Path, Step
from app.forms.expressions.values import truth_of

Select = Callable[[Node, Run], NodeSet]
Predicates = Sequence[Closure]
CompilePredicates = Callable[[Step], Predicates]
_Advance = Callable[[NodeSet, Run], NodeSet]

_NOTHING: NodeSet = []
_KEEPS_ORDER = frozenset({"child", "attribute", "self"})
"""Along these axes, different nodes of one depth lead to different nodes of one depth, in the same order."""


def compile_path(path: Path, base: Select | None, compile_predicates: CompilePredicates) -> Select:
    """A function from the context node to the nodes of the path, in the order of the document."""
    steps = [step for step in path.steps if step != SELF]
    if base is None and _is_plain(steps):
        return _plain_path(path.absolute, steps)
    start = base or _start(path.absolute)
    keepers = len(list(takewhile(lambda step: step.axis in _KEEPS_ORDER, steps))) if base is None else 0
    advances = [
        _advance(step, compile_predicates(step), keeps_order=place < keepers) for place, step in enumerate(steps)
    ]

    def select(node: Node, run: Run) -> NodeSet:
        found = start(node, run)
        for advance in advances:
            found = advance(found, run)
        return found

    return select


def _start(absolute: bool) -> Select:
    return (lambda node, run: [run.root]) if absolute else (lambda node, run: [node])


def nodes_of(value: object) -> NodeSet:
    if not isinstance(value, list):
        raise EvaluationError("nodes are wanted where a text or a number is given")
    return value


def _names_child(step: Step) -> bool:
    return step.axis == "child" and not step.test.endswith(("*", ")"))


def _is_plain(steps: Sequence[Step]) -> bool:
    """Whether a path first goes up and then down by names, as nearly all in forms do."""
    downwards = list(dropwhile(lambda step: step == PARENT, steps))
    return all(_names_child(step) and not step.predicates for step in downwards)


def _plain_path(absolute: bool, steps: Sequence[Step]) -> Select:
    names = [step.test for step in steps if step != PARENT]
    ups = len(steps) - len(names)
    if len(names) == 1 and ups <= 1 and not absolute:
        return _neighbour(names[0]) if ups else _child(names[0])
    if not steps:
        return _start(absolute)

    def select(node: Node, run: Run) -> NodeSet:
        here: Node | None = run.root if absolute else node
        for _ in range(ups):
            here = here.parent if here else None
        found = [here] if here else _NOTHING
        for name in names:
            if len(found) == 1:
                found = found[0].find(name)
            else:
                found = [child for parent in found for child in parent.find(name)]
        run.left -= len(found) + 1
        if run.left < 0:
            run.stop()
        return found

    return select


def _neighbour(name: str) -> Select:
    def select(node: Node, run: Run) -> NodeSet:
        parent = node.parent
        found = parent.find(name) if parent else _NOTHING
        run.left -= len(found)
        if run.left < 0:
            run.stop()
        return found

    return select


def _child(name: str) -> Select:
    def select(node: Node, run: Run) -> NodeSet:
        found = node.find(name)
        run.left -= len(found) + 1
        if run.left < 0:
            run.stop()
        return found

    return select


def _advance(step: Step, predicates: Predicates, *, keeps_order: bool) -> _Advance:
    """One step, from a set of nodes in order to the next."""
    candidates = _candidates(step)
    backwards = step.axis in REVERSE

    def advance(nodes: NodeSet, run: Run) -> NodeSet:
        found: NodeSet = []
        for node in nodes:
            near = candidates(node, run)
            for predicate in predicates:
                near = keep(near, predicate, run)
            found.extend(reversed(near) if backwards else near)
        return found if keeps_order or len(nodes) <= 1 else in_order(found, run)

    return advance


def _candidates(step: Step) -> Callable[[Node, Run], NodeSet]:
    axis, test = AXES[step.axis], test_of(step.axis, step.test)
    if _names_child(step):

        def children(node: Node, run: Run) -> NodeSet:
            found = node.find(step.test)
            run.spend(len(found) + 1)
            return found

        return children

    def search(node: Node, run: Run) -> NodeSet:
        return [near for near in _counted(axis(node), run) if test(near)]

    return search


def _counted(nodes: Iterable[Node], run: Run) -> Iterable[Node]:
    for node in nodes:
        run.left -= 1
        if run.left < 0:
            run.stop()
        yield node


def keep(nodes: NodeSet, predicate: Closure, run: Run) -> NodeSet:
    """The nodes for which a predicate holds; one that comes to a number means the place among them, from 1."""
    outer = run.position, run.size
    kept: NodeSet = []
    run.spend(len(nodes))
    for position, node in enumerate(nodes, start=1):
        run.position, run.size = position, len(nodes)
        value = predicate(node, run)
        if value == position if isinstance(value, float) else truth_of(value):
            kept.append(node)
    run.position, run.size = outer
    return kept


def in_order(nodes: NodeSet, run: Run) -> NodeSet:
    """Each node once, as the document has them; other documents come after the interview."""
    unique = list(dict.fromkeys(nodes))
    run.spend(len(unique))
    return sorted(unique, key=lambda node: (root_of(node) is not run.root, place_in_document(node)))
