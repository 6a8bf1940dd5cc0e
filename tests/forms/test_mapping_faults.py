"""Every fault of a mapping is told at once, with its place and a remedy."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms.check_mapping import check_mapping
from app.forms.questions import Form, compile_form


def _form(version: str, *rows: tuple[str, str], lists: dict[str, list[str]]) -> Form:
    survey = [{"type": kind, "name": name} if name else {"type": kind} for kind, name in rows]
    choices = [{"list_name": each, "name": name} for each, names in lists.items() for name in names]
    return compile_form({"settings": {"form_id": "f", "version": version}, "survey": survey, "choices": choices})


REPEAT = ("begin repeat", "member"), ("integer", "age"), ("end repeat", "")
VERSIONS = {
    "1": _form(
        "1",
        ("integer", "minutes"), ("integer", "rooms"), ("select_one levels", "water"), *REPEAT,
        lists={"levels": ["low", "mid", "high"]},
    ),
    "2": _form(
        "2",
        ("integer", "walk"), ("text", "story"), ("select_one levels", "flood"), ("integer", "rooms"), *REPEAT,
        lists={"levels": ["low", "high"]},
    ),
}  # fmt: skip
GOOD: dict[str, Any] = {
    "spec": "mapping/1",
    "form_id": "f",
    "from": "1",
    "to": "2",
    "questions": {"minutes": "walk", "water": "flood"},
    "choices": {"levels": {"mid": "low"}},
}

FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"from": "0", "to": "9"}, ["from", "to"]),
    ({"from": "2", "to": "1", "questions": {}, "choices": {}}, ["to"]),
    ({"to": "1", "questions": {}, "choices": {}}, ["to"]),
    ({"extra": 1, "spec": "mapping/2", "questions": {"minutes": 3}}, ["spec", "questions.minutes", "extra"]),
    ({"questions": {"minuts": "walk", "water": "floods"}}, ["questions.minuts", "questions.water"]),
    ({"questions": {"minutes": "story"}}, ["questions.minutes"]),
    ({"questions": {"minutes": "age", "age": None}}, ["questions.minutes"]),
    ({"questions": {"minutes": "walk", "rooms": "walk"}}, ["questions"]),
    ({"questions": {"minutes": "rooms"}}, ["questions"]),
    ({"choices": {"level": {"mid": "low"}}}, ["choices.level"]),
    ({"choices": {"levels": {"middle": "low", "mid": "lowest"}}}, ["choices.levels.middle", "choices.levels.mid"]),
]


def test_a_good_one_has_none() -> None:
    assert check_mapping(GOOD, VERSIONS, "m.json") == []
    assert check_mapping({**GOOD, "questions": {"minutes": "rooms", "rooms": None}}, VERSIONS, "m.json") == []
    by_question = {**GOOD, "choices": {"water": {"mid": None}}}
    assert check_mapping(by_question, VERSIONS, "m.json") == []


@pytest.mark.parametrize(("members", "places"), FAULTS)
def test_each_fault_has_its_place(members: dict[str, Any], places: list[str]) -> None:
    faults = check_mapping(GOOD | members, VERSIONS, "m.json")
    assert sorted(fault.column for fault in faults) == sorted(places)
    assert all(fault.message and fault.remedy and str(fault).startswith("m.json") for fault in faults)


def test_unknown_form_is_told_alone() -> None:
    assert [fault.column for fault in check_mapping(GOOD, {}, "m.json")] == ["form_id"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(list(GOOD)), JSON))
def test_checking_never_raises(members: dict[str, Any]) -> None:
    for document in (members, GOOD | members):
        check_mapping(document, VERSIONS, "m.json")
