"""The first look at an interview says what the close look says, and is enough for a good one."""

import json
from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms.expressions.parse import parse
from app.forms.expressions.reach import is_same_everywhere, read_by
from app.forms.logic import Logic
from app.settings import WIB
from benchmarks.rig import imagined
from benchmarks.rig.interviews import open_instrument
from tests.oracle.examples import Example, all_examples
from tests.oracle.imagine import Imagination

NOW = datetime(2026, 11, 21, 9, tzinfo=WIB)
INSTRUMENTS = Path(__file__).parents[2] / "survey_forms"

ROWS: list[dict[str, str]] = [
    {"type": "select_one yes_no", "name": "consent", "required": "yes"},
    {"type": "date", "name": "day", "constraint": ". <= today()"},
    {"type": "begin_group", "name": "house", "relevant": "${consent} = 'yes'"},
    {"type": "integer", "name": "rooms", "required": "${consent} = 'yes'", "constraint": ". > 0 and . <= 3"},
    {"type": "integer", "name": "beds", "constraint": ". <= ${rooms}"},
    {"type": "text", "name": "note", "relevant": "${rooms} > 1", "constraint": "string-length(.) < 50 or . = name(.)"},
    {"type": "calculate", "name": "double", "calculation": "if(${rooms} = '', '', ${rooms} * 2)"},
    {"type": "begin_repeat", "name": "member", "relevant": "${rooms} != 2"},
    {"type": "integer", "name": "age", "required": "yes", "constraint": ". >= 0"},
    {"type": "text", "name": "school", "relevant": "${age} < 2", "required": "${age} = 1"},
    {"type": "begin_group", "name": "work", "relevant": "${age} > 1"},
    {"type": "integer", "name": "hours", "constraint": ". < position(../..) + 2"},
    {"type": "end_group"},
    {"type": "end_repeat"},
    {"type": "calculate", "name": "children", "calculation": "count(${member}[age < 2])"},
    {"type": "select_one place", "name": "place", "choice_filter": "rooms = ${rooms}"},
    {"type": "end_group"},
    {"type": "begin_group", "name": "refused", "relevant": "${consent} = 'no'"},
    {"type": "text", "name": "note", "required": "yes"},
    {"type": "end_group"},
    {"type": "begin_group", "name": "closing"},
    {"type": "text", "name": "thanks", "relevant": "${day} = '2026-11-20'"},
    {"type": "end_group"},
]
CHOICES = [
    *({"list_name": "yes_no", "name": name, "label": name} for name in ("yes", "no")),
    *({"list_name": "place", "name": f"p{rooms}", "label": "P", "rooms": rooms} for rooms in ("1", "2", "3")),
]
FORM = {"settings": {"form_id": "f", "version": "1"}, "survey": ROWS, "choices": CHOICES}
LOGIC = Logic(FORM)


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some of these members."""
    return st.fixed_dictionaries({}, optional=members)


NUMBER = st.sampled_from([0, 1, 2, 3, "1", 1.0, "", None, "x", [2]])
TEXT = st.sampled_from(["", "note", "x" * 49, "x" * 70, None, {}, []])
MEMBER = some(age=NUMBER, school=TEXT, work=some(hours=NUMBER) | st.none())
HOUSE = some(
    rooms=NUMBER,
    beds=NUMBER,
    note=TEXT,
    double=NUMBER,
    member=st.lists(MEMBER, max_size=3) | MEMBER | st.none(),
    children=NUMBER,
    place=st.sampled_from(["p1", "p2", "p9", ""]),
)
ANSWERS = some(
    consent=st.sampled_from(["yes", "yes", "no", ""]),
    day=st.sampled_from(["2026-11-20", "2026-11-22", "2026-11-20T23:30:00Z", "yesterday"]),
    house=HOUSE,
    refused=some(note=TEXT) | st.just([]),
    closing=some(thanks=TEXT),
    meta=some(instanceID=TEXT),
)


@given(ANSWERS, st.sampled_from([WIB, UTC]))
def test_both_looks_say_the_same(answers: dict[str, Any], zone: Any) -> None:
    now = NOW.astimezone(zone)
    assert LOGIC.judge(answers, now) == LOGIC.look_closely(answers, now)


GOOD = {
    "consent": "yes",
    "house": {"rooms": 1, "double": "2", "member": [{"age": 0, "school": "tk"}, {"age": 2, "work": {"hours": 3}}]},
}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        *((("consent",), "no"), (("house", "rooms"), 4), (("house", "rooms"), 2), (("house", "beds"), 2)),
        *((("house", "note"), "a"), (("house", "double"), 3), (("house", "place"), "p2"), (("house", "children"), 2)),
        *((("house", "member"), [{}]), (("house", "member"), [{"age": 1}]), (("refused", "note"), "a")),
        *(
            (("house", "member"), [{"age": 2, "school": "sd"}]),
            (("house", "member"), [{"age": 2, "work": {"hours": 4}}]),
        ),
        *((("closing", "thanks"), "a"), (("day",), "2026-11-22")),
    ],
)
def test_a_first_look_misses_nothing(question: tuple[str, ...], answer: object) -> None:
    assert LOGIC.judge(GOOD, NOW).flags == []
    spoiled: dict[str, Any] = deepcopy(GOOD)
    *groups, name = question
    here = spoiled
    for group in groups:
        here = here.setdefault(group, {})
    here[name] = answer
    assert LOGIC.judge(spoiled, NOW).flags != []
    assert LOGIC.judge(spoiled, NOW) == LOGIC.look_closely(spoiled, NOW)


def spoil(answers: Any, chance: Random) -> None:
    """Another answer somewhere, or none."""
    while isinstance(answers, dict | list) and answers:
        place = chance.choice(list(answers)) if isinstance(answers, dict) else chance.randrange(len(answers))
        if not isinstance(answers[place], dict | list) or chance.random() < 0.2:
            answers[place] = chance.choice([None, "", "no", "none", 0, 99, "x" * 80, ["none", "dk"], {}])
            return
        answers = answers[place]


def test_both_looks_say_the_same_of_the_household_form(seed: int) -> None:
    chance, instrument = Random(seed), open_instrument("all")
    logic = Logic(json.loads((INSTRUMENTS / "ucra/household.json").read_bytes()))
    said = Counter[bool]()
    for item in instrument.interviews(150):
        answers = item["answers"]
        for _ in range(chance.choice((0, 1, 1, 2, 5))):
            spoil(answers, chance)
        judgement = logic.judge(answers, NOW)
        assert judgement == logic.look_closely(answers, NOW)
        said[bool(judgement.flags)] += 1
    assert min(said[True], said[False]) > 20


@pytest.mark.parametrize("example", list(all_examples().values()), ids=lambda example: example.name)
def test_both_looks_say_the_same_of_wild_interviews(example: Example, seed: int) -> None:
    chance, logic = Random(seed), Logic(example.document, example.tables)
    imagination = Imagination(example, NOW.date())
    for _ in range(60):
        answers = imagination.interview(chance)
        assert logic.judge(answers, NOW) == logic.look_closely(answers, NOW)


def test_both_looks_say_the_same_of_an_imagined_form(seed: int) -> None:
    chance, logic = Random(seed), Logic(imagined.form(20))
    for _ in range(60):
        answers: Mapping[str, Any] = imagined.interview(20, chance)
        assert logic.judge(answers, NOW) == logic.look_closely(answers, NOW)


@pytest.mark.parametrize(
    ("expression", "reads"),
    [
        *(
            (". > 1 and . < 5", {()}),
            ("true()", set()),
            ("/data/a = 'x' or selected(/data/g/b, 'y')", {("a",), ("g", "b")}),
        ),
        *(("string-length()", {()}), ("regex(., '^a$')", {()}), (". <= today()", None), ("../a = 1", None)),
        *(
            ("count(/data/m[age > 1])", None),
            ("current()/../a", None),
            ("once(.)", None),
            ("/data/*", None),
            ("//a", None),
        ),
        *(("/data/a/@b", None), ("(/data/a | /data/b)", None), ("pulldata('f', 'c', 'k', /data/a)", None)),
    ],
)
def test_an_expression_that_follows_from_a_few_texts_is_recognised(expression: str, reads: set[Any] | None) -> None:
    named = None if reads is None else {("data", *names) if names else () for names in reads}
    assert read_by(parse(expression)) == named


@pytest.mark.parametrize(
    ("expression", "same"),
    [
        *(
            ("/data/a = 'x'", True),
            ("count(/data/m[age < 3])", True),
            ("instance('l')/root/item[name = /data/a]", True),
        ),
        *((". = 'x'", False), ("../a", False), ("string()", False), ("/data/m[a = current()/../b]", False)),
        *(("position(/data/m)", False), ("once(/data/a)", False), ("lang('id')", False), ("today() > /data/a", True)),
    ],
)
def test_an_expression_that_is_the_same_everywhere_is_recognised(expression: str, same: bool) -> None:
    assert is_same_everywhere(parse(expression)) is same
