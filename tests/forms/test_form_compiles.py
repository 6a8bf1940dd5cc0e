"""What a form document means: its questions and groups, choices and languages."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.forms.questions import Form, Group, Question, compile_form

GOLDEN = Path(__file__).parents[3] / "shared" / "golden" / "open" / "form.json"


def test_golden_form() -> None:
    if not GOLDEN.exists():
        pytest.skip(f"the golden form is not there: {GOLDEN}")
    form = compile_form(json.loads(GOLDEN.read_text("utf-8")))
    assert (form.form_id, form.version, form.title) == ("ucra_golden", "1", "Golden interviews (synthetic)")
    assert form.languages == ("Bahasa Indonesia (id)", "English (en)")
    assert len(form.root.children) == 21
    assert list(form.choices["warn"]) == ["yes", "no", "dk", "refused"]
    assert form.choices["warn"]["dk"]["Bahasa Indonesia (id)"] == "Tidak tahu"
    assert form.fieldwork.household_key == ["community", "stratum", "rt", "household"]
    assert form.find("q_prep") == Question(
        name="q_prep",
        path=("q_prep",),
        type="select_multiple",
        list_name="prep",
        or_other=False,
        calculated=False,
        labels={"Bahasa Indonesia (id)": "Persiapan rumah tangga", "English (en)": "Household preparedness"},
        row=19,
    )


@pytest.fixture
def form(good_form: dict[str, Any]) -> Form:
    return compile_form(good_form)


def test_groups_and_repeats_hold_their_questions(form: Form) -> None:
    assert list(form.root.children) == ["start", "consent", "community", "house", "member", "thanks"]
    house, member = form.root.children["house"], form.root.children["member"]
    assert isinstance(house, Group)
    assert isinstance(member, Group)
    assert (house.repeat, house.path) == (False, ("house",))
    assert member.repeat
    assert member.children["age"].path == ("member", "age")


def test_calculated_are_those_that_no_person_answers(form: Form) -> None:
    questions = {name: form.find(name) for name in ("start", "consent", "community", "people", "thanks")}
    assert {name for name, question in questions.items() if question and question.calculated} == {"start", "thanks"}


def test_question_is_found_by_name_or_path_outside_of_repeats_first(good_form: dict[str, Any]) -> None:
    respondent = [{"type": "begin_group", "name": "respondent"}, {"type": "text", "name": "age"}, {"type": "end_group"}]
    good_form["survey"].extend(respondent)
    form = compile_form(good_form)
    names = ("age", "member/age", "respondent/age", "people", "house/people", "house", "x/people")
    found = {name: form.find(name) for name in names}
    assert {name: question and question.path for name, question in found.items()} == {
        "age": ("respondent", "age"),
        "member/age": ("member", "age"),
        "respondent/age": ("respondent", "age"),
        "people": ("house", "people"),
        "house/people": ("house", "people"),
        "house": None,
        "x/people": None,
    }


def test_loop_asks_for_every_choice_but_none(good_form: dict[str, Any]) -> None:
    good_form["choices"].append({"list_name": "sources", "name": "none"})
    good_form["survey"][7].update(type="begin loop over sources", repeat_count=None)
    good_form["survey"][9]["type"] = "end loop"
    loop = compile_form(good_form).root.children["member"]
    assert isinstance(loop, Group)
    assert list(loop.children) == ["radio", "rt"]
    radio = loop.children["radio"]
    assert isinstance(radio, Group)
    assert radio.children["age"].path == ("member", "radio", "age")
    assert radio.labels["English (en)"] == "Radio"


def test_rows_count_as_in_the_spreadsheet(good_form: dict[str, Any]) -> None:
    good_form["survey"].insert(1, {"note": "Ask nobody below 18."})
    good_form["survey"].insert(1, {"type": "text", "name": "old", "disabled": "yes"})
    form = compile_form(good_form)
    consent = form.find("consent")
    assert form.find("old") is None
    assert consent is not None
    assert consent.row == 5


def test_other_is_a_choice_and_a_question_of_its_own(good_form: dict[str, Any]) -> None:
    good_form["survey"][5]["type"] += " or_other"
    form = compile_form(good_form)
    other = form.find("house/sources_other")
    assert other is not None
    assert (other.type, other.path) == ("text", ("house", "sources_other"))
    assert list(form.choices["sources"]) == ["radio", "rt", "other"]
    assert form.choices["sources"]["other"] == {"Bahasa Indonesia (id)": "Other", "English (en)": "Other"}


def test_computed_number_of_repeats_is_a_question(good_form: dict[str, Any]) -> None:
    good_form["survey"][7]["repeat_count"] = "${people} + 1"
    count = compile_form(good_form).find("member_count")
    assert count is not None
    assert (count.path, count.calculated) == (("member_count",), True)


@pytest.mark.parametrize(
    ("settings", "columns", "languages"),
    [
        ({}, ["label"], ("default",)),
        ({"default_language": "English (en)"}, ["label"], ("English (en)",)),
        ({}, ["label::id", "label::en"], ("id", "en")),
        ({"default_language": "en"}, ["label::id", "label::en"], ("en", "id")),
        ({"default_language": "id"}, ["label::en", "label"], ("id", "en")),
    ],
)
def test_languages_are_those_of_the_labels(
    settings: dict[str, str], columns: list[str], languages: tuple[str, ...]
) -> None:
    survey = [{"type": "text", "name": "a", **{column: column for column in columns}}]
    form = compile_form({"settings": {"form_id": "a", "version": 2, **settings}, "survey": survey})
    question = form.find("a")
    assert question is not None
    assert (form.languages, form.default_language, form.version) == (languages, languages[0], "2")
    assert set(question.labels) == set(languages)
