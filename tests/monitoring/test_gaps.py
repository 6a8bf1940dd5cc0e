"""What a tablet has numbered and not brought is seen by the coordinator, and nothing that only looks like it."""

import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.policy import Role
from app.monitoring.gaps import gaps
from app.submissions import numbering
from app.submissions.numbering import Numbered, Numbers
from tests.support.village import Villages, interview

BEGIN = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def arrived(*numbers: int, first: int = 1, edits: frozenset[int] = frozenset()) -> Numbers:
    """Interviews with these numbers, a minute after each other; those at the places in `edits` replace another."""
    rows = [
        Numbered(number, uuid.UUID(int=place), BEGIN + dt.timedelta(minutes=place), place in edits)
        for place, number in enumerate(numbers)
    ]
    return Numbers(rows, first)


def seen(numbers: Numbers) -> tuple[int | None, int, list[list[int]], int]:
    found = gaps("tablet-7", numbers)
    return found["highest"], found["missing"], found["ranges"], found["restarts"]


CASES: dict[str, tuple[Numbers, tuple[int | None, int, list[list[int]], int]]] = {
    "nothing numbered": (arrived(), (None, 0, [], 0)),
    "all there": (arrived(1, 2, 3), (3, 0, [], 0)),
    "counted from 0": (arrived(0, 1, 2), (2, 0, [], 0)),
    "in another order": (arrived(3, 1, 2), (3, 0, [], 0)),
    "one in between": (arrived(1, 3), (3, 1, [[2, 2]], 0)),
    "the first ones": (arrived(4), (4, 3, [[1, 3]], 0)),
    "several": (arrived(1, 5, 6, 9), (9, 5, [[2, 4], [7, 8]], 0)),
    "counted by the clock": (arrived(1_763_000_000_000, 1_763_000_060_000), (1_763_000_060_000, 0, [], 0)),
    "begins high": (arrived(5_001, 5_003), (5_003, 1, [[5_002, 5_002]], 0)),
    "only the highest are looked at": (arrived(800, 802, first=800), (802, 1, [[801, 801]], 0)),
    "set up anew": (arrived(1, 2, 3, 4, 1, 2), (2, 0, [], 1)),
    "set up anew, then a gap": (arrived(1, 2, 3, 1, 3), (3, 1, [[2, 2]], 1)),
    "set up anew, the first one missing": (arrived(1, 2, 3, 4, 5, 2, 3), (3, 1, [[1, 1]], 1)),
    "what was missing before the second counting is not what is missing now": (
        arrived(1, 3, 9, 1, 2),
        (2, 0, [], 1),
    ),
    "an edit under the number of its original": (arrived(1, 2, 2, 4, edits=frozenset({2})), (4, 1, [[3, 3]], 0)),
}


@pytest.mark.parametrize("case", CASES)
def test_gaps(case: str) -> None:
    numbers, expected = CASES[case]
    assert seen(numbers) == expected


@given(st.sets(st.integers(1, 60), min_size=1), st.randoms(use_true_random=False))
def test_in_whatever_order_they_come_the_missing_ones_are_those_that_have_not(found: set[int], random: Any) -> None:
    order = sorted(found)
    random.shuffle(order)
    highest, missing, ranges, _ = seen(arrived(*order))
    assert highest == max(found)
    listed = {number for first, last in ranges for number in range(first, last + 1)}
    assert missing == len(set(range(1, max(found))) - found)
    assert listed <= set(range(1, max(found))) - found
    assert len(listed) == missing or len(ranges) == 20


def test_same_content_in_both_tables_is_no_second_counting() -> None:
    once = arrived(1, 2).kept
    again = Numbered(1, once[0].instance_id, BEGIN + dt.timedelta(hours=1), False)
    assert seen(Numbers([*once, again], 1)) == (2, 0, [], 0)


def test_coordinator_is_told_in_a_sentence(villages: Villages) -> None:
    tablet = villages.north[Role.ENUMERATOR]
    tablet.send(*({**interview(), "device_seq": number} for number in (1, 2, 6)))
    told = villages.north[Role.COORDINATOR].get("/fieldwork").json()
    (device,) = told["devices"]
    assert device["not_arrived"]["ranges"] == [[3, 5]]
    assert device["not_arrived"]["message"] == {
        "id": "enumerator-north: 3 wawancara sudah diumumkan, belum tiba",
        "en": "enumerator-north: 3 interviews announced, not arrived",
    }
    assert told["totals"]["not_arrived"] == 3


def test_whatever_is_kept_has_arrived(villages: Villages) -> None:
    """Held, in conflict, replaced and edits; what was rejected is still on the tablet, and so has not."""
    tablet = villages.north[Role.ENUMERATOR]
    first = {**interview(), "device_seq": 1}
    tablet.send(
        first,
        {**interview("nowhere"), "device_seq": 2},
        {**interview(instance_id=first["instance_id"], minutes=90), "device_seq": 3},
        {**interview(deprecated_id=first["instance_id"]), "device_seq": 4},
        {**interview(), "instance_id": "no id", "device_seq": 5},
        {**interview(), "device_seq": 6},
    )
    (device,) = villages.north[Role.COORDINATOR].get("/fieldwork").json()["devices"]
    assert device["not_arrived"]["ranges"] == [[5, 5]]


def test_only_the_highest_numbers_are_looked_at(villages: Villages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "FURTHEST_BACK", 3)
    tablet = villages.north[Role.ENUMERATOR]
    tablet.send(*({**interview(), "device_seq": number} for number in (1, 3, 4, 6, 7)))
    (device,) = villages.north[Role.COORDINATOR].get("/fieldwork").json()["devices"]
    assert device["not_arrived"]["ranges"] == [[5, 5]]
