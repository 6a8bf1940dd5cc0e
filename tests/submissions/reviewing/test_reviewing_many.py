"""The same word on many interviews at once: on those named, or on those that fit."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.submissions.reviewing import review
from tests.submissions.household import HERE, THERE, interview, new_id
from tests.support.server import Caller

Json = dict[str, Any]


def say(caller: Caller, **members: Any) -> Any:
    return caller.post("/reviews", json={"state": "approved", **members}).json()


def approved(caller: Caller) -> list[str]:
    return [row["instance_id"] for row in caller.get("/submissions?review=approved").json()["submissions"]]


def test_those_named(tablet: Caller, coordinator: Caller, in_order: Callable[[], None]) -> None:
    mine, other, absent = interview(), interview(community=THERE), interview(new_id())
    tablet.send(mine, other)
    ids = [mine["instance_id"], other["instance_id"], absent["instance_id"], "no id"]
    assert say(coordinator, instance_ids=ids) == {"reviewed": 1, "unchanged": 0, "missing": ids[1:]}
    assert say(coordinator, instance_ids=ids[:1]) == {"reviewed": 0, "unchanged": 1, "missing": []}
    assert approved(coordinator) == ids[:1]
    in_order()


def test_those_that_fit(tablet: Caller, admin: Caller, in_order: Callable[[], None]) -> None:
    good, flagged, there = interview(), interview(house={"roof": None}), interview(community=THERE)
    replaced = interview()
    tablet.send(good, flagged, there, replaced, interview(edits=replaced["instance_id"]))
    assert say(admin, where={"community": HERE, "flagged": False, "review": "received"})["reviewed"] == 1
    assert approved(admin) == [good["instance_id"]]
    assert say(admin, where={"community": HERE, "flagged": True})["reviewed"] == 1
    assert say(admin, where={"form_id": "other"}) == {"reviewed": 0, "unchanged": 0, "missing": []}
    assert say(admin, where={}) == {"reviewed": 2, "unchanged": 2, "missing": []}
    assert replaced["instance_id"] not in approved(admin)
    in_order()


def test_what_came_after_one_has_looked_waits(tablet: Caller, admin: Caller) -> None:
    seen, late = interview(), interview()
    seq = tablet.send(seen)["receipts"][0]["seq"]
    tablet.send(late)
    assert say(admin, where={"up_to_seq": seq})["reviewed"] == 1
    assert approved(admin) == [seen["instance_id"]]


def test_more_than_one_chunk(
    tablet: Caller, coordinator: Caller, monkeypatch: pytest.MonkeyPatch, in_order: Callable[[], None]
) -> None:
    monkeypatch.setattr(review, "CHUNK", 3)
    tablet.send(*(interview() for _ in range(10)), interview(community=THERE))
    assert say(coordinator, where={"community": HERE})["reviewed"] == 10
    in_order()


@pytest.mark.parametrize("body", [{}, {"instance_ids": [], "where": {}}, {"where": {"sex": "f"}}])
def test_it_must_be_clear_which_ones(admin: Caller, body: Json) -> None:
    assert admin.post("/reviews", json={"state": "approved", **body}).status_code == 422


@pytest.mark.parametrize("odd", ["\ud800", "a\0"])
def test_names_that_nothing_can_have_are_refused(admin: Caller, odd: str) -> None:
    for members in ({"instance_ids": [odd]}, {"where": {"form_id": odd}}, {"where": {"community": odd}}):
        body = json.dumps({"state": "approved", **members})
        answer = admin.post("/reviews", content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")


def test_an_edit_and_a_review_at_one_moment(
    tablet: Caller, admin: Caller, together: Callable[..., list[Any]], in_order: Callable[[], None]
) -> None:
    for state in ("approved", "rejected") * 4:
        item = interview()
        tablet.send(item)
        edit = interview(edits=item["instance_id"], minutes=90)
        told, _ = together(
            lambda edit=edit: tablet.send(edit),
            lambda item=item, state=state: say(admin, instance_ids=[item["instance_id"]], state=state),
        )
        assert told["summary"]["edited"] == 1
    in_order()
