"""Faults in the numbers of a framework's rules and scales."""

from collections.abc import Callable
from typing import Any

import pytest

from app.forms.faults import Fault

FaultsAfter = Callable[[dict[str, Any]], list[Fault]]

BINS, POSTS, COUNT, SCALE = (f"indicators[{place}].rule" for place in (1, 2, 3, 4))
ADDED = "indicators[6]"
WARNED = {"type": "map", "question": "warned", "map": {"yes": 5, "no": 1}}
MINUTES = {"type": "bins", "question": "minutes", "edges": [15], "scores": [5, 1]}


def counted(**members: Any) -> dict[str, Any]:
    return {
        ADDED: {
            "id": "added",
            "rule": {"type": "count", "question": "steps", "options": ["kit", "plan"], **members},
        }
    }


def summed(*items: dict[str, Any]) -> dict[str, Any]:
    return {ADDED: {"id": "added", "rule": {"type": "scale", "combine": "sum", "items": list(items)}}}


CASES = [
    (counted() | {f"{ADDED}.scale": {"min": 5, "max": 5}}, f"{ADDED}.scale", "ends at 5", "more than min"),
    (
        {"indicators[0].rule.map.yes": 6},
        "indicators[0].rule.map.yes",
        "6 lies outside of the scale 1 to 5",
        "Correct",
    ),
    ({f"{BINS}.scores[2]": 0}, f"{BINS}.scores[2]", "0 lies outside", "Correct"),
    ({f"{COUNT}.to[3]": 9}, f"{COUNT}.to[3]", "9 lies outside", "Correct"),
    ({f"{SCALE}.items[1].map.sa": 6}, f"{SCALE}.items[1].map.sa", "6 lies outside", "Correct"),
    ({f"{SCALE}.blank": 0}, f"{SCALE}.blank", "0 lies outside", "Correct"),
    ({f"{BINS}.edges": [60, 60]}, f"{BINS}.edges", "60 follows 60", "increasing"),
    ({f"{BINS}.scores": [5, 1]}, f"{BINS}.scores", "2 edges and 2 scores", "one for each bin"),
    ({f"{POSTS}.high": 500}, f"{POSTS}.high", "500 follows 500", "increasing"),
    ({"indicators[2].direction": -1, f"{POSTS}.direction": 1}, "indicators[2].direction", "is -1", "once"),
    ({f"{COUNT}.to": [1, 5]}, f"{COUNT}.to", "3 options and 2 scores", "from none to all"),
    ({f"{COUNT}.high": 3}, f"{COUNT}.to", "looked up in `to` or measured", "Keep either"),
    (counted(low=2), f"{ADDED}.rule.high", "2 follows 2", "increasing"),
    (counted(low=2, high=1), f"{ADDED}.rule.high", "1 follows 2", "increasing"),
    (
        counted(weights={"kit": 1, "plan": 0}),
        f"{ADDED}.rule.weights.plan",
        "0 is not above zero",
        "above zero",
    ),
    (counted(weights={"kit": 1}), f"{ADDED}.rule.weights", "different choices", "every option"),
    ({f"{SCALE}.min_answered": 4}, f"{SCALE}.min_answered", "only 3 items", "3 or fewer"),
    ({f"{SCALE}.weights": [1, 2]}, f"{SCALE}.weights", "3 items and 2 weights", "each item"),
    ({f"{SCALE}.weights": [1, 2, -1]}, f"{SCALE}.weights[2]", "-1 is not above zero", "above zero"),
    (summed(WARNED, MINUTES), f"{ADDED}.rule", "from 2 to 10, the scale from 1 to 5", "`scale` of its own"),
    (
        summed(WARNED | {"reverse": True}),
        f"{ADDED}.rule.items[0].reverse",
        "no scale to be mirrored on",
        "`map`",
    ),
]


@pytest.mark.parametrize(("changes", "place", "message", "remedy"), CASES)
def test_fault(changes: dict[str, Any], place: str, message: str, remedy: str, faults_after: FaultsAfter) -> None:
    [fault] = faults_after(changes)
    assert (fault.file, fault.sheet, fault.row, fault.column) == ("small.json", "", None, place)
    assert message in fault.message
    assert remedy in fault.remedy


def test_a_sum_on_a_scale_of_its_own(faults_after: FaultsAfter) -> None:
    assert faults_after(summed(WARNED, MINUTES) | {f"{ADDED}.scale": {"min": 2, "max": 10}}) == []
