"""An author sees everything that is wrong in one go, and a check never breaks off."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms.faults import Fault
from app.forms.questions import Form
from app.scoring.check import check_framework
from app.scoring.framework import Framework
from app.scoring.indicators import compile_framework
from tests.scoring.conftest import RATE
from tests.support.score_rows import score_rows


def test_a_framework_without_fault(document: dict[str, Any], forms: dict[str, Form]) -> None:
    assert check_framework(document, forms) == []


def test_faults_of_shape_and_of_meaning_together(
    faults_after: Callable[[dict[str, Any]], list[Fault]],
) -> None:
    faults = faults_after(
        {
            "indicators[0].rule.type": "group",
            "indicators[1].rule.scores[0]": 9,
            "indicators[4].rule.items[0].question": "trust_9",
            "tree.children[1].weight": 0.5,
            "design.psu": "unknown",
            "policy": {"n_flag": "many"},
        }
    )
    assert [fault.column for fault in faults] == [
        "indicators[0].rule",
        "policy.n_flag",
        "indicators[1].rule.scores[0]",
        "indicators[4].rule.items[0].question",
        "tree.children",
        "design.psu",
    ]


def test_a_missing_own_form_is_not_repeated_at_every_question(document: dict[str, Any], forms: dict[str, Form]) -> None:
    faults = check_framework(document, {"group": forms["group"]})
    assert [fault.column for fault in faults] == ["form"]


@pytest.mark.parametrize("document", [None, [], "framework", 3, {}])
def test_what_is_no_framework_at_all(document: Any, forms: dict[str, Form]) -> None:
    faults = check_framework(document, forms)
    assert faults
    assert all(fault.message and fault.remedy for fault in faults)


def test_a_tree_deeper_than_any_reader_could_follow(document: dict[str, Any], forms: dict[str, Form]) -> None:
    node: dict[str, Any] = {"id": "deepest", "children": [{"indicator": "warning"}]}
    for depth in range(20_000):
        node = {"id": str(depth), "children": [node]}
    assert check_framework(document | {"tree": node}, forms)


ANSWERS = {"warned": "yes", "steps": ["kit"], "minutes": 20, "income": 900, "trust_1": "a", "trust_2": "n"}


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in _places(each, (*path, key)))]


atoms = (
    st.none()
    | st.booleans()
    | st.integers(-3, 9)
    | st.floats()
    | st.sampled_from(
        [
            10**400,
            1e308,
            -1e308,
            "",
            "a",
            "warned",
            "steps",
            "group:drill",
            ":",
            "trust",
            "map",
            "scale",
            "sum",
            "community",
        ]
    )
)
junk = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "rule", "indicator", "children", "min", "yes"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(data=st.data())
def test_any_json_anywhere_is_checked_without_raising(
    framework: Framework, forms: dict[str, Form], data: st.DataObject
) -> None:
    document = deepcopy(framework.model_dump(exclude_none=True))
    document["indicators"].append(deepcopy(RATE))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(_places(document)))
        if not path:
            continue
        target: Any = document
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = data.draw(junk)
    if not check_framework(document, forms):
        passed = Framework.model_validate(document)
        compile_framework(passed).score("household", ANSWERS)
        score_rows(passed, [])


@given(document=junk)
def test_any_json_at_all_is_checked_without_raising(forms: dict[str, Form], document: Any) -> None:
    assert check_framework(document, forms)
