"""Compiled parts of an expression, and how they are asked for the kind of value that is wanted."""

from collections.abc import Callable
from typing import NamedTuple, cast

from app.forms.expressions.context import Closure, EvaluationError, Run, Value
from app.forms.expressions.nodes import Node
from app.forms.expressions.paths import Select, nodes_of
from app.forms.expressions.signatures import ANY, NODES, NUMBER, TEXT, TRUTH
from app.forms.expressions.values import number_of, number_of_text, text_of, text_of_node, truth_of

_LONG = 1000


class Part(NamedTuple):
    """The kind of value that a part gives, how to get it, and the value itself where it is always the same."""

    kind: str
    run: Closure
    constant: Value | None = None


def constant(kind: str, value: Value) -> Part:
    return Part(kind, lambda node, run: value, value)


def failing(reason: str) -> Part:
    """A part that may stay where it is never looked at, as behind `false() and`."""

    def fail(node: Node, run: Run) -> Value:
        raise EvaluationError(reason)

    return Part(ANY, fail)


def as_text(part: Part) -> Callable[[Node, Run], str]:
    if part.kind == TEXT:
        return cast("Callable[[Node, Run], str]", part.run)
    if part.kind == NODES:
        return _first_text(as_nodes(part))
    value = part.run
    return lambda node, run: text_of(value(node, run), run)


def _first_text(select: Select) -> Callable[[Node, Run], str]:
    def text(node: Node, run: Run) -> str:
        found = select(node, run)
        if not found:
            return ""
        value = found[0].value
        return text_of_node(found[0], run) if value is None or len(value) > _LONG else value

    return text


def as_number(part: Part) -> Callable[[Node, Run], float]:
    if part.kind == NUMBER:
        return cast("Callable[[Node, Run], float]", part.run)
    if part.kind in (NODES, TEXT):
        text = as_text(part)
        return lambda node, run: number_of_text(text(node, run), run.zone)
    value = part.run
    return lambda node, run: number_of(value(node, run), run)


def as_truth(part: Part) -> Callable[[Node, Run], bool]:
    if part.kind == TRUTH:
        return cast("Callable[[Node, Run], bool]", part.run)
    value = part.run
    return lambda node, run: truth_of(value(node, run))


def as_nodes(part: Part) -> Select:
    if part.kind == NODES:
        return cast(Select, part.run)
    value = part.run
    return lambda node, run: nodes_of(value(node, run))
