from collections import Counter
from itertools import pairwise

import pytest

from app.cli.demo.imagination import Interview
from app.cli.demo.parcels import LARGEST, Parcel, parcels


@pytest.fixture
def sent(interviews: list[Interview]) -> list[Parcel]:
    return parcels(interviews, tablets=2, seed=7)


@pytest.fixture
def arrivals(sent: list[Parcel]) -> list[Interview]:
    """Interviews in the order of arrival."""
    return [item.interview for parcel in sent for item in parcel.items]


def test_everything_arrives_and_some_of_it_twice(arrivals: list[Interview], interviews: list[Interview]) -> None:
    times = Counter(each.instance_id for each in arrivals)
    assert set(times) == {each.instance_id for each in interviews}
    assert 0.02 < sum(count == 2 for count in times.values()) / len(interviews) < 0.1


def test_batches_are_of_any_size(sent: list[Parcel]) -> None:
    sizes = {len(parcel.items) for parcel in sent}
    assert len(sizes) > 10
    assert sizes <= {*range(1, LARGEST + 1)}


def test_each_tablet_counts_its_interviews(sent: list[Parcel]) -> None:
    for tablet in (0, 1):
        numbers = {item.device_seq for parcel in sent if parcel.tablet == tablet for item in parcel.items}
        assert numbers == {*range(1, len(numbers) + 1)}


def test_each_enumerator_keeps_to_one_tablet(sent: list[Parcel]) -> None:
    pairs = {(item.interview.enumerator, parcel.tablet) for parcel in sent for item in parcel.items}
    assert len(pairs) == len({enumerator for enumerator, _ in pairs})


def test_they_arrive_out_of_order(sent: list[Parcel]) -> None:
    numbers = [item.device_seq for parcel in sent if parcel.tablet == 0 for item in parcel.items]
    assert sum(later < earlier for earlier, later in pairwise(numbers)) > len(numbers) / 10


def test_corrections_come_later_but_for_one_of_each_tablet(sent: list[Parcel]) -> None:
    batch = {item.interview.instance_id: n for n, parcel in reversed([*enumerate(sent)]) for item in parcel.items}
    edits = [item.interview for parcel in sent for item in parcel.items if item.interview.deprecated_id]
    early = {each.instance_id for each in edits if batch[each.instance_id] < batch[each.deprecated_id or ""]}
    assert len(early) == 2
    assert len({each.instance_id for each in edits}) > 5


def test_nothing_is_left_on_a_tablet(sent: list[Parcel]) -> None:
    for tablet in (0, 1):
        last = [parcel.device for parcel in sent if parcel.tablet == tablet][-1]
        assert (last["outbox"], last["oldest_unsent_at"]) == (0, None)
    assert any(parcel.device["outbox"] for parcel in sent)


def test_some_are_packed_and_some_answers_get_lost(sent: list[Parcel]) -> None:
    assert {parcel.packed for parcel in sent} == {True, False}
    assert {parcel.unanswered for parcel in sent} == {True, False}
