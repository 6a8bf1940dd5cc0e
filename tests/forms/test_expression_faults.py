"""What is wrong with an expression is said before anybody is interviewed with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms.expressions.check import check_expression


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("selectd(${a}, 'x')", 'There is no function "selectd()". Did you mean "selected()"?'),
        ("selected(${a})", "selected() takes 2 arguments, here it has 1."),
        ("uuid(1, 2)", "uuid() takes at most 1 argument, here it has 2."),
        ("pi(1)", "pi() takes no arguments, here it has 1."),
        ("checklist(1)", "checklist() takes 2 arguments or more, here it has 1."),
        ("round()", "round() takes 1 to 2 arguments, here it has 0."),
        ("count(1)", 'count() looks at questions or groups, and "1" is neither.'),
        ("sum(${a} + 1)", 'sum() looks at questions or groups, and "${a} + 1" is neither.'),
        ("regex(., '(a')", "The pattern '(a' cannot be used: missing ): (a."),
        ("${a} = 'x", "At character 8: This text never ends: a ' is missing."),
        (". >= and 3", "At character 10: An operator such as and, + or = is missing before 3."),
        ("a == b", "At character 3: Write = to compare."),
        ("a && b", "At character 3: Write and."),
        ("${ a }", "At character 1: Write ${name} with the name of a question, without spaces."),
        ("${a} = \u201cyes\u201d", "At character 8: Write straight quotation marks."),
        ("selected(., 'x'", "At character 16: A ) is missing before the end."),
        ("f(1,)", "At character 5: A value is missing before )."),
        ("ancester::a", "At character 1: There is no axis ancester."),
        ("", "At character 1: A value is missing before the end."),
    ],
)
def test_a_fault_is_said_in_plain_words(text: str, fault: str) -> None:
    assert check_expression(text) == [fault]


def test_all_faults_of_calls_are_found() -> None:
    assert len(check_expression("foo(bar(1), count('x')) + foo(2) + not()")) == 4


@pytest.mark.parametrize(
    "text",
    [
        *("${consent} = 'yes'", ". >= 1 and . <= 20", "position(..)", "regex(., '(?=a)b')", "concat()", "max(${age})"),
        *("indexed-repeat(${a}, ${b}, 2)", "count(${member}[age < 15])", "jr:choice-name(${a}, '${a}')"),
        *("count(if(true(), ${a}, ${b}))", "count(randomize(${a}))", "pulldata('rt', 'head', 'code', ${rt})"),
    ],
)
def test_good_expressions_have_no_faults(text: str) -> None:
    assert check_expression(text) == []


@given(st.text())
def test_checking_never_raises(text: str) -> None:
    assert all(isinstance(fault, str) for fault in check_expression(text))
