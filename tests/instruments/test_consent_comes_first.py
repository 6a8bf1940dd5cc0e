"""A person who says no leaves nothing behind but the place, the enumerator and perhaps a reason."""

from collections.abc import Iterator
from typing import Any

import pytest

GIVEN = "${consent} = 'yes'"
KEPT_WITH_A_REFUSAL = {
    "ucra_household": ["enumerator", "community", "rw", "rt", "psu", "refusal_reason"],
    "ucra_focus_group": ["facilitator", "community", "session_date", "group_kind", "place_kind"],
}
NOT_ANSWERED = {"start", "end", "today", "deviceid", "note"}


def gates(form: dict[str, Any]) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """Each question with the conditions of all groups around it."""
    around: list[str] = []
    for row in form["survey"]:
        if row["type"].startswith("begin_"):
            around.append(row.get("relevant", ""))
        elif row["type"].startswith("end_"):
            around.pop()
        else:
            yield row, set(around)


@pytest.mark.parametrize("form_id", KEPT_WITH_A_REFUSAL)
def test_only_the_place_is_asked_without_consent(form_id: str, forms: dict[str, dict[str, Any]]) -> None:
    ungated = [row for row, conditions in gates(forms[form_id]) if GIVEN not in conditions]
    answered = [row["name"] for row in ungated if row["type"] not in NOT_ANSWERED and row["name"] != "consent"]
    assert answered == KEPT_WITH_A_REFUSAL[form_id]


@pytest.mark.parametrize("form_id", KEPT_WITH_A_REFUSAL)
def test_the_script_is_read_before_consent_is_asked(form_id: str, forms: dict[str, dict[str, Any]]) -> None:
    rows = [row for row, _ in gates(forms[form_id])]
    place = [row["name"] for row in rows].index("consent")
    assert rows[place - 1]["name"] == "consent_script"
    assert rows[place]["required"] == "yes"
    assert not any(GIVEN in conditions for row, conditions in list(gates(forms[form_id]))[:place])


def test_personal_and_sensitive_answers_lie_behind_consent(form: dict[str, Any]) -> None:
    guarded = {*form["fieldwork"].get("personal", []), *form["fieldwork"].get("sensitive", [])}
    assert {row["name"] for row, conditions in gates(form) if GIVEN in conditions} >= guarded


def test_consent_is_declared_where_there_is_something_to_guard(form: dict[str, Any]) -> None:
    fieldwork = form["fieldwork"]
    guards = bool(fieldwork.get("personal") or fieldwork.get("sensitive"))
    assert fieldwork.get("consent") == ({"question": "consent", "given": ["yes"]} if guards else None)


def test_what_identifies_a_household_is_personal(forms: dict[str, dict[str, Any]]) -> None:
    personal = set(forms["ucra_household"]["fieldwork"]["personal"])
    assert personal >= {"house_no", "location", "respondent_name", "phone", "reference_code"}
    required = {row["name"] for row in forms["ucra_household"]["survey"] if row.get("required") == "yes"}
    assert required.isdisjoint({"location", "respondent_name", "phone"})


def test_the_respondent_is_an_adult(forms: dict[str, dict[str, Any]]) -> None:
    age = next(row for row in forms["ucra_household"]["survey"] if row.get("name") == "respondent_age")
    assert age["constraint"].startswith(". >= 18 ")


def test_no_form_asks_for_identity_numbers(form: dict[str, Any]) -> None:
    words = " ".join(text for row in form["survey"] for text in row.values()).lower().split()
    assert not {"nik", "kk", "ktp"} & {word.strip(".,?()") for word in words}
