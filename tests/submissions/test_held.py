"""What cannot be used yet is kept, told `held`, and used as soon as it comes again and can be."""

from copy import deepcopy
from typing import Any

import pytest
from sqlmodel import select

from app.submissions.tables import SetAside
from tests.submissions.household import COMMUNITIES, FORM, interview
from tests.support.server import Caller, Server

NEW_VERSION = deepcopy(FORM)
NEW_VERSION["settings"]["version"] = "2"
NEW_FORM = deepcopy(FORM)
NEW_FORM["settings"]["form_id"] = "shops"
NEW_AREA = [*COMMUNITIES, {"code": "33.74.03", "name": "Kuningan", "level": "kelurahan", "parent": "33.74"}]

CASES: dict[str, tuple[dict[str, Any], str, Any]] = {
    "form": ({"form_id": "shops"}, "unknown_form", NEW_FORM),
    "version": ({"version": "2"}, "unknown_form", NEW_VERSION),
    "community": ({"community": "33.74.03"}, "unknown_community", NEW_AREA),
}


def held_item(case: str) -> dict[str, Any]:
    changes = CASES[case][0]
    return interview(**changes) if case == "community" else {**interview(), **changes}


@pytest.mark.parametrize("case", CASES)
def test_after_publication_it_is_accepted(fieldwork: Server, tablet: Caller, admin: Caller, case: str) -> None:
    _, problem, missing = CASES[case]
    item = held_item(case)
    (held,) = tablet.send(item)["receipts"]
    assert (held["status"], held["problem"]["slug"]) == ("held", problem)
    assert held["problem"]["retry"] == "never"
    assert (held["receipt"], held["seq"]) != (None, None)
    assert tablet.send(item)["receipts"][0]["status"] == "duplicate"

    fieldwork.publish(missing)
    (accepted,) = tablet.send(item)["receipts"]
    assert (accepted["status"], accepted["receipt"]) == ("accepted", held["receipt"])
    assert accepted["seq"] > held["seq"]
    assert tablet.send(item)["receipts"][0]["status"] == "duplicate"
    with fieldwork.database.read() as session:
        (aside,) = session.exec(select(SetAside)).all()
    assert aside.settled_at is not None
    books = admin.get("/integrity").json()
    assert books["ok"]
    assert books["stored"]["current"] == books["stored"]["set_aside_held"] == 1


def test_the_same_batch_is_told_the_same_even_after_publication(fieldwork: Server, tablet: Caller) -> None:
    item = held_item("version")
    first = tablet.send(item, batch_id="a batch")
    fieldwork.publish(NEW_VERSION)
    assert tablet.send(item, batch_id="a batch")["receipts"] == first["receipts"]


def test_a_mended_interview_is_accepted_beside_the_held_one(tablet: Caller, admin: Caller) -> None:
    unreadable = interview(respondent="\0")
    mended = interview(unreadable["instance_id"])
    assert tablet.send(unreadable)["receipts"][0]["status"] == "held"
    assert tablet.send(mended)["receipts"][0]["status"] == "accepted"
    assert tablet.send(unreadable)["receipts"][0]["status"] == "duplicate"
    record = admin.get(f"/submissions/{mended['instance_id']}").json()
    assert record["state"] == "current"
    assert [each["reason"] for each in record["set_aside"]] == ["unreadable_answers"]


def test_a_held_interview_harms_no_accepted_one(tablet: Caller, admin: Caller) -> None:
    good = interview()
    unreadable = interview(good["instance_id"], respondent="\0")
    told = [tablet.send(each)["receipts"][0]["status"] for each in (good, unreadable, good)]
    assert told == ["accepted", "held", "duplicate"]
    assert admin.get(f"/submissions/{good['instance_id']}").json()["state"] == "current"
    assert admin.get("/integrity").json()["ok"]


def test_held_twice_in_one_batch_counts_once(tablet: Caller, admin: Caller) -> None:
    item = held_item("form")
    told = [receipt["status"] for receipt in tablet.send(item, interview(), item)["receipts"]]
    assert told == ["held", "accepted", "duplicate"]
    assert admin.get("/integrity").json()["ok"]
