"""Faults of a framework's shape: members that are missing, unknown, or of the wrong kind."""

from collections.abc import Callable
from typing import Any

import pytest

from app.forms.faults import Fault

FaultsAfter = Callable[[dict[str, Any]], list[Fault]]

FIRST = "indicators[0].rule"
AVAILABLE = "'map', 'bins', 'goalposts', 'count', 'scale', 'ratio'"
RATIO = {"type": "ratio", "numerator": "income", "denominator": "minutes"}
PER_MINUTE = {"id": "added", "rule": RATIO | {"goalposts": {"low": 0}}}
PER_HOUSE = {"id": "added", "rule": RATIO | {"goalposts": {"low": 0, "high": 1}, "level": "house"}}

CASES = [
    ({f"{FIRST}.map": ...}, f"{FIRST}.map", "is missing", "Add it"),
    ({"scale": ...}, "scale", "is missing", "Add it"),
    ({f"{FIRST}.mapp": {}}, f"{FIRST}.mapp", "no such member", "spelling"),
    (
        {"tree.children[0].children[0].size": 1},
        "tree.children[0].children[0].size",
        "no such member",
        "spelling",
    ),
    ({"scale.max": "5"}, "scale.max", "This should be a valid number", "Correct"),
    ({"scale.max": True}, "scale.max", "This should be a valid number", "Correct"),
    ({"scale.max": float("nan")}, "scale.max", "finite number", "Correct"),
    ({"spec": "score/2"}, "spec", "'score/1'", "Correct"),
    ({"tree.combine": "sum"}, "tree.combine", "'geometric'", "Correct"),
    ({"tree.children[1].children": []}, "tree.children[1].children", "at least 1", "Correct"),
    ({"policy": {"min_child_share": 2}}, "policy.min_child_share", "less than or equal to 1", "Correct"),
    ({"policy": {"item_missing": "impute"}}, "policy.item_missing", "'available_case'", "Correct"),
    ({"total": "maybe"}, "total", "'on' or 'off'", "Correct"),
    ({f"{FIRST}.type": "magic"}, FIRST, '"magic"', AVAILABLE),
    ({f"{FIRST}.type": ...}, FIRST, "does not say its type", '"type"'),
    ({f"{FIRST}.type": "external"}, FIRST, '"external" are not available yet', AVAILABLE),
    ({f"{FIRST}.type": "group"}, FIRST, '"group" are not available yet', AVAILABLE),
    ({"indicators[4].rule.items[1].type": "scale"}, "indicators[4].rule.items[1]", '"scale"', "'count'."),
    ({"indicators[4].rule.items[1].type": "ratio"}, "indicators[4].rule.items[1]", '"ratio"', "'count'."),
    ({"indicators[6]": PER_MINUTE}, "indicators[6].rule.goalposts.high", "is missing", "Add it"),
    ({"indicators[6]": PER_HOUSE}, "indicators[6].rule.level", "'unit' or 'community'", "Correct"),
]


@pytest.mark.parametrize(("changes", "place", "message", "remedy"), CASES)
def test_fault(changes: dict[str, Any], place: str, message: str, remedy: str, faults_after: FaultsAfter) -> None:
    [fault] = faults_after(changes)
    assert (fault.file, fault.sheet, fault.row, fault.column) == ("small.json", "", None, place)
    assert message in fault.message
    assert remedy in fault.remedy
