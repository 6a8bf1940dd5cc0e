"""Answers follow the form's tree: groups are objects, repeats lists of them."""

from typing import Any

import pytest

from app.forms.answers import reader
from app.forms.flags import MOST_FLAGS
from app.forms.questions import compile_form


def q(name: str, **columns: str) -> dict[str, str]:
    return {"type": "text", "name": name, "label": name, **columns}


def begin(kind: str, name: str, **columns: str) -> dict[str, str]:
    return {"type": f"begin_{kind}", "name": name, "label": name, **columns}


SURVEY = [
    q("top"),
    begin("group", "house"),
    q("roof"),
    begin("group", "kitchen"),
    q("stove"),
    {"type": "end_group"},
    {"type": "end_group"},
    begin("repeat", "member"),
    q("name"),
    begin("repeat", "illness"),
    q("cause"),
    {"type": "end_repeat"},
    {"type": "end_repeat"},
]
READ = reader(compile_form({"settings": {"form_id": "f", "form_title": "F", "version": "1"}, "survey": SURVEY}))
GOOD = {"top": "x", "house": {"roof": "tiles", "kitchen": {"stove": "gas"}}}

CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "good": (GOOD, []),
    "meta is no question": ({**GOOD, "meta": {"instanceName": "x"}}, []),
    "nothing at all": ({}, []),
    "an empty group": ({**GOOD, "house": {}}, []),
    "an inner group left out": ({**GOOD, "house": {"roof": "x"}}, []),
    "one row without its list": ({**GOOD, "member": {"name": "a"}}, []),
    "repeats in repeats": (
        {**GOOD, "member": [{"name": "a", "illness": [{"cause": "x"}, {"cause": 7}]}]},
        ["type member[1]/illness[2]/cause"],
    ),
    "a question as a group": ({**GOOD, "top": {"x": 1}}, ["type top"]),
    "a group as a question": ({**GOOD, "house": "big"}, ["type house"]),
    "a row as a question": ({**GOOD, "member": ["Ani"]}, ["type member[1]"]),
    "a question in another place": ({**GOOD, "roof": "tiles"}, ["unknown_field roof"]),
    "an unknown group": ({**GOOD, "garden": {"trees": 3}}, ["unknown_field garden"]),
}


@pytest.mark.parametrize("case", CASES)
def test_flags_name_the_place(case: str) -> None:
    answers, expected = CASES[case]
    assert [f"{flag.code} {flag.path}" for flag in READ(answers).flags] == expected


def test_answers_outside_of_repeats_are_found_by_bare_name() -> None:
    answers = READ({**GOOD, "member": [{"name": "Ani"}]})
    assert answers.values == {"top": "x", "roof": "tiles", "stove": "gas"}


@pytest.mark.parametrize("many", [{f"x{n}": 1 for n in range(500)}, {**GOOD, "member": [1] * 100_000}])
def test_flags_end_somewhere(many: dict[str, Any]) -> None:
    codes = [flag.code for flag in READ(many).flags]
    assert len(codes) == MOST_FLAGS + 1
    assert codes[-1] == "more_flags"
