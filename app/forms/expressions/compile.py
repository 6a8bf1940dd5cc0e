"""From the tree of an expression to plain functions, made once and evaluated often."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, mul, sub

from app.forms.expressions.calls import compile_call
from app.forms.expressions.comparisons import compare, compare_nodes_with, compare_with_nodes
from app.forms.expressions.context import Closure, Context, EvaluationError, Failure, NodeSet, Run, Value
from app.forms.expressions.nodes import Node
from app.forms.expressions.on_numbers import divide, remainder
from app.forms.expressions.parts import Part, as_nodes, as_number, as_truth, constant, failing
from app.forms.expressions.paths import Select, compile_path, in_order, keep
from app.forms.expressions.signatures import NODES, NUMBER, TEXT, TRUTH
from app.forms.expressions.syntax import (
    Call,
    Expression,
    Filter,
    Negation,
    Number,
    Operation,
    Path,
    Reference,
    Step,
    Text,
    Union,
)

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "div": divide,
    "mod": remainder,
}
_Truth = Callable[[Node, Run], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """An expression that is ready to be evaluated, by many threads if need be."""

    expression: Expression
    closure: Closure

    def evaluate(self, node: Node, context: Context) -> Value | Failure:
        """The value at a node. Never raises: a Failure says why there is none."""
        return self.within(Run(node, context), node)

    def within(self, run: Run, node: Node) -> Value | Failure:
        """The same as a part of a longer run, which has turned to the question and whose steps it shares."""
        try:
            return self.closure(node, run)
        except EvaluationError as error:
            return Failure(str(error))
        except RecursionError:
            return Failure("it is nested too deeply")


def compile_expression(expression: Expression) -> Compiled:
    """A ${reference} that was not resolved before fails when it is evaluated."""
    return Compiled(expression, _part(expression).run)


def _part(expression: Expression) -> Part:
    match expression:
        case Path():
            return Part(NODES, _path(expression))
        case Text(text):
            return constant(TEXT, text)
        case Number(number):
            return constant(NUMBER, number)
        case Call(name, arguments):
            return compile_call(name, [_part(argument) for argument in arguments])
        case Operation():
            return _operation(expression)
        case Negation(operand):
            return _negation(_part(operand))
        case Filter(base, predicates):
            return _filter(as_nodes(_part(base)), [_part(predicate).run for predicate in predicates])
        case Union(parts):
            return _union([as_nodes(_part(part)) for part in parts])
        case Reference():
            return failing(f"{expression} stands for no question here")


def _path(path: Path) -> Select:
    base = None if path.base is None else as_nodes(_part(path.base))
    return compile_path(path, base, _predicates)


def _predicates(step: Step) -> Sequence[Closure]:
    return [_part(predicate).run for predicate in step.predicates]


def _filter(base: Select, predicates: Sequence[Closure]) -> Part:
    def select(node: Node, run: Run) -> NodeSet:
        found = base(node, run)
        for predicate in predicates:
            found = keep(found, predicate, run)
        return found

    return Part(NODES, select)


def _union(parts: Sequence[Select]) -> Part:
    def select(node: Node, run: Run) -> NodeSet:
        return in_order([found for part in parts for found in part(node, run)], run)

    return Part(NODES, select)


def _negation(operand: Part) -> Part:
    if isinstance(operand.constant, float):
        return constant(NUMBER, -operand.constant)
    number = as_number(operand)
    return Part(NUMBER, lambda node, run: -number(node, run))


def _operation(operation: Operation) -> Part:
    parts = [_part(operand) for operand in operation.operands]
    match operation.operators[0]:
        case "or":
            return _any([as_truth(part) for part in parts])
        case "and":
            return _all([as_truth(part) for part in parts])
        case sign:
            join = _calculation if sign in _ARITHMETIC else _comparison
    pairs = zip(operation.operators, parts[1:], strict=True)
    return reduce(lambda left, pair: join(pair[0], left, pair[1]), pairs, parts[0])


def _any(truths: Sequence[_Truth]) -> Part:
    def either(node: Node, run: Run) -> bool:
        for truth in truths:  # noqa: SIM110 (any() would cost as much as the conditions do)
            if truth(node, run):
                return True
        return False

    return Part(TRUTH, either)


def _all(truths: Sequence[_Truth]) -> Part:
    def every(node: Node, run: Run) -> bool:
        for truth in truths:  # noqa: SIM110
            if not truth(node, run):
                return False
        return True

    return Part(TRUTH, every)


def _calculation(sign: str, left: Part, right: Part) -> Part:
    calculate, ours, theirs = _ARITHMETIC[sign], as_number(left), as_number(right)
    return Part(NUMBER, lambda node, run: calculate(ours(node, run), theirs(node, run)))


def _comparison(sign: str, left: Part, right: Part) -> Part:
    if left.kind == NODES and right.constant is not None:
        return Part(TRUTH, compare_nodes_with(sign, as_nodes(left), right.constant))
    if right.kind == NODES and left.constant is not None:
        return Part(TRUTH, compare_with_nodes(sign, left.constant, as_nodes(right)))
    ours, theirs = left.run, right.run
    return Part(TRUTH, lambda node, run: compare(sign, ours(node, run), theirs(node, run), run))
