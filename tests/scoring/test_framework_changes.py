"""What one version of a framework does otherwise than another, and which nodes that reaches."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from app.scoring.changes import causes, changes
from app.scoring.framework import Framework
from tests.scoring.conftest import FRAMEWORK

Edit = Callable[[dict[str, Any]], Any]


def _edited(edit: Edit) -> Framework:
    document = copy.deepcopy(FRAMEWORK)
    edit(document)
    return Framework.model_validate(document)


def _indicator(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in document["indicators"] if each["id"] == name)


def _swap_cohesion(document: dict[str, Any]) -> None:
    document["tree"]["children"][1]["children"].pop()
    document["indicators"].pop()


CASES: list[tuple[Edit, list[tuple[str, str]], set[str]]] = [
    (lambda d: None, [], set()),
    (lambda d: d.update(version="2", label={"en": "Other"}, note="Why"), [], set()),
    (lambda d: d["tree"]["children"][0].update(weight=1), [("total", "weights")], {"total"}),
    (
        lambda d: [child.update(weight=child["weight"] * 10) for child in d["tree"]["children"]],
        [],
        set(),
    ),
    (
        lambda d: _indicator(d, "warning")["rule"]["map"].update(no=2),
        [("warning", "choices")],
        {"warning", "readiness", "total"},
    ),
    (
        lambda d: _indicator(d, "evacuation")["rule"].update(edges=[10, 60]),
        [("evacuation", "rule")],
        {"evacuation", "means", "readiness", "total"},
    ),
    (
        lambda d: _indicator(d, "warning")["rule"].update(question="group:drill"),
        [("warning", "questions")],
        {"warning", "readiness", "total"},
    ),
    (
        lambda d: _indicator(d, "trust").update(direction=-1),
        [("trust", "direction")],
        {"trust", "cohesion", "total"},
    ),
    (
        _swap_cohesion,
        [("cohesion", "weights"), ("drill", "removed")],
        {"drill", "cohesion", "total"},
    ),
    (lambda d: d["tree"]["children"][1].update(combine="min"), [("cohesion", "combine")], {"cohesion", "total"}),
]


@pytest.mark.parametrize(("edit", "told", "reached"), CASES)
def test_differences_are_told_where_they_are_and_reach_upwards(
    edit: Edit, told: list[tuple[str, str]], reached: set[str]
) -> None:
    old, new = Framework.model_validate(FRAMEWORK), _edited(edit)
    found = changes(old, new)
    assert [(each.node, each.change) for each in found] == told
    assert {node for node, own in causes(old, new, found).items() if own} == reached


def test_what_holds_for_the_whole_reaches_everything() -> None:
    old, new = Framework.model_validate(FRAMEWORK), _edited(lambda d: d["missing"]["codes"].pop("dk"))
    found = changes(old, new)
    assert [(each.node, each.change) for each in found] == [("", "missing")]
    assert set(map(tuple, causes(old, new, found).values())) == {(0,)}


def test_the_other_way_round_says_the_opposite() -> None:
    old, new = Framework.model_validate(FRAMEWORK), _edited(_swap_cohesion)
    assert [(each.node, each.change) for each in changes(new, old)] == [("cohesion", "weights"), ("drill", "added")]


def test_only_children_whose_share_differs_are_told() -> None:
    def edit(document: dict[str, Any]) -> None:
        means = document["tree"]["children"][0]["children"][1]
        means["children"][0]["weight"], means["children"][1]["weight"] = 0.5, 0.0

    (change,) = changes(Framework.model_validate(FRAMEWORK), _edited(edit))
    assert change.before == {"evacuation": 0.25, "income": 0.25}
    assert change.after == {"evacuation": 0.5, "income": 0.0}


def test_choices_are_told_with_both_scores() -> None:
    def edit(document: dict[str, Any]) -> None:
        rule = _indicator(document, "warning")["rule"]
        rule.update(map={"yes": 5}, not_applicable=["no"])

    (change,) = changes(Framework.model_validate(FRAMEWORK), _edited(edit))
    assert change.document() == {
        "node": "warning",
        "change": "choices",
        "before": {"no": 1},
        "after": {"no": "not_applicable"},
    }
