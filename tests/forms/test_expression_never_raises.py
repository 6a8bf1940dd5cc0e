"""An expression gives a value or a failure, takes no more steps than it may, and leaves the tree as it was."""

from hypothesis import given, settings

from app.forms.expressions.compile import compile_expression
from app.forms.expressions.context import BudgetExceeded, EvaluationError, Failure, Run
from app.forms.expressions.nodes import Node
from app.forms.expressions.syntax import Expression
from app.forms.expressions.values import number_of, text_of, truth_of
from tests.support.expressions import context, expressions, trees

STEPS = 300
Snapshot = tuple[object, ...]


def snapshot(node: Node) -> Snapshot:
    children = [snapshot(child) for child in node.children]
    attributes = [(attribute.name, attribute.value) for attribute in node.attributes]
    return node.kind, node.name, node.value, node.index, node.position, attributes, children, list(node.named)


@settings(max_examples=400)
@given(expressions(), trees())
def test_every_expression_gives_a_value_or_a_failure(expression: Expression, tree: Node) -> None:
    before = snapshot(tree)
    compiled = compile_expression(expression)
    for node in (tree, *tree.walk()):
        value = compiled.evaluate(node, context())
        assert isinstance(value, str | float | bool | list | Failure)
        if not isinstance(value, Failure):
            run = Run(node, context())
            assert isinstance(text_of(value, run), str)
            assert isinstance(number_of(value, run), float)
            assert isinstance(truth_of(value), bool)
    assert snapshot(tree) == before


@settings(max_examples=200)
@given(expressions(), trees())
def test_no_expression_takes_more_steps_than_it_may(expression: Expression, tree: Node) -> None:
    run = Run(tree, context(steps=STEPS))
    try:
        compile_expression(expression).closure(tree, run)
    except BudgetExceeded:
        assert run.left < 0
    except EvaluationError:
        assert run.left >= 0
    else:
        assert run.left >= 0
