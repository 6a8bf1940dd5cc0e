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


def ratio(**members: Any) -> dict[str, Any]:
    return {
        ADDED: {"id": "added", "rule": {"type": "ratio", "numerator": "income", "denominator": "minutes", **members}}
    }


RATIO = f"{ADDED}.rule"
POSTED = {"low": 0, "high": 1}
CASES = [
    (counted() | {f"{ADDED}.scale": {"min": 5, "max": 5}}, f"{ADDED}.scale", "ends at 5", "more than min"),
    (counted() | {"scale": {"min": 1, "max": 1e250}}, "scale", "from 1 to 1e+250, farther", "another unit"),
    (counted() | {"scale": {"min": 5e-324, "max": 5}}, "scale", "from 4.94066e-324 to 5, farther or finer", "1e-15"),
    (counted() | {f"{ADDED}.scale": {"min": -1e16, "max": 0}}, f"{ADDED}.scale", "from -1e+16 to 0", "another unit"),
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
    (ratio(), RATIO, "Nothing says which score", "Add `bins` (edges, scores) or `goalposts`"),
    (ratio(goalposts=POSTED, bins={"edges": [1], "scores": [1, 5]}), f"{RATIO}.bins", "not by both", "Remove one"),
    (ratio(goalposts={"low": 1, "high": 1}), f"{RATIO}.goalposts.high", "1 follows 1", "increasing"),
    (ratio(bins={"edges": [2, 1], "scores": [1, 3, 5]}), f"{RATIO}.bins.edges", "1 follows 2", "increasing"),
    (ratio(bins={"edges": [1], "scores": [1]}), f"{RATIO}.bins.scores", "1 edges and 1 scores", "one for each bin"),
    (ratio(bins={"edges": [1], "scores": [0, 5]}), f"{RATIO}.bins.scores[0]", "0 lies outside", "Correct"),
    (ratio(goalposts=POSTED, level="community"), f"{RATIO}.level", "sums is not available yet", 'Let it be "unit"'),
    (
        {ADDED: ratio(goalposts=POSTED | {"direction": 1})[ADDED] | {"direction": -1}},
        f"{ADDED}.direction",
        "is -1",
        "once",
    ),
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


@pytest.mark.parametrize(
    "members", [{"goalposts": POSTED}, {"bins": {"edges": [1], "scores": [1, 5]}, "level": "unit"}]
)
def test_a_ratio_without_fault(members: dict[str, Any], faults_after: FaultsAfter) -> None:
    assert faults_after(ratio(**members)) == []


def test_a_sum_on_a_scale_of_its_own(faults_after: FaultsAfter) -> None:
    assert faults_after(summed(WARNED, MINUTES) | {f"{ADDED}.scale": {"min": 2, "max": 10}}) == []
