"""No expression takes long, whatever it says and whatever was answered."""

import time

import pytest

from app.forms.expressions.compile import compile_expression
from app.forms.expressions.context import Failure
from app.forms.expressions.nodes import document, element
from app.forms.expressions.parse import parse
from tests.support.expressions import context

LONG = "x" * 1_000_000
SECONDS = 10
"""A bomb would take hours; the machine may be busy."""

TREE = document(
    element("data", [element("long", LONG), *(element("turn", [element("x", str(number))]) for number in range(3_000))])
)


@pytest.mark.parametrize(
    "text",
    [
        "count(//*[count(//*[count(//*) > 0]) > 0])",
        "//x[. = //x[. = //x]]",
        "count(//x[preceding::x > following::x])",
        f"concat({', '.join(['/data/long'] * 2500)})",
        "join(/data/long, //x)",
        "string-length(" + "concat(" * 30 + "/data/long" + ", /data/long)" * 30 + ")",
        "count(//x[string(/) = ''])",
        "count(//x[contains(/data/long, .)]) + count(//x[normalize-space(/data/long) = .])",
        "uuid(1000000000)",
        "count(//x[not(regex(/data/long, '(x+x+)+y'))])",
        "//x | //x[//x | //x]",
    ],
)
def test_bombs_do_not_go_off(text: str) -> None:
    begun = time.monotonic()
    value = compile_expression(parse(text)).evaluate(TREE, context(steps=100_000))
    assert time.monotonic() - begun < SECONDS
    assert isinstance(value, Failure)


def test_a_pattern_that_others_choke_on_is_matched() -> None:
    long = document(element("data", "x" * 30_000))
    assert compile_expression(parse("regex(/data, '(x+x+)+y')")).evaluate(long, context()) is False


def test_an_honest_expression_over_a_big_interview_has_steps_enough() -> None:
    expression = compile_expression(parse("count(/data/turn[x >= 15 and x < 65]) * 100 div count(/data/turn)"))
    assert expression.evaluate(TREE, context(steps=1_000_000)) == pytest.approx(100 * 50 / 3000)
