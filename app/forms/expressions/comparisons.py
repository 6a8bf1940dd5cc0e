"""= != < <= > >= as XPath 1.0 defines them over sets of nodes, with dates as the numbers they mean."""

import math
import operator
from collections.abc import Callable, Mapping
from datetime import UTC

from app.forms.expressions.context import Closure, NodeSet, Run, Value
from app.forms.expressions.moments import looks_like_date
from app.forms.expressions.nodes import Node
from app.forms.expressions.paths import Select
from app.forms.expressions.values import number_of, number_of_text, text_of, text_of_node, truth_of

Test = Callable[[float, float], bool]

TESTS: Mapping[str, Test] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compare(sign: str, left: Value, right: Value, run: Run) -> bool:
    """Any two values. A set of nodes compares as true if any of its nodes does."""
    if sign in ("=", "!="):
        return _equal(sign == "=", left, right, run)
    test = TESTS[sign]
    ours, theirs = _numbers(left, run), _numbers(right, run)
    run.spend(len(ours) * len(theirs))
    return any(test(one, other) for one in ours for other in theirs)


def _numbers(value: Value, run: Run) -> list[float]:
    if isinstance(value, list):
        return [number_of_text(text_of_node(node, run), run.zone) for node in value]
    return [number_of(value, run)]


def _equal(wanted: bool, left: Value, right: Value, run: Run) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        run.spend(len(left) * len(right))
        texts = [text_of_node(node, run) for node in right]
        return any(_same_text(text_of_node(node, run), text, run) is wanted for node in left for text in texts)
    if isinstance(left, bool) or isinstance(right, bool):
        return (truth_of(left) is truth_of(right)) is wanted
    if isinstance(left, list):
        return any(_same(text_of_node(node, run), right, run) is wanted for node in left)
    if isinstance(right, list):
        return any(_same(text_of_node(node, run), left, run) is wanted for node in right)
    return _same(left, right, run) is wanted


def _same(left: Value, right: Value, run: Run) -> bool:
    """Of two single values."""
    if isinstance(left, float) or isinstance(right, float):
        return number_of(left, run) == number_of(right, run)
    return _same_text(text_of(left, run), text_of(right, run), run)


def _same_text(left: str, right: str, run: Run) -> bool:
    if left == right:
        return True
    if not looks_like_date(left) and not looks_like_date(right):
        return False
    return number_of_text(left, run.zone) == number_of_text(right, run.zone)


def compare_nodes_with(sign: str, select: Select, constant: Value) -> Closure:
    """`${age} >= 18` and `${consent} = 'yes'`: what nearly all conditions of forms are."""
    if isinstance(constant, float):
        return _nodes_with_number(TESTS[sign], select, constant)
    if isinstance(constant, str) and sign in ("=", "!=") and _is_word(constant):
        return _nodes_with_word(sign == "=", select, constant)
    return lambda node, run: compare(sign, select(node, run), constant, run)


def compare_with_nodes(sign: str, constant: Value, select: Select) -> Closure:
    return compare_nodes_with(_MIRRORED.get(sign, sign), select, constant)


def _is_word(text: str) -> bool:
    """Whether a text can only equal itself: neither a date nor a number of days."""
    return not looks_like_date(text) and math.isnan(number_of_text(text, UTC))


def _nodes_with_number(test: Test, select: Select, number: float) -> Closure:
    def closure(node: Node, run: Run) -> bool:
        nodes = select(node, run)
        if len(nodes) == 1:
            value = nodes[0].value
            return test(number_of_text(text_of_node(nodes[0], run) if value is None else value, run.zone), number)
        return any(test(number_of_text(text_of_node(found, run), run.zone), number) for found in nodes)

    return closure


def _nodes_with_word(wanted: bool, select: Select, word: str) -> Closure:
    def closure(node: Node, run: Run) -> bool:
        nodes: NodeSet = select(node, run)
        if len(nodes) == 1:
            value = nodes[0].value
            return ((text_of_node(nodes[0], run) if value is None else value) == word) is wanted
        return any((text_of_node(found, run) == word) is wanted for found in nodes)

    return closure
