"""The logic of our own instruments finds nothing in good interviews, and what is wrong in spoiled ones."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.forms.logic import Logic
from app.forms.questions import Form, Group, compile_form

INSTRUMENTS = Path(__file__).parents[2] / "survey_forms"
NOW = datetime.fromisoformat("2026-11-21T16:04:53+07:00")


def load(name: str) -> tuple[Logic, Form]:
    document = json.loads((INSTRUMENTS / name).read_text())
    return Logic(document), compile_form(document)


def tree(group: Group, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers by bare name, where the form has them."""
    found: dict[str, Any] = {}
    for name, child in group.children.items():
        if isinstance(child, Group) and child.repeat:
            found[name] = answers.get(name, [])
        elif isinstance(child, Group):
            found[name] = tree(child, answers)
        elif name in answers:
            found[name] = answers[name]
    return found


def findings(name: str, answers: dict[str, Any]) -> list[tuple[str, str]]:
    logic, form = load(name)
    return [(flag.code, flag.path) for flag in logic.judge(tree(form.root, answers), NOW).flags]


DESTANA = "destana/self_assessment.json"
ASSESSED = {
    **{f"q{number:02}": "yes" for number in range(1, 61)},
    **{"facilitator": "FAS-01", "community": "33.74.02.1008", "assessed_on": "2026-11-20", "women": 8, "men": 9},
}


def test_destana_with_all_yes_is_good() -> None:
    assert findings(DESTANA, ASSESSED) == []


@pytest.mark.parametrize(
    ("spoiled", "finding"),
    [
        ({"q01": "no", "q03": None}, ("relevance", "t01/q02")),
        ({"assessed_on": "2026-11-22"}, ("constraint", "placement/assessed_on")),
        ({"facilitator": "?"}, ("constraint", "placement/facilitator")),
        ({"women": None}, ("required", "placement/women")),
    ],
)
def test_destana_spoiled(spoiled: dict[str, Any], finding: tuple[str, str]) -> None:
    assert findings(DESTANA, ASSESSED | spoiled) == [finding]


def test_destana_asks_for_details_only_after_a_yes() -> None:
    """The third question follows from a yes to the second, which counts as none where it was not asked."""
    assert findings(DESTANA, ASSESSED | {"q01": "no"}) == [("relevance", "t01/q02"), ("relevance", "t01/q03")]


HOUSEHOLD = "ucra/household.json"
REFUSED = {"enumerator": "SIN-01", "community": "33.74.02.1008", "rw": "10", "rt": "05", "psu": "10/5", "consent": "no"}


def test_a_household_that_refuses_is_asked_no_more() -> None:
    assert findings(HOUSEHOLD, {**REFUSED, "refusal_reason": "busy"}) == []


@pytest.mark.parametrize(
    ("spoiled", "finding"),
    [
        ({"phone": "081234567890"}, ("relevance", "closing_section/phone")),
        ({"rw": "X"}, ("constraint", "placement/rw")),
        ({"psu": "10/6"}, ("calculation", "placement/psu")),
        (
            {"consent": "yes", "refusal_reason": None, "member": [{"member_age": 5}, {"member_age": 111}]},
            ("constraint", "household_section/member[2]/member_age"),
        ),
    ],
)
def test_household_spoiled(spoiled: dict[str, Any], finding: tuple[str, str]) -> None:
    assert finding in findings(HOUSEHOLD, {**REFUSED, "refusal_reason": "busy", **spoiled})
