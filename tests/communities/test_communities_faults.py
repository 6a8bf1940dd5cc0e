"""A communities file tells all that is wrong with it at once, by entry."""

from typing import Any

import pytest

from app.communities.check import check_communities
from tests.support.village import COMMUNITIES

A: dict[str, Any] = {"code": "a", "name": "A", "level": "kelurahan"}
B: dict[str, Any] = {"code": "b", "name": "B", "level": "kelurahan"}


def test_good_file_has_no_faults() -> None:
    assert check_communities(COMMUNITIES) == []
    assert check_communities([]) == []


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([{**A, "code": ""}], "Entry 1: code: "),
        ([{**A, "code": "a b"}], "Entry 1: code: "),
        ([A, {**B, "name": ""}], "Entry 2: name: "),
        ([{"code": "a", "name": "A"}], "Entry 1: level: "),
        ([{**A, "kecamatan": "X"}], "Entry 1: kecamatan: "),
        ([{**A, "targets": {"household": -1}}], "Entry 1: targets.household: "),
        ([{**A, "targets": {"household": 2**70}}], "Entry 1: targets.household: "),
        ([{**A, "targets": {"household": "many"}}], "Entry 1: targets.household: "),
        ([{**A, "period": {"from": "2026-11-02", "until": "2026-11-01"}}], "'until' lies before 'from'"),
        ([{**A, "period": {"from": "2026-11-02"}}], "Entry 1: period.until: "),
        ([{**A, "centroid": {"lat": 91, "lon": 0}}], "Entry 1: centroid.lat: "),
        ([A, A], "The code a stands 2 times: keep one."),
        ([{**A, "bps_code": "7"}, {**B, "bps_code": "7"}], "The BPS code 7 stands 2 times: keep one."),
        ([{**A, "parent": "c"}], "a: its parent c is not in the file."),
        ([{**A, "parent": "a"}], "a: its parents lead back to itself."),
        ([{**A, "parent": "b"}, {**B, "parent": "a"}], "b: its parents lead back to itself."),
        (["a"], "Entry 1: "),
        ({"communities": []}, "The file is not a list of communities"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_fault_is_told(entries: Any, says: str) -> None:
    assert any(says in fault for fault in check_communities(entries)), check_communities(entries)


def test_all_faults_are_told_at_once() -> None:
    entries = [{**A, "name": ""}, {**B, "level": ""}, {**B, "parent": "z"}, A, A]
    told = check_communities(entries)
    assert [fault.split(":")[0] for fault in told] == ["Entry 1", "Entry 2", "The code a stands 2 times", "b"]
