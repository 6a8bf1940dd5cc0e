"""What is held can be mended: a correction beside what was sent, tried at once, with the interview's own provenance."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from app.submissions.tables import Correction, Submission
from tests.submissions.household import FORM, HERE, interview, new_id
from tests.support.server import Caller, Server

Json = dict[str, Any]


def held(caller: Caller, instance_id: str) -> Json:
    (found,) = caller.get(f"/held/{instance_id}").json()["held"]
    return dict(found)


def mend(caller: Caller, instance_id: str, **changes: Any) -> Any:
    sha256 = changes.pop("sha256", None) or held(caller, instance_id)["sha256"]
    body = {"sha256": sha256, "reason": "checked by telephone", **changes}
    return caller.post(f"/held/{instance_id}/mend", json=body)


CASES: dict[str, tuple[Json, Json]] = {
    "the community is mapped": (interview(community="Bandarharja"), {"community": HERE}),
    "the community was left out": (interview(community=None), {"community": HERE}),
    "it is read by another version": ({**interview(), "version": "1.0"}, {"version": "1"}),
    "it is read by another form": ({**interview(), "form_id": "hh"}, {"form_id": "household"}),
    "an answer is typed again": (interview(house={"roof": "\0"}), {"answers": {"house/roof": "tiles"}}),
    "an answer is taken away": (interview(respondent="\0"), {"answers": {"respondent": None}}),
    "a row of a repeat": (interview(member=[{"age": 1}, {"age": "\0"}]), {"answers": {"member[2]/age": 7}}),
    "what it replaces was no id": ({**interview(), "deprecated_id": "x"}, {"deprecated_id": None}),
    "it said not what it is": ({**interview(), "version": 1}, {"version": "1"}),
}


@pytest.mark.parametrize("case", CASES)
def test_mended_it_counts(
    here: Caller,
    coordinator: Caller,
    kept: Callable[[str], Submission],
    scores: Callable[[], dict[str, float]],
    in_order: Callable[[], None],
    case: str,
) -> None:
    item, changes = CASES[case]
    (receipt,) = here.send(item, batch_id="theirs")["receipts"]
    assert receipt["status"] == "held"
    before = held(coordinator, item["instance_id"])
    mended = mend(coordinator, item["instance_id"], **changes)
    assert (mended.status_code, mended.json()["status"]) == (200, "accepted"), mended.text
    row = kept(item["instance_id"])
    assert (row.community, row.form_id, row.version) == (HERE, "household", "1")
    assert scores() == {item["instance_id"]: 3.0}
    assert (row.raw or b"").decode() == before["raw"], "what was sent is not touched"
    assert (row.batch_id, str(row.device_id)) == ("theirs", before["device_id"])
    assert row.received_at is not None
    assert row.received_at.isoformat().startswith(before["received_at"][:19])
    assert mended.json()["seq"] == row.seq > receipt["seq"], "who pages by number sees it"
    (again,) = here.send(item)["receipts"]
    assert (again["status"], again["receipt"]) == ("duplicate", receipt["receipt"])
    (have,) = here.post("/instances/have", json={"instance_ids": [item["instance_id"]]}).json()["instances"]
    assert (have["state"], have["sha256"]) == ("kept", before["sha256"])
    assert coordinator.get("/held").json()["held"] == []
    in_order()


def test_who_when_and_why_is_kept_and_no_answer_is_recorded(
    fieldwork: Server, here: Caller, coordinator: Caller, audited: Callable[[str], list[Json]]
) -> None:
    item = interview(respondent="\0")
    here.send(item)
    mend(coordinator, item["instance_id"], answers={"respondent": "Siti"})
    with fieldwork.database.read() as session:
        (correction,) = session.exec(select(Correction)).all()
    assert (correction.number, correction.reason) == (1, "checked by telephone")
    assert correction.changes == {"answers": {"respondent": "Siti"}}
    assert audited("held_corrected") == [{"subject": item["instance_id"], "changed": ["respondent"]}]
    assert audited("held_replayed") == [{"subject": "1 interviews", "accepted": 1}]
    record = coordinator.get(f"/submissions/{item['instance_id']}").json()
    assert (record["answers"]["respondent"], record["corrected"]) == ("Siti", ["respondent"])


def test_item_whose_members_stand_twice_is_completed_by_hand(
    here: Caller, coordinator: Caller, scores: Callable[[], dict[str, float]], in_order: Callable[[], None]
) -> None:
    item = interview()
    text = json.dumps(item).replace('"minutes": 20', '"minutes": 10, "minutes": 90')
    body = f'{{"batch_id": "twice", "items": [{text}]}}'
    here.post("/batches", content=body, headers={"Content-Type": "application/json"})
    assert mend(coordinator, item["instance_id"], answers={"minutes": 90}).json()["status"] == "accepted"
    assert scores() == {item["instance_id"]: 1.0}
    in_order()


def test_what_two_things_hold_is_mended_in_two_steps(
    fieldwork: Server, here: Caller, coordinator: Caller, in_order: Callable[[], None]
) -> None:
    item = {**interview(community="Bandarharja"), "version": "2"}
    here.send(item)
    first = mend(coordinator, item["instance_id"], answers={"community": HERE}).json()
    assert (first["status"], first["problem"]["slug"]) == ("held", "unknown_form")
    fieldwork.publish({**FORM, "settings": {**FORM["settings"], "version": "2"}})
    assert here.send(item)["receipts"][0]["status"] == "duplicate", "its correction waits for the replay"
    assert coordinator.post("/replays", json={}).json() == {"accepted": 1, "edited": 0, "conflict": 0, "held": 0}
    assert here.send(item)["receipts"][0]["status"] == "duplicate"
    in_order()


def test_reason_follows_what_holds_it_now(here: Caller, coordinator: Caller) -> None:
    item = {**interview(community="Bandarharja"), "version": "2"}
    here.send(item)
    assert mend(coordinator, item["instance_id"], version="1").json()["problem"]["slug"] == "unknown_community"
    assert [each["reason"] for each in coordinator.get("/held").json()["held"]] == ["unknown_community"]
    assert [each["changes"] for each in held(coordinator, item["instance_id"])["corrections"]] == [
        {"version": "1", "answers": {}}
    ]


def test_a_typo_is_mapped_for_all_that_have_it(
    fieldwork: Server, here: Caller, coordinator: Caller, in_order: Callable[[], None]
) -> None:
    other = fieldwork.enrol(communities=[HERE])
    far = fieldwork.enrol(communities=["33.74.02"])
    typed = [interview(community="Bandarharja") for _ in range(7)]
    here.send(*typed[:4], interview(community="Kuningan"), interview(community=None))
    other.send(*typed[4:], {**interview(community="Bandarharja"), "version": "2"})
    far.send(interview(community="Bandarharja"))
    mended = mend(coordinator, typed[2]["instance_id"], community=HERE, alike=True).json()
    assert (mended["status"], mended["alike"]) == ("accepted", {"accepted": 6})
    assert len(coordinator.get("/held").json()["held"]) == 3
    assert coordinator.get("/fieldwork").json()["totals"]["received"] == 7
    in_order()


def test_a_version_is_mapped_for_all_that_have_it(here: Caller, coordinator: Caller) -> None:
    items = [{**interview(), "version": "1.0"} for _ in range(3)]
    here.send(*items, {**interview(), "version": "0"})
    assert mend(coordinator, items[0]["instance_id"], version="1", alike=True).json()["alike"] == {"accepted": 2}


def test_mended_edits_find_their_place(
    tablet: Caller, admin: Caller, kept: Callable[[str], Submission], in_order: Callable[[], None]
) -> None:
    original = new_id()
    edit = interview(edits=original, community="Bandarharja")
    after = interview(edits=edit["instance_id"])
    tablet.send(edit, interview(original), after)
    assert mend(admin, edit["instance_id"], community=HERE).json()["status"] == "edited"
    assert [str(kept(each).state) for each in (original, edit["instance_id"], after["instance_id"])] == [
        "superseded",
        "superseded",
        "current",
    ]
    in_order()


IMPOSSIBLE: dict[str, Json] = {
    "no such community": {"community": "Bandarharja"},
    "a community of others": {"community": "33.74.02"},
    "no such version": {"version": "9"},
    "no such form": {"form_id": "shops"},
    "an answer below an answer": {"answers": {"minutes/first": 1}},
    "a row far behind the last": {"answers": {"member[9]/age": 1}},
    "no path": {"answers": {"": 1}},
    "an answer that cannot be kept": {"answers": {"respondent": "\0"}},
    "a number that cannot be kept": {"answers": {"minutes": 2**70}},
    "no reason": {"community": HERE, "reason": " "},
    "an unknown member": {"comunity": HERE},
    "no hash": {"community": HERE, "sha256": "x"},
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_impossible_change_is_refused_and_leaves_nothing(
    fieldwork: Server, here: Caller, coordinator: Caller, case: str
) -> None:
    item = interview(community="Bandarharja")
    here.send(item)
    answer = mend(coordinator, item["instance_id"], **IMPOSSIBLE[case])
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")
    with fieldwork.database.read() as session:
        assert session.exec(select(Correction)).all() == []


def test_all_alike_needs_a_cause_that_others_can_share(here: Caller, coordinator: Caller) -> None:
    item = interview(community=None)
    here.send(item, interview(community=None))
    assert mend(coordinator, item["instance_id"], community=HERE, alike=True).status_code == 422


def test_what_is_settled_is_mended_no_more(here: Caller, coordinator: Caller, neighbour: Caller) -> None:
    item = interview(community="Bandarharja")
    here.send(item)
    sha256 = held(coordinator, item["instance_id"])["sha256"]
    assert mend(neighbour, item["instance_id"], sha256=sha256, community="33.74.02").status_code == 404
    assert mend(coordinator, item["instance_id"], sha256="0" * 64, community=HERE).status_code == 404
    mend(coordinator, item["instance_id"], community=HERE)
    again = mend(coordinator, item["instance_id"], sha256=sha256, community=HERE)
    assert (again.status_code, again.json()["slug"]) == (409, "already_settled")
