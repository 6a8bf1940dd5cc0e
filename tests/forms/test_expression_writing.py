"""What is written of an expression reads as the same expression."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms.expressions.parse import DEEPEST, parse
from app.forms.expressions.syntax import Expression, Reference, functions_used, walk
from app.forms.expressions.tokens import SyntaxFault
from tests.support.expressions import expressions


@given(expressions())
def test_writing_and_reading_gives_the_same(expression: Expression) -> None:
    assert parse(str(expression)) == expression


@given(st.text(alphabet="ab19.,()[]/@*|+-=<>!'\"${} :divmodandor\u00e9\ud800"))
def test_reading_gives_an_expression_or_a_fault(text: str) -> None:
    with suppress(SyntaxFault):
        expression = parse(text)
        assert parse(str(expression)) == expression


@given(st.text(alphabet="ab1('\"[$&"))
def test_a_fault_lies_in_the_text(text: str) -> None:
    position = 1
    try:
        parse(text)
    except SyntaxFault as fault:
        position = fault.position
    assert 1 <= position <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1mod1", "1 mod 1"),
        ("${a}>=18and${b}='x'", "${a} >= 18 and ${b} = 'x'"),
        ("/data/p[2] */data/p[3]", "/data/p[2] * /data/p[3]"),
        ("(1 - 2) - 3", "(1 - 2) - 3"),
        ("1 - 2 - 3", "1 - 2 - 3"),
        ("- - 1", "--1"),
        ("child::a/self::node()/parent::node()/attribute::id", "a/./../@id"),
        ("//a", "/descendant-or-self::node()/a"),
        ("div div div", "div div div"),
        ("${last-saved#name}", "${last-saved#name}"),
        ("concat(\"it's\", '')", "concat(\"it's\", '')"),
    ],
)
def test_expressions_are_written_in_one_way(text: str, written: str) -> None:
    assert str(parse(text)) == written


def test_brackets_may_be_nested_so_deeply_and_no_deeper() -> None:
    assert parse("(" * (DEEPEST - 1) + "1" + ")" * (DEEPEST - 1))
    with pytest.raises(SyntaxFault, match="brackets"):
        parse("(" * 30_000)
    with pytest.raises(SyntaxFault, match="too many -"):
        parse("-" * 10_000 + "1")


def test_long_sums_are_no_deep_nesting() -> None:
    assert str(parse(" + ".join("1" * 5_000))).count("+") == 4_999


def test_what_an_expression_uses() -> None:
    expression = parse("if(${a} = count(${b}[x > ${c}]), today(), ${a})")
    assert functions_used(expression) == {"if", "count", "today"}
    assert {part.name for part in walk(expression) if isinstance(part, Reference)} == {"a", "b", "c"}
