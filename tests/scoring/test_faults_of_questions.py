"""Faults between a framework and the forms that it asks: forms, questions and choices."""

from collections.abc import Callable
from typing import Any

import pytest

from app.forms.faults import Fault

FaultsAfter = Callable[[dict[str, Any]], list[Fault]]

FIRST, OTHER, ADDED = "indicators[0].rule", "indicators[5].rule.question", "indicators[6]"


def added(kind: str, question: str, **members: Any) -> dict[str, Any]:
    return {ADDED: {"id": "added", "rule": {"type": kind, "question": question, **members}}}


def item(question: str) -> dict[str, Any]:
    return {"type": "map", "question": question, "map": {"yes": 5, "no": 1}}


def ratio(numerator: str, denominator: str) -> dict[str, Any]:
    rule = {"type": "ratio", "numerator": numerator, "denominator": denominator, "goalposts": POSTS}
    return {ADDED: {"id": "added", "rule": rule}}


ASKED = f"{ADDED}.rule.question"
BINS = {"edges": [5], "scores": [1, 5]}
POSTS = {"low": 0, "high": 1}
TWO_FORMS = {"type": "scale", "items": [item("warned"), item("group:drill")]}

CASES = [
    ({"form": "houshold"}, "form", 'no form "houshold"', 'Did you mean "household"'),
    ({OTHER: "groop:drill"}, OTHER, 'no form "groop"', 'Did you mean "group"'),
    ({OTHER: "group:dril"}, OTHER, '"group" has no question "dril"', 'Did you mean "drill"'),
    ({OTHER: "drill"}, OTHER, '"household" has no question "drill"', "add the question"),
    (added("bins", "age", **BINS), ASKED, "inside a repeat", "outside of repeats"),
    (added("bins", "member/age", **BINS), ASKED, "is a path", '"age"'),
    (added("map", "minutes", map={"1": 1}), ASKED, "which map cannot score", "select_one"),
    (added("bins", "remark", **BINS), ASKED, "of type text", "integer"),
    (added("goalposts", "sex", **POSTS), ASKED, "of type select_one", "decimal"),
    (added("count", "sex", options=["f"]), ASKED, "which count cannot score", "select_multiple"),
    (ratio("incme", "minutes"), f"{ADDED}.rule.numerator", 'no question "incme"', 'Did you mean "income"'),
    (ratio("income", "minuts"), f"{ADDED}.rule.denominator", 'no question "minuts"', 'Did you mean "minutes"'),
    (ratio("income", "age"), f"{ADDED}.rule.denominator", "inside a repeat", "such as a calculate"),
    (ratio("remark", "minutes"), f"{ADDED}.rule.numerator", "text, which ratio cannot score", "decimal"),
    (ratio("income", "steps"), f"{ADDED}.rule.denominator", "which ratio cannot score", "integer"),
    ({ADDED: {"id": "added", "rule": TWO_FORMS}}, f"{ADDED}.rule", '("group", "household")', "in the tree"),
    ({f"{FIRST}.map.no": ...}, f"{FIRST}.map", 'no score: "no"', "not_applicable"),
    ({f"{FIRST}.map.yess": 5}, f"{FIRST}.map", 'no choice "yess"', 'Did you mean "yes"'),
    ({f"{FIRST}.not_applicable": ["nope"]}, f"{FIRST}.not_applicable", 'no choice "nope"', "remove"),
    (added("count", "steps", options=["kits"]), f"{ADDED}.rule.options", '"kits"', 'Did you mean "kit"'),
    (added("count", "steps", options=["kit"], none=["zero"]), f"{ADDED}.rule.none", '"zero"', "remove"),
    (added("count", "steps", options=["kit"], none=["kit"]), f"{ADDED}.rule.options", "listed twice", "once"),
    ({"design.psu": "rtt"}, "design.psu", '"rtt"', 'Did you mean "rt"'),
    ({"design.weight": "group:weight"}, "design.weight", '"group" has no question "weight"', "Correct"),
    ({"design.dimensions": ["rt", "sexx"]}, "design.dimensions[1]", '"sexx"', 'Did you mean "sex"'),
    ({"design.dimensions": ["age"]}, "design.dimensions[0]", "inside a repeat", "outside of repeats"),
    ({"design.dimensions": ["steps"]}, "design.dimensions[0]", "several answers", "select_one"),
]


@pytest.mark.parametrize(("changes", "place", "message", "remedy"), CASES)
def test_fault(changes: dict[str, Any], place: str, message: str, remedy: str, faults_after: FaultsAfter) -> None:
    [fault] = faults_after(changes)
    assert (fault.file, fault.sheet, fault.row, fault.column) == ("small.json", "", None, place)
    assert message in fault.message
    assert remedy in fault.remedy


def test_missing_codes_need_no_score(faults_after: FaultsAfter) -> None:
    assert faults_after({"missing.codes.no": "refused", f"{FIRST}.map.no": ...}) == []
    assert faults_after({"missing.codes": {}}) != []


def test_choices_that_do_not_apply_need_no_score(faults_after: FaultsAfter) -> None:
    assert faults_after({f"{FIRST}.map.no": ..., f"{FIRST}.not_applicable": ["no"]}) == []
