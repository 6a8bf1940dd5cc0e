"""What an expression cannot know by itself comes from the interview, never from the machine."""

from random import Random

import pytest

from app.forms.expressions.compile import compile_expression
from app.forms.expressions.context import Context
from app.forms.expressions.nodes import document, element
from app.forms.expressions.parse import parse
from tests.support.expressions import context, evaluate, written

EVENING = "2026-11-21T23:30:00+07:00"


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("today()", EVENING, "2026-11-21"),
        ("today()", "2026-11-21T23:30:00+09:00", "2026-11-21"),
        ("now()", EVENING, "2026-11-21T23:30:00.000+07:00"),
        ("number(today())", EVENING, "20777.708333333332"),
        ("number('2026-11-21')", "2026-11-21T10:00:00+00:00", "20778"),
        ("number('2026-11-21')", "2026-11-21T10:00:00", "20778"),
        ("'2026-11-21T20:00:00Z' > today() + 1", EVENING, "true"),
        ("date('2026-11-21T20:00:00Z')", EVENING, "2026-11-22T03:00:00.000+07:00"),
        ("date(20778)", EVENING, "2026-11-21T07:00:00.000+07:00"),
        ("int((today() - date('2000-01-01')) div 365.25)", EVENING, "26"),
    ],
)
def test_time_is_the_interviews(text: str, now: str, expected: str) -> None:
    assert written(text, now=now) == expected


@pytest.mark.parametrize("text", ["random()", "uuid()", "uuid(9)", "randomize(/data/x)"])
def test_chance_is_the_contexts(text: str) -> None:
    tree = document(element("data", [element("x", str(number)) for number in range(50)]))
    expression = compile_expression(parse(f"string({text})"))
    assert expression.evaluate(tree, context()) == expression.evaluate(tree, context())
    other = Context(now=context().now, chance=Random(8))
    assert expression.evaluate(tree, context()) != expression.evaluate(tree, other)


def test_once_keeps_what_there_is() -> None:
    tree = document(element("data", [element("kept", "before"), element("empty")]))
    assert evaluate("once(uuid())", tree, "data/kept") == "before"
    assert len(str(evaluate("once(uuid())", tree, "data/empty"))) == 36
