"""Faults of a framework's tree and bands."""

from collections.abc import Callable
from typing import Any

import pytest

from app.forms.faults import Fault

FaultsAfter = Callable[[dict[str, Any]], list[Fault]]

LEAF, LAST = "tree.children[0].children[0]", "tree.children[1].children[1]"
LOW, HIGH = {"id": "low", "min": 1, "max": 2}, {"id": "high", "min": 2, "max": 5}

CASES = [
    ({f"{LEAF}.indicator": "warnin"}, f"{LEAF}.indicator", 'no indicator "warnin"', 'Did you mean "warning"'),
    (
        {f"{LAST}.indicator": "trust"},
        f"{LAST}.indicator",
        '"trust" stands here a second time',
        "counts twice",
    ),
    ({"tree.children[1].id": "readiness"}, "tree.children[1].id", "second time", "an id of its own"),
    ({"tree.id": "trust"}, "tree.id", "second time", "an id of its own"),
    ({f"{LEAF}.weight": 0.6}, "tree.children[0].children", "add up to 1.1, not to 1", "Correct the weights"),
    (
        {f"{LEAF}.weight": 0.5000001},
        "tree.children[0].children",
        "add up to 1.0000001",
        "Correct the weights",
    ),
    (
        {f"{LEAF}.weight": -0.5, "tree.children[0].children[1].weight": 1.5},
        f"{LEAF}.weight",
        "-0.5 is not",
        "above zero",
    ),
    ({"indicators[0].scale": {"min": 0, "max": 10}}, "tree", "0 to 10 and 1 to 5", "one scale"),
    (
        {"scale.min": 0, "tree.combine": "geometric"},
        "tree.combine",
        "geometric mean needs scores above zero",
        "min",
    ),
    (
        {"scale.min": -1, "tree.children[1].combine": "harmonic"},
        "tree.children[1].combine",
        "harmonic",
        "min",
    ),
    ({"bands": [LOW | {"min": 3}]}, "bands", '"low" ends below its beginning', "Exchange"),
    ({"bands": [HIGH, LOW]}, "bands", '"low" and "high" overlap', "above the end"),
    ({"bands": [LOW, LOW | {"min": 3, "max": 4}]}, "bands", "second time", "an id of its own"),
]


@pytest.mark.parametrize(("changes", "place", "message", "remedy"), CASES)
def test_fault(changes: dict[str, Any], place: str, message: str, remedy: str, faults_after: FaultsAfter) -> None:
    [fault] = faults_after(changes)
    assert (fault.file, fault.sheet, fault.row, fault.column) == ("small.json", "", None, place)
    assert message in fault.message
    assert remedy in fault.remedy


def test_an_indicators_id_twice(faults_after: FaultsAfter) -> None:
    double = {"id": "drill", "rule": {"type": "map", "question": "warned", "map": {"yes": 5, "no": 1}}}
    [fault] = faults_after({"indicators[6]": double})
    assert (fault.column, fault.message) == ("indicators[6].id", '"drill" stands here a second time.')


def test_weights_may_miss_one_by_rounding_alone(faults_after: FaultsAfter) -> None:
    thirds = {f"tree.children[0].children[1].children[{place}].weight": 0.3333333333 for place in range(3)}
    assert faults_after(thirds) == []


def test_a_single_child_needs_no_weight(faults_after: FaultsAfter) -> None:
    assert faults_after({"tree.children[1].children": [{"indicator": "trust"}]}) == []


def test_an_indicator_may_stand_outside_of_the_tree_on_a_scale_of_its_own(faults_after: FaultsAfter) -> None:
    own = {
        "id": "minutes",
        "scale": {"min": 0, "max": 9},
        "rule": {"type": "goalposts", "question": "minutes", "low": 0, "high": 60},
    }
    assert faults_after({"indicators[6]": own}) == []
