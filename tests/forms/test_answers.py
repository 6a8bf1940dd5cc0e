"""Each question type takes what fits it, as a typed value, and flags what does not."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms.answers import SAFE_INTEGER, reader
from app.forms.questions import compile_form

LIST = [{"list_name": "rain", "name": name, "label": name} for name in ("often", "never", "1")]
POINT = "-6.95 110.42"

FITS: dict[str, list[tuple[Any, Any]]] = {
    "text": [("a", "a"), (" ", " "), ("1", "1"), ("é\n", "é\n")],
    "integer": [(0, 0), (-7, -7), (7.0, 7), (1e3, 1000), (SAFE_INTEGER, SAFE_INTEGER)],
    "decimal": [(0, 0), (0.1, 0.1), (-1.5, -1.5), (10**15, 10**15)],
    "range": [(3, 3), (0.5, 0.5)],
    "select_one rain": [("often", "often"), ("1", "1"), (1, "1"), (1.0, "1")],
    "select_one rain or_other": [("other", "other"), ("never", "never")],
    "select_multiple rain": [
        (["often"], ["often"]),
        (["often", "never"], ["often", "never"]),
        ("often never", ["often", "never"]),
        ([1, "never"], ["1", "never"]),
    ],
    "rank rain": [(["never", "often"], ["never", "often"])],
    "date": [("2026-11-21", "2026-11-21"), ("2024-02-29", "2024-02-29")],
    "time": [(each, each) for each in ("09:30", "09:30:15", "09:30:15.123+07:00", "23:59Z")],
    "datetime": [
        (each, each) for each in ("2026-11-21T09:30:00.000+07:00", "2026-11-21T09:30", "2026-11-21T02:30:00Z")
    ],
    "geopoint": [(each, each) for each in (POINT, f"{POINT} 0 5.5", "90 -180", "-6.95  110.42 1e1")],
    "geotrace": [(each, each) for each in (f"{POINT};{POINT}", f"{POINT} 0 0; {POINT} 0 0;")],
    "geoshape": [(f"{POINT};0 0;{POINT}",) * 2],
    "image": [("1732158.jpg", "1732158.jpg")],
    "barcode": [("8991234", "8991234")],
    "acknowledge": [("OK", "OK"), (True, "true")],
    "calculate": [("a", "a"), (1, 1), (0.5, 0.5), (False, "false")],
    "hidden": [("a", "a"), (1, 1)],
}
MISFITS: dict[str, list[Any]] = {
    "text": [1, 0.5, True, ["a"], {"a": "b"}],
    "integer": ["1", 0.5, True, [1], {"a": 1}, SAFE_INTEGER + 1, -(2.0**60), math.inf, math.nan],
    "decimal": ["0.1", "", True, [0.1], {}, math.inf, -math.inf, math.nan],
    "range": ["3"],
    "select_one rain": [True, 0.5, ["often"], {"often": 1}],
    "select_multiple rain": [1, 0.5, True, {"often": 1}, [["often"]], [True], [None], [{"a": 1}]],
    "rank rain": [1, {"never": 1}],
    "date": [
        *("21-11-2026", "2026-02-30", "2026-11-21T00:00", "2026-W01-1", "20261121", "\uff12\uff10\uff12\uff16-11-21"),
        *(20261121, " "),
    ],
    "time": ["25:00", "9 o'clock", "09:30+99:00", 930, ["09:30"]],
    "datetime": ["2026-11-21", "2026-11-21 09:30", "2026-11-31T09:30", "T", 1, {}],
    "geopoint": [
        *("1", "1 2 3 4 5", "91 0", "0 181", "nan 0", "0 0 inf", "1_0 2", "\uff11 \uff12", "a b", "1,2"),
        *(1, [1, 2]),
    ],
    "geotrace": [POINT, ";", f"{POINT};", f"{POINT};x", 1],
    "geoshape": [POINT],
    "image": [1, ["a.jpg"]],
    "calculate": [["a"], {"a": 1}],
    "acknowledge": [["OK"]],
}
NOT_OFFERED: dict[str, list[Any]] = {
    "select_one rain": ["sometimes", "Often", "often ", "other", 2],
    "select_one rain or_other": ["sometimes"],
    "select_multiple rain": [["sometimes"], ["often", "sometimes"], "often sometimes", ["often never"], [2]],
    "rank rain": [["sometimes"]],
}
EMPTY = (None, "", [])


def form_with(question_type: str, **columns: str) -> Any:
    row = {"type": question_type, "name": "q", "label": "Q", **columns}
    if question_type == "range":
        row["parameters"] = "start=0 end=10 step=1"
    if question_type == "calculate":
        row["calculation"] = "1"
    settings = {"form_id": "f", "form_title": "F", "version": "1"}
    return reader(compile_form({"settings": settings, "survey": [row], "choices": LIST}))


def cases(table: dict[str, list[Any]]) -> list[Any]:
    return [
        pytest.param(question_type, each, id=f"{question_type}-{each!a}"[:60])
        for question_type, values in table.items()
        for each in values
        if each not in EMPTY
    ]


@pytest.mark.parametrize(("question_type", "case"), cases(FITS))
def test_what_fits_has_its_type(question_type: str, case: tuple[Any, Any]) -> None:
    given, expected = case
    answers = form_with(question_type)({"q": given})
    assert answers.flags == []
    assert answers.values == {"q": expected}
    assert type(answers.values["q"]) is type(expected)


@pytest.mark.parametrize(("question_type", "value"), cases(MISFITS))
def test_a_misfit_is_flagged_and_left_out(question_type: str, value: Any) -> None:
    answers = form_with(question_type)({"q": value})
    (flag,) = answers.flags
    assert (flag.code, flag.path, flag.facts) == ("type", "q", {"expected": question_type.split()[0]})
    assert answers.values == {}


@pytest.mark.parametrize(("question_type", "value"), cases(NOT_OFFERED))
def test_a_choice_that_is_not_offered_is_flagged_and_left_out(question_type: str, value: Any) -> None:
    answers = form_with(question_type)({"q": value})
    (flag,) = answers.flags
    assert (flag.code, flag.path, flag.facts) == ("choice", "q", {"expected": "rain"})
    assert answers.values == {}


@pytest.mark.parametrize("question_type", FITS)
@pytest.mark.parametrize("empty", EMPTY)
def test_an_empty_answer_is_none(question_type: str, empty: Any) -> None:
    answers = form_with(question_type)({"q": empty})
    assert (answers.values, answers.flags) == ({}, [])


def test_choices_from_a_file_may_be_anything() -> None:
    answers = form_with("select_one_from_file villages.csv")({"q": "33.74"})
    assert (answers.values, answers.flags) == ({"q": "33.74"}, [])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(FITS)), JSON)
def test_whatever_is_sent_is_a_value_a_flag_or_nothing(question_type: str, value: Any) -> None:
    answers = form_with(question_type)({"q": value})
    assert len(answers.values) + len(answers.flags) == (0 if value in EMPTY else 1)
    json.dumps([answers.values, [flag.document() for flag in answers.flags]], allow_nan=False)
