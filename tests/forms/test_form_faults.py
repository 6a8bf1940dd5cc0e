"""Each kind of fault is told with its sheet, row and column, and with what to do about it."""

from collections.abc import Callable
from typing import Any

import pytest

from app.forms.check import check

Form = dict[str, Any]
Change = Callable[[Form], object]

ID, EN = "label::Bahasa Indonesia (id)", "label::English (en)"
LABELS = {ID: "x", EN: "x"}


def setting(**cells: Any) -> Change:
    return lambda form: form["settings"].update(cells)


def survey(row: int, **cells: Any) -> Change:
    return lambda form: form["survey"][row - 2].update(cells)


def choice(row: int, **cells: Any) -> Change:
    return lambda form: form["choices"][row - 2].update(cells)


def removed(sheet: str, row: int, *columns: str) -> Change:
    return lambda form: [form[sheet][row - 2].pop(column) for column in columns]


def of_type(row: int, begin_type: str, end: int, end_type: str) -> Change:
    return lambda form: [
        form["survey"][row - 2].update(type=begin_type),
        form["survey"][end - 2].update(type=end_type),
    ]


def without(sheet: str, row: int) -> Change:
    return lambda form: form[sheet].pop(row - 2)


def added(sheet: str, **cells: Any) -> Change:
    return lambda form: form.setdefault(sheet, []).append(cells)


def fieldwork(**members: Any) -> Change:
    return lambda form: form["fieldwork"].update(members)


CASES: list[tuple[str, Change, str, str]] = [
    ("no settings", lambda form: form.pop("settings"), "settings - -", "form_id"),
    ("settings of two rows", lambda form: form.update(settings=[{}, {}]), "settings - -", "one object"),
    ("no form_id", lambda form: form["settings"].pop("form_id"), "settings 2 form_id", "Write one"),
    ("empty version", setting(version=""), "settings 2 version", "Write one"),
    ("form_id with a slash", setting(form_id="a/b"), "settings 2 form_id", "letters"),
    ("version with a space", setting(version="1 b"), "settings 2 version", "letters"),
    ("setting unknown", setting(form_tittle="x"), "settings 2 form_tittle", '"form_title"'),
    ("encrypted", setting(public_key="MIIB"), "settings 2 public_key", "empty"),
    ("flat", setting(flat="yes"), "settings 2 flat", "empty"),
    ("default unspoken", setting(default_language="Indonesian"), "settings 2 default_language", "English"),
    ("reference in settings", setting(instance_name="${peple}"), "settings 2 instance_name", '"people"'),
    ("sheet unknown", lambda form: form.update(choises=[]), "choises - -", '"choices"'),
    ("no survey", lambda form: [form.pop("survey"), form.pop("fieldwork")], "survey - -", "list of rows"),
    (
        "no questions",
        lambda form: form.update(survey=[], fieldwork={}),
        "survey - -",
        "a row for each question",
    ),
    ("row no object", lambda form: form["survey"].append("text"), "survey 13 -", "list of rows"),
    ("cell a list", survey(6, constraint=["."]), "survey 6 constraint", "text"),
    ("cell unprintable", survey(6, constraint=". > \x00"), "survey 6 constraint", "again"),
    ("half a character", survey(6, note="\ud83d"), "survey 6 note", "again"),
    ("number too long", survey(6, default=2**53 + 1), "survey 6 default", "as text"),
    ("no number", survey(6, default=float("nan")), "survey 6 default", "as text"),
    ("column unknown", survey(6, relevent="1"), "survey 6 relevent", '"relevant"'),
    ("column with one colon", survey(6, **{"bind:foo": "1"}), "survey 6 bind:foo", '"bind::foo"'),
    ("column with language", survey(6, **{"relevant::en": "1"}), "survey 6 relevant::en", '"relevant"'),
    ("column of choices", choice(3, **{"a b": "1"}), "choices 3 a b", "letters"),
    ("type unknown", survey(6, type="integr"), "survey 6 type", '"integer"'),
    ("type almost a select", survey(3, type="selectone yes_no"), "survey 3 type", '"select_one yes_no"'),
    ("type without its list", survey(3, type="select_one"), "survey 3 type", "select_one yes_no"),
    ("type missing", removed("survey", 6, "type"), "survey 6 type", "integer"),
    ("list missing", survey(3, type="select_one yesno"), "survey 3 type", '"yes_no"'),
    ("external list missing", survey(3, type="select_one_external x"), "survey 3 type", "external_choices"),
    ("list of a loop missing", of_type(5, "begin loop over x", 8, "end loop"), "survey 5 type", "choices"),
    ("name missing", removed("survey", 7, "name"), "survey 7 name", "Give it one"),
    ("name null", survey(9, name=None), "survey 9 name", "Give it one"),
    ("name with a space", survey(12, name="thank you"), "survey 12 name", "letters"),
    ("name begins with a digit", survey(12, name="1st"), "survey 12 name", "Begin"),
    ("name reserved", survey(12, name="meta"), "survey 12 name", "another name"),
    ("name used before", survey(12, name="start"), "survey 12 name", "another name"),
    ("group never ended", without("survey", 8), "survey 5 type", "end_group"),
    ("repeat never ended", without("survey", 11), "survey 9 type", "end_repeat"),
    ("group never begun", added("survey", type="end group"), "survey 13 type", "Remove"),
    ("relevant of nothing", survey(6, relevant="${consnt} = 1"), "survey 6 relevant", '"consent"'),
    ("calculation of nothing", survey(6, calculation="${x}"), "survey 6 calculation", "Correct"),
    ("choice_filter of nothing", survey(3, choice_filter="a=${x}"), "survey 3 choice_filter", "Correct"),
    ("label of nothing", survey(12, **{EN: "Hi ${x}"}), "survey 12 label::English (en)", "Correct"),
    ("repeat_count of nothing", survey(9, repeat_count="${x}"), "survey 9 repeat_count", "Correct"),
    ("trigger of nothing", survey(6, trigger="${x}"), "survey 6 trigger", "Correct"),
    ("bind of nothing", survey(6, **{"bind::relevant": "${x}"}), "survey 6 bind::relevant", "Correct"),
    ("label of a choice of nothing", choice(2, **{EN: "${x}"}), "choices 2 label::English (en)", "Correct"),
    ("list from answers of nothing", survey(3, type="select_one ${x}"), "survey 3 type", "Correct"),
    ("last saved of nothing", survey(6, default="${last-saved#x}"), "survey 6 default", "Correct"),
    ("reference with a space", survey(6, relevant="${ age }"), "survey 6 relevant", "without spaces"),
    ("reference left open", survey(6, relevant="${age"), "survey 6 relevant", "${name}"),
    ("choice without a list", removed("choices", 4, "list_name"), "choices 4 list_name", "list"),
    ("choice without a name", removed("choices", 4, "name"), "choices 4 name", "value"),
    ("choice twice", choice(3, name="yes"), "choices 3 name", "allow_choice_duplicates"),
    ("choice with a space", choice(5, name="head of rt"), "choices 5 name", "_ for the space"),
    ("label missing in English", removed("survey", 6, EN), "survey 6 label::English (en)", "Fill in"),
    ("label empty in English", survey(6, **{EN: " "}), "survey 6 label::English (en)", "Fill in"),
    (
        "label of a choice missing",
        removed("choices", 2, ID),
        "choices 2 label::Bahasa Indonesia (id)",
        "Fill in",
    ),
    ("label of a group missing", removed("survey", 5, EN), "survey 5 label::English (en)", "Fill in"),
    (
        "hint missing",
        survey(6, **{"hint::English (en)": "x"}),
        "survey 6 hint::Bahasa Indonesia (id)",
        "Fill in",
    ),
    (
        "message missing",
        survey(6, constraint_message="x"),
        "survey 6 constraint_message::English (en)",
        "Fill",
    ),
    ("language unspoken", survey(6, **{"hint::Englsh": "x"}), "survey 6 hint::Englsh", "English"),
    ("nothing to read", removed("survey", 6, ID, EN), "survey 6 label", "Write a label"),
    ("fieldwork names nothing", fieldwork(community="comunity"), "fieldwork - community", '"community"'),
    ("key names nothing", fieldwork(household_key=["rt"]), "fieldwork - household_key", "Name one"),
    (
        "consent names nothing",
        fieldwork(consent={"question": "x", "given": []}),
        "fieldwork - consent.question",
        "Name",
    ),
    (
        "consent is no choice",
        fieldwork(consent={"question": "consent", "given": ["ya"]}),
        "fieldwork - consent.given",
        "Name",
    ),
    ("personal names nothing", fieldwork(personal=["phone"]), "fieldwork - personal", "Name one"),
    ("sensitive names nothing", fieldwork(sensitive=["income"]), "fieldwork - sensitive", "Name one"),
    ("enumerator names nothing", fieldwork(enumerator="x"), "fieldwork - enumerator", "Name one"),
    ("round names nothing", fieldwork(round="x"), "fieldwork - round", "Name one"),
    ("key in a repeat", fieldwork(household_key=["age"]), "fieldwork - household_key", "outside"),
    ("member unknown", fieldwork(comunity="community"), "fieldwork - comunity", '"community"'),
    ("member of the wrong kind", fieldwork(personal="age"), "fieldwork - personal", "lists"),
]


@pytest.mark.parametrize(("change", "where", "remedy"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_fault_is_told_where_it_is(good_form: Form, change: Change, where: str, remedy: str) -> None:
    """`where` is sheet, row and column, "-" for none."""
    change(good_form)
    [fault] = check(good_form, "household.json")
    assert fault.file == "household.json"
    assert f"{fault.sheet or '-'} {fault.row or '-'} {fault.column or '-'}" == where
    assert remedy in fault.remedy


def test_good_form_has_no_faults(good_form: Form) -> None:
    assert check(good_form, "household.json") == []


def test_reference_to_a_name_that_exists_twice_is_ambiguous(good_form: Form) -> None:
    good_form["survey"][9 - 1]["name"] = "age"
    good_form["survey"].insert(6, {"type": "integer", "name": "age", **LABELS, "relevant": "${age} > 1"})
    faults = {(fault.sheet, fault.row, fault.column): fault for fault in check(good_form, "household.json")}
    assert set(faults) == {("survey", 8, "relevant"), ("fieldwork", None, "personal")}
    assert "rows 8 and 11" in faults["survey", 8, "relevant"].message
    assert "house/age" in faults["fieldwork", None, "personal"].remedy


def test_groups_that_cross_are_told_at_both_ends(good_form: Form) -> None:
    good_form["survey"][9]["type"] = "end_group"
    assert [(fault.row, fault.column) for fault in check(good_form, "x")] == [(9, "type"), (11, "type")]


def test_choices_may_stand_twice_where_the_settings_allow_it(good_form: Form) -> None:
    good_form["choices"][1]["name"] = "yes"
    good_form["settings"]["allow_choice_duplicates"] = "yes"
    assert check(good_form, "x") == []


def test_same_name_in_two_groups_is_no_fault(good_form: Form) -> None:
    good_form["survey"].insert(9, {"type": "text", "name": "sources", **LABELS})
    assert check(good_form, "x") == []


def test_column_without_a_language_beside_others_needs_one(good_form: Form) -> None:
    del good_form["settings"]["default_language"]
    good_form["survey"][4]["hint"] = "How many sleep here?"
    [fault] = check(good_form, "household.json")
    assert (fault.row, fault.column) == (6, "hint")
    assert '"hint::Bahasa Indonesia (id)"' in fault.remedy


def test_column_unknown_in_many_rows_is_told_once(good_form: Form) -> None:
    for row in good_form["survey"]:
        row["colour"] = "blue"
    [fault] = check(good_form, "household.json")
    assert (fault.row, fault.column) == (2, "colour")
    assert "10 further rows" in fault.message


def test_fault_reads_as_one_line(good_form: Form) -> None:
    good_form["survey"][4]["relevant"] = "${consnt}\n= 'yes'"
    [fault] = check(good_form, "ucra/household.json")
    assert str(fault) == (
        'ucra/household.json, survey row 6, column "relevant": "${consnt}" names no question. '
        'Did you mean "consent"? Correct it, or add a question of this name.'
    )
