"""A form with many faults tells all of them, in the order of its sheets and rows."""

from typing import Any

from app.forms.check import check


def test_eight_faults_are_told_at_once(good_form: dict[str, Any]) -> None:
    survey, choices = good_form["survey"], good_form["choices"]
    good_form["settings"]["version"] = "1/2"
    survey[1]["colour"] = "red"
    survey[4]["type"] = "integr"
    survey[4]["relevant"] = "${cnsent} = 'yes'"
    survey[5]["type"] = "select_multiple source"
    del survey[10]["label::English (en)"]
    choices[1]["name"] = "yes"
    good_form["fieldwork"]["personal"] = ["phone"]
    assert [(fault.sheet, fault.row, fault.column) for fault in check(good_form, "household.json")] == [
        ("settings", 2, "version"),
        ("survey", 3, "colour"),
        ("survey", 6, "relevant"),
        ("survey", 6, "type"),
        ("survey", 7, "type"),
        ("survey", 12, "label::English (en)"),
        ("choices", 3, "name"),
        ("fieldwork", None, "personal"),
    ]


def test_question_of_unknown_type_can_still_be_named(good_form: dict[str, Any]) -> None:
    """One mistyped type must not drown its author in faults of everything that names the question."""
    good_form["survey"][2]["type"] = "txt"
    assert [(fault.row, fault.column) for fault in check(good_form, "household.json")] == [(4, "type")]


def test_old_column_with_one_colon_is_one_fault_only() -> None:
    survey = [
        {"type": "text", "name": "a", "label:English": "A"},
        {"type": "note", "name": "b", "label:English": "B"},
    ]
    form = {"settings": {"form_id": "a", "version": "1"}, "survey": survey}
    [fault] = check(form, "old.json")
    assert (fault.row, fault.column) == (2, "label:English")
    assert '"label::English"' in fault.remedy
