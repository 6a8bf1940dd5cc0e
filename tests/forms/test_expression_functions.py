"""Functions that the shared corpus says little about, each with what it gives."""

import math

import pytest

from app.forms.expressions.context import Failure
from app.forms.expressions.nodes import Node, document, element
from tests.support.expressions import evaluate, written

SQUARE = "0 0;0 2;2 2;2 0;0 0"


def house(*rooms: Node) -> Node:
    return element("house", rooms)


def room(*beds: str) -> Node:
    return element("room", [element("bed", bed) for bed in beds])


VILLAGE = document(
    element("data", [house(room("a", "b"), room("c")), house(room("d"), room("e", "f", "g")), element("total", "7")])
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"geofence('1 1', '{SQUARE}')", "true"),
        (f"geofence('3 1', '{SQUARE}')", "false"),
        (f"geofence('', '{SQUARE}')", "false"),
        ("geofence('1 1', '')", "false"),
        ("intersects('0 0;1 1;0 1;1 0')", "true"),
        ("intersects('0 0;1 1;2 2')", "false"),
        (f"intersects('{SQUARE}')", "false"),
        ("intersects('0 0;0 4;0 2')", "false"),
        ("intersects('0 0;0 4;2 4;0 2')", "true"),
        ("intersects('')", "false"),
        ("distance('1 1 0 0')", "0"),
        ("distance('0 0;0 1;')", "111318.85"),
        ("base64-decode('aGFsbw==')", "halo"),
        ("time('2012-07-23T10:00:00.000Z')", "17:00:00.000+07:00"),
        ("time('06:30:00.000+07:00')", "06:30:00.000+07:00"),
        ("time('x')", ""),
        ("decimal-time('06:00')", "0.25"),
        ("decimal-date('1970-01-02T00:00:00Z')", "1"),
        ("format-date(0, '%Y-%m-%d %H')", "1970-01-01 07"),
        ("format-date-time('2012-07-03T05:06:07.089+07:00', '%y %n %e %h %M %S %3 %a %%')", "12 7 3 5 06 07 089 Tue %"),
        ("date('2012-7-3')", "2012-07-03"),
        ("date('2012-02-31')", "Invalid Date"),
        ("date('9999-12-31') + 1", "2932896.7083333335"),
        ("string-length('\U0001f600')", "2"),
        ("translate('abcabc', 'abc', 'x')", "xx"),
        ("normalize-space('  a \n b ')", "a b"),
        ("join('-', 'a', 1, true())", "a-1-true"),
        ("coalesce('' + 1, 'none')", "none"),
        ("coalesce(0, 'none')", "0"),
        ("digest('abc', 'sha-1', 'hex')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("substr('hello', -3, -1)", "ll"),
        ("round(2.5) + round(-2.5)", "0"),
        ("round(1 div 0)", "Infinity"),
        ("round(1e300, 20)", "1e+300"),
        ("pow(0, -1)", "Infinity"),
        ("pow(-8, 1 div 3)", "NaN"),
        ("pow(-10, 999)", "-Infinity"),
        ("exp(1000)", "Infinity"),
        ("log(0)", "-Infinity"),
        ("5.5 mod -2", "1.5"),
        ("if(false(), explode(), 'safe')", "safe"),
        ("pulldata('rt', 'head', 'code', '007')", "rtheadcode007"),
        ("jr:choice-name('x', '/data/q')", "X"),
        ("jr:itext('x')", "label"),
        ("instance('list')/root/item[name = 'x']/name", "x"),
        ("12345678901234567890", "12345678901234567000"),
        ("0.0000001", "1e-7"),
    ],
)
def test_what_a_function_gives(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("instance('none')", "jr:itext('none')", "base64-decode('~')", "digest('a', 'md4')", "regex('a', '(')"),
        *("regex('a', '(?=a)')", "format-date(0, '%')", "format-date(0, '%Q')", "uuid(-1)", "uuid(1 div 0)"),
        *("position(/none)", "count('a')", "'a'/b", "'a' | 'b'", "weighted-checklist(1, 2, 3)", "${name}"),
        *("extract-signed('a', 'b')", "randomize(/data, 1.5)", "explode()", "not()"),
    ],
)
def test_what_has_no_value_is_a_failure(text: str) -> None:
    assert isinstance(evaluate(text), Failure)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("indexed-repeat(//bed, /data/house, 2)", "d"),
        ("indexed-repeat(//bed, /data/house, 2, /data/house/room, 2)", "e"),
        ("indexed-repeat(//bed, /data/house/room, 2, /data/house, 2)", "e"),
        ("join('', indexed-repeat(//bed, /data/house, 2, /data/house/room, 2))", "efg"),
        ("indexed-repeat(//bed, /data/house, 3)", ""),
        ("indexed-repeat(//bed, /data/house, 'x')", ""),
        ("position(/data/house[2])", "2"),
        ("position(/data/house[2]/room[2]/bed[3])", "3"),
        ("count(/data/house[count(room) = 2])", "2"),
        ("join('', /data/house/room[2]/bed[last()])", "cg"),
        ("join('', (/data/house/room/bed)[last()])", "g"),
        ("join('', /data/house[2]//bed | /data/house[1]//bed[1] | //bed[. = 'e'])", "acdefg"),
        ("join('', /data/house[room[bed = 'c']]//bed)", "abc"),
        ("current()/data/total", "7"),
        ("count(/data/house/room[count(current()/data/house) = 2])", "4"),
        ("join('', randomize(//bed, 42))", "afcbdeg"),
    ],
)
def test_what_a_function_finds(text: str, expected: str) -> None:
    assert written(text, VILLAGE) == expected


def test_what_numbers_are_made_of() -> None:
    assert evaluate("'abc' + 1") != evaluate("'abc' + 1")
    assert evaluate("'1e2' * 1") == 100
    assert evaluate("' 7 ' * 1") == 7
    assert evaluate("sum(/data/none)") == 0
    assert evaluate("-'Infinity'") == -math.inf
    assert evaluate("true() + true()") == 2
