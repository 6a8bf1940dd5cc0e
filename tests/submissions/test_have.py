"""A tablet asks which of its interviews are kept here."""

from app.access.policy import Role
from tests.submissions.household import interview, new_id
from tests.support.server import Caller, Server


def states(caller: Caller, *ids: str) -> dict[str, str]:
    answer = caller.post("/instances/have", json={"instance_ids": list(ids)}).json()
    assert [each["instance_id"] for each in answer["instances"]] == list(ids)
    assert {"server_id", "epoch"} <= answer.keys()
    assert all((each["state"] == "missing") == (each["sha256"] is None) for each in answer["instances"])
    return {each["instance_id"]: each["state"] for each in answer["instances"]}


def test_every_state(tablet: Caller) -> None:
    kept, held, conflict = new_id(), new_id(), new_id()
    tablet.send(interview(kept), interview(held, community="nowhere"))
    tablet.send(interview(conflict, minutes=1), interview(conflict, minutes=2))
    missing = new_id()
    expected = {kept: "kept", held: "held", conflict: "conflict", missing: "missing", "no id": "missing"}
    assert states(tablet, *expected) == expected


def test_both_ends_of_an_edit_are_kept_and_a_second_edit_is_in_conflict(tablet: Caller) -> None:
    original, first, second = new_id(), new_id(), new_id()
    for item in (interview(original), interview(first, edits=original), interview(second, edits=original)):
        tablet.send(item)
    expected = {original: "kept", first: "kept", second: "conflict"}
    assert states(tablet, *expected) == expected


def test_what_another_tablet_brought_is_missing(fieldwork: Server, tablet: Caller, admin: Caller) -> None:
    mine, held, theirs = new_id(), new_id(), new_id()
    tablet.send(interview(mine), interview(held, community="nowhere"))
    other = fieldwork.enrol()
    other.send(interview(theirs))
    assert states(other, mine, held, theirs) == {mine: "missing", held: "missing", theirs: "kept"}
    assert states(admin, mine, held, theirs) == {mine: "kept", held: "held", theirs: "kept"}


def test_the_spelling_of_the_id_is_given_back(tablet: Caller) -> None:
    instance_id = new_id()
    tablet.send(interview(instance_id))
    assert states(tablet, instance_id.upper(), f"{{{instance_id[5:]}}}") == {
        instance_id.upper(): "kept",
        f"{{{instance_id[5:]}}}": "kept",
    }


def test_too_many_at_once_are_refused(tablet: Caller) -> None:
    limit = tablet.get("/limits").json()["max_have"]
    assert tablet.post("/instances/have", json={"instance_ids": [new_id()] * limit}).status_code == 200
    assert tablet.post("/instances/have", json={"instance_ids": [new_id()] * (limit + 1)}).status_code == 422
    assert tablet.post("/instances/have", json={"instance_ids": ["x" * 100] * limit * 100}).status_code == 413


def test_only_those_who_send_may_ask(fieldwork: Server) -> None:
    asked = {"instance_ids": [new_id()]}
    assert fieldwork.nobody().post("/instances/have", json=asked).status_code == 401
    assert fieldwork.enrol(Role.ANALYST).post("/instances/have", json=asked).status_code == 403


def test_ids_that_no_answer_can_hold_are_missing(tablet: Caller) -> None:
    asked = tablet.post(
        "/instances/have",
        content=rb'{"instance_ids": ["\ud800", "\u0000"]}',
        headers={"Content-Type": "application/json"},
    )
    assert asked.status_code == 200
    assert [each["state"] for each in asked.json()["instances"]] == ["missing", "missing"]
