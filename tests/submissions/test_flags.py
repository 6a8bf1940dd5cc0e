"""What looks wrong in an interview becomes flags: a code, where, and two languages; never the answer itself."""

from typing import Any

import pytest

from app.forms.flags import MESSAGES
from tests.submissions.household import HERE, THERE, interview
from tests.support.server import Caller, Server

FLAGGED: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "good": ({}, []),
    "wrong type": ({"minutes": "Si Anu"}, [("type", "minutes")]),
    "unknown choice": ({"consent": "Si Anu"}, [("choice", "consent")]),
    "unknown choice among several": ({"sources": ["radio", "Si Anu"]}, [("choice", "sources")]),
    "unknown field": ({"nickname": "Si Anu"}, [("unknown_field", "nickname")]),
    "unknown field in a group": (
        {"house": {"roof": "tiles", "owner": "Si Anu"}},
        [("unknown_field", "house/owner")],
    ),
    "required": ({"consent": None}, [("required", "consent")]),
    "required in a group": ({"house": {"roof": ""}}, [("required", "house/roof")]),
    "required in a group that is not there": ({"house": None}, [("required", "house/roof")]),
    "required in the second of a repeat": ({"member": [{"age": 3}, {}]}, [("required", "member[2]/age")]),
    "wrong type in the third of a repeat": (
        {"member": [{"age": 3}, {"age": 4}, {"age": "Si Anu"}]},
        [("type", "member[3]/age")],
    ),
    "a group that is none": ({"house": ["Si Anu"]}, [("type", "house"), ("required", "house/roof")]),
    "a repeat of what is no group": (
        {"member": [{"age": 3}, "Si Anu"]},
        [("type", "member[2]"), ("required", "member[2]/age")],
    ),
    "several": (
        {"minutes": [], "nickname": "Si Anu", "income": True},
        [("unknown_field", "nickname"), ("type", "income")],
    ),
    "personal data without consent": (
        {"consent": "no", "respondent": "Si Anu", "income": 5},
        [("personal_without_consent", "respondent"), ("personal_without_consent", "income")],
    ),
}


@pytest.mark.parametrize("case", FLAGGED)
def test_flags_say_where_and_what(tablet: Caller, admin: Caller, case: str) -> None:
    answers, expected = FLAGGED[case]
    answer = tablet.send(interview(**answers))
    (receipt,) = answer["receipts"]
    assert receipt["status"] == "accepted"
    assert [(flag["code"], flag["path"]) for flag in receipt["flags"]] == expected
    for flag in receipt["flags"]:
        assert set(flag["message"]) == {"id", "en"}
        assert all(flag["message"].values())
        assert "Si Anu" not in str(flag)
    shown = admin.get(f"/submissions/{receipt['instance_id']}").json()
    assert shown["flags"] == receipt["flags"]
    assert admin.get("/integrity").json()["ok"]


def test_a_duplicate_is_told_the_same_flags(tablet: Caller) -> None:
    item = interview(minutes="far", nickname="x")
    first, again = (tablet.send(item)["receipts"][0] for _ in range(2))
    assert (first["status"], again["status"]) == ("accepted", "duplicate")
    assert again["flags"] == first["flags"] != []


@pytest.mark.parametrize(("area", "expected"), [(HERE, []), (THERE, ["outside_area"]), ("33.74", [])])
def test_an_interview_outside_of_the_tablets_area(fieldwork: Server, area: str, expected: list[str]) -> None:
    tablet = fieldwork.enrol(communities=[area])
    (receipt,) = tablet.send(interview(community=HERE))["receipts"]
    assert receipt["status"] == "accepted"
    assert [flag["code"] for flag in receipt["flags"]] == expected


def test_the_bps_code_is_as_good_as_the_kemendagri_code(tablet: Caller, admin: Caller) -> None:
    (receipt,) = tablet.send(interview(community="3374120009"))["receipts"]
    assert receipt["flags"] == []
    assert admin.get(f"/submissions/{receipt['instance_id']}").json()["community"] == THERE


def test_so_many_flags_are_not_all_told(tablet: Caller) -> None:
    (receipt,) = tablet.send(interview(**{f"unknown_{n}": n for n in range(1_000)}))["receipts"]
    codes = [flag["code"] for flag in receipt["flags"]]
    assert codes == ["unknown_field"] * (len(codes) - 1) + ["more_flags"]
    assert len(codes) < 100


def test_every_flag_speaks_both_languages() -> None:
    assert all(set(message) == {"id", "en"} for message in MESSAGES.values())
