"""What can be read and evaluated and still cannot be meant is refused before publication, at its cell."""

from typing import Any

import pytest

from app.forms.check import check

CHOICES = [{"list_name": "yes_no", "name": name, "label": name} for name in ("yes", "no")]


def row(kind: str, name: str, **cells: str) -> dict[str, Any]:
    return {"type": kind, "name": name, "label": name, **cells}


def faults(*survey: dict[str, Any]) -> list[tuple[int | None, str, str]]:
    document = {"settings": {"form_id": "f", "version": "1"}, "survey": list(survey), "choices": CHOICES}
    return [(fault.row, fault.column, fault.message) for fault in check(document, "form.json")]


CONSENT, AGE = row("select_one yes_no", "consent"), row("integer", "age")
END = {"type": "end_group"}
END_REPEAT = {"type": "end_repeat"}

CIRCLES = {
    "itself": ([row("text", "a", relevant="${a} != ''")], [(2, "relevant")]),
    "two": ([row("text", "a", relevant="${b} = ''"), row("text", "b", relevant="${a} = ''")], [(2, "relevant")]),
    "of calculations": (
        [
            row("calculate", "a", calculation="${c} + 1"),
            row("calculate", "b", calculation="${a} + 1"),
            row("calculate", "c", calculation="${b} + 1"),
        ],
        [(2, "calculation")],
    ),
    "a group that waits for its own question": (
        [row("begin_group", "g", relevant="${a} = ''"), row("text", "a"), END],
        [(2, "relevant")],
    ),
    "both of two": (
        [row("text", "a", relevant="${a} != ''"), row("calculate", "b", calculation="${b}")],
        [(2, "relevant"), (3, "calculation")],
    ),
}


@pytest.mark.parametrize("circle", CIRCLES)
def test_circles(circle: str) -> None:
    survey, expected = CIRCLES[circle]
    found = faults(*survey)
    assert [(line, column) for line, column, _ in found] == expected
    assert all("depend" in message for _, _, message in found)


@pytest.mark.parametrize(
    "survey",
    [
        [row("integer", "a", constraint=". > 0 and ${a} < 9", required="${a} = ''")],
        [
            row("text", "a"),
            row("text", "b", relevant="${a} = ''"),
            row("text", "c", relevant="${b} = '' and ${a} = ''"),
        ],
        [
            row("begin_repeat", "visit"),
            row("integer", "n"),
            row("calculate", "sum", calculation="indexed-repeat(${sum}, ${visit}, position(..) - 1) + ${n}"),
            row("calculate", "all", calculation="count(${visit})"),
            END_REPEAT,
        ],
    ],
)
def test_what_is_no_circle(survey: list[dict[str, Any]]) -> None:
    assert faults(*survey) == []


NONSENSE = {
    "a choice that is not in the list": (row("text", "x", relevant="${consent} = 'yess'"), "yess"),
    "said the other way round": (row("text", "x", relevant="'yess' != ${consent}"), "yess"),
    "a selected choice that is not in the list": (row("text", "x", relevant="selected(${consent}, 'si')"), "si"),
    "choices of a number": (row("text", "x", relevant="selected(${age}, '5')"), "integer"),
    "a number that is a text": (row("text", "x", relevant="${age} = 'old'"), "old"),
    "more than a text": (row("text", "x", relevant="${age} > 'old'"), "old"),
    "a text in a sum": (row("calculate", "x", calculation="${age} + 'year'"), "year"),
    "its own choices": (row("select_one yes_no", "x", constraint=". != 'maybe'"), "maybe"),
    "a date without a format": (row("calculate", "x", calculation="format-date(today(), '%Q')"), "%Q"),
    "a negative uuid": (row("calculate", "x", calculation="uuid(-1)"), "uuid"),
}


@pytest.mark.parametrize("case", NONSENSE)
def test_nonsense(case: str) -> None:
    cells, word = NONSENSE[case]
    ((line, column, message),) = faults(CONSENT, AGE, cells)
    assert line == 4
    assert column in cells
    assert word in message


@pytest.mark.parametrize(
    "relevant",
    [
        "${consent} = '' or ${consent} = 'yes'",
        "${age} = '5' or ${age} > '2026-01-01' or ${age} = ''",
        "selected(${consent}, 'no') and string-length(${age}) > 1",
        "pulldata('rt', 'head', 'name', ${age}) = 'x'",
        "if(${age} > 3, 'a', 'b') = 'c'",
    ],
)
def test_what_may_be_meant(relevant: str) -> None:
    assert faults(CONSENT, AGE, row("text", "x", relevant=relevant)) == []


def test_everything_is_told_at_once() -> None:
    found = faults(
        row("text", "a", relevant="${b} = 1"),
        row("calculate", "c", calculation="${c} + 1"),
        row("calculate", "d", calculation="roundd(2)"),
    )
    assert [line for line, _, _ in found] == [2, 3, 4]
