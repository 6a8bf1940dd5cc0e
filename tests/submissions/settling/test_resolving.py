"""Conflicts can be seen side by side and decided: the chosen one counts, the others are kept for ever."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from app.submissions.tables import SetAside, Submission
from tests.submissions.household import HERE, THERE, interview, new_id
from tests.support.server import Caller, Server

Json = dict[str, Any]


def look(caller: Caller, instance_id: str) -> Json:
    return dict(caller.get(f"/conflicts/{instance_id}").json())


def resolve(caller: Caller, instance_id: str, sha256: str, **members: Any) -> Any:
    body = {"keep": sha256, "reason": "asked the household again", **members}
    return caller.post(f"/conflicts/{instance_id}/resolve", json=body)


def contents(minutes: int, other: int, **answers: Any) -> tuple[Json, Json]:
    """Two contents of one interview."""
    one = interview(minutes=minutes)
    return one, interview(one["instance_id"], minutes=other, **answers)


def edits(minutes: int, other: int) -> tuple[Json, Json, Json]:
    """An interview, and two edits of it."""
    original = interview()
    mine, theirs = (interview(edits=original["instance_id"], minutes=each) for each in (minutes, other))
    return original, mine, theirs


def test_contents_stand_side_by_side(tablet: Caller, admin: Caller) -> None:
    one, two = contents(10, 90, respondent="Siti", house={"roof": "straw"})
    tablet.send(one, two)
    (listed,) = admin.get("/conflicts").json()["conflicts"]
    assert (listed["instance_id"], listed["kind"]) == (one["instance_id"], "content")
    assert "answers" not in listed
    seen = look(admin, one["instance_id"])
    assert [(each["counts"], each["waits"]) for each in seen["contents"]] == [(True, False), (False, True)]
    assert [each["answers"]["minutes"] for each in seen["contents"]] == [10, 90]
    assert seen["differing"] == [
        {"path": "minutes", "values": ["10", "90"]},
        {"path": "house/roof", "values": ["tiles", "straw"]},
        {"path": "respondent", "values": [None, "Siti"]},
    ]
    assert (seen["waits"], seen["elsewhere"], seen["resolutions"]) == (True, 0, [])


def test_the_chosen_content_counts_and_the_other_is_kept(
    fieldwork: Server,
    tablet: Caller,
    admin: Caller,
    kept: Callable[[str], Submission],
    scores: Callable[[], dict[str, float]],
    in_order: Callable[[], None],
) -> None:
    one, two = contents(10, 90, community=THERE)
    first, second = (tablet.send(each)["receipts"][0] for each in (one, two))
    seen = look(admin, one["instance_id"])
    told = resolve(admin, one["instance_id"], seen["contents"][1]["sha256"]).json()
    assert told["set_aside"] == [{"instance_id": one["instance_id"], "sha256": seen["contents"][0]["sha256"]}]
    row = kept(one["instance_id"])
    assert json.loads(row.raw or b"") == two
    assert (row.community, str(row.state), scores()) == (THERE, "current", {one["instance_id"]: 1.0})
    assert row.seq is not None
    assert row.seq > second["seq"], "who pages by number sees it"
    with fieldwork.database.read() as session:
        raws = {json.loads(each.raw)["answers"]["minutes"] for each in session.exec(select(SetAside))}
    assert raws == {10, 90}
    assert admin.get("/conflicts").json()["conflicts"] == []
    assert admin.get("/fieldwork").json()["totals"]["conflicts"] == 0
    for item, receipt in ((one, first), (two, second)):
        (again,) = tablet.send(item)["receipts"]
        assert (again["status"], again["receipt"]) == ("duplicate", receipt["receipt"])
    in_order()


def test_keeping_what_counts_settles_the_other(
    tablet: Caller, admin: Caller, kept: Callable[[str], Submission], in_order: Callable[[], None]
) -> None:
    one, two = contents(10, 90)
    tablet.send(one, two)
    before = kept(one["instance_id"]).seq
    resolve(admin, one["instance_id"], look(admin, one["instance_id"])["contents"][0]["sha256"])
    assert admin.get("/conflicts").json()["conflicts"] == []
    assert kept(one["instance_id"]).seq == before
    in_order()


@pytest.mark.parametrize("kind", ["content", "edits"])
def test_minds_may_change_and_every_decision_is_kept(
    tablet: Caller,
    admin: Caller,
    scores: Callable[[], dict[str, float]],
    audited: Callable[[str], list[Json]],
    in_order: Callable[[], None],
    kind: str,
) -> None:
    *before, one, two = contents(10, 90) if kind == "content" else edits(10, 90)
    tablet.send(*before, one, two)
    path = two["instance_id"]
    shas = [each["sha256"] for each in look(admin, path)["contents"]]
    for choice, score in ((1, 1.0), (0, 5.0), (1, 1.0), (1, 1.0)):
        assert resolve(admin, path, shas[choice]).status_code == 200
        assert list(scores().values()) == [score]
        in_order()
    seen = look(admin, path)
    assert [each["kept"]["sha256"] for each in seen["resolutions"]] == [shas[1], shas[1], shas[0], shas[1]]
    assert {each["reason"] for each in seen["resolutions"]} == {"asked the household again"}
    assert (seen["kind"], seen["waits"], len(seen["contents"])) == (kind, False, 2)
    assert len(audited("conflict_resolved")) == 4
    assert "household" not in str(audited("conflict_resolved")), "no words that may hold an answer"


def test_a_third_content_waits_again(tablet: Caller, admin: Caller, in_order: Callable[[], None]) -> None:
    one, two = contents(10, 90)
    tablet.send(one, two)
    resolve(admin, one["instance_id"], look(admin, one["instance_id"])["contents"][1]["sha256"])
    assert tablet.send(interview(one["instance_id"], minutes=50))["receipts"][0]["status"] == "conflict"
    seen = look(admin, one["instance_id"])
    assert [(each["counts"], each["waits"]) for each in seen["contents"]] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    in_order()


def test_of_two_edits_the_chosen_one_counts(
    tablet: Caller,
    admin: Caller,
    kept: Callable[[str], Submission],
    scores: Callable[[], dict[str, float]],
    in_order: Callable[[], None],
) -> None:
    original, mine, theirs = edits(10, 90)
    tablet.send(original, mine, theirs)
    (listed,) = admin.get("/conflicts").json()["conflicts"]
    assert (listed["instance_id"], listed["kind"]) == (theirs["instance_id"], "edits")
    seen = look(admin, theirs["instance_id"])
    assert seen["differing"] == [{"path": "minutes", "values": ["10", "90"]}]
    cursor = max(each["seq"] for each in admin.get("/submissions").json()["submissions"])
    resolve(admin, theirs["instance_id"], seen["contents"][1]["sha256"])
    states = [str(kept(each["instance_id"]).state) for each in (original, mine, theirs)]
    assert states == ["superseded", "set_aside", "current"]
    assert scores() == {theirs["instance_id"]: 1.0}
    changed = admin.get("/submissions", params={"cursor": cursor}).json()["submissions"]
    assert {each["instance_id"] for each in changed} == {mine["instance_id"], theirs["instance_id"]}
    assert admin.get("/fieldwork").json()["totals"]["conflicts"] == 0
    assert {each["status"] for each in tablet.send(original, mine, theirs)["receipts"]} == {"duplicate"}
    in_order()


def test_an_edit_of_what_was_set_aside_waits_again(
    tablet: Caller, admin: Caller, kept: Callable[[str], Submission], in_order: Callable[[], None]
) -> None:
    original, mine, theirs = edits(10, 90)
    tablet.send(original, mine, theirs)
    resolve(admin, theirs["instance_id"], look(admin, theirs["instance_id"])["contents"][1]["sha256"])
    on_the_chosen = interview(edits=theirs["instance_id"], minutes=20)
    on_the_other = interview(edits=mine["instance_id"], minutes=30)
    late = interview(edits=original["instance_id"], minutes=40)
    told = [receipt["status"] for receipt in tablet.send(on_the_chosen, on_the_other, late)["receipts"]]
    assert told == ["edited", "conflict", "conflict"]
    assert str(kept(on_the_chosen["instance_id"]).state) == "current"
    in_order()


def test_choosing_a_content_leaves_the_order_of_edits_alone(
    tablet: Caller, admin: Caller, kept: Callable[[str], Submission], in_order: Callable[[], None]
) -> None:
    """The new number of the chosen content must not put its interview behind an edit that came later."""
    original, mine, theirs = edits(10, 90)
    other = interview(mine["instance_id"], edits=original["instance_id"], minutes=15)
    tablet.send(original, mine, theirs, other)
    seen = look(admin, mine["instance_id"])
    assert seen["kind"] == "content"
    resolve(admin, mine["instance_id"], seen["contents"][1]["sha256"])
    states = [str(kept(each["instance_id"]).state) for each in (original, mine, theirs)]
    assert states == ["superseded", "current", "conflict"]
    assert look(admin, mine["instance_id"])["kind"] == "edits", "the next thing that waits"
    in_order()


def test_content_that_edits_something_else_moves_there(
    tablet: Caller, admin: Caller, kept: Callable[[str], Submission], in_order: Callable[[], None]
) -> None:
    one, two = interview(), interview()
    edit = interview(edits=one["instance_id"])
    other = interview(edit["instance_id"], edits=two["instance_id"])
    tablet.send(one, two, edit, other)
    resolve(admin, edit["instance_id"], look(admin, edit["instance_id"])["contents"][1]["sha256"])
    assert [str(kept(each["instance_id"]).state) for each in (one, two, edit)] == ["current", "superseded", "current"]
    in_order()


def test_the_very_same_edit_of_two_tablets_is_told_apart_by_its_id(
    tablet: Caller, admin: Caller, kept: Callable[[str], Submission]
) -> None:
    original, mine, theirs = edits(10, 10)
    tablet.send(original, mine, theirs)
    sha256 = look(admin, mine["instance_id"])["contents"][0]["sha256"]
    told = resolve(admin, mine["instance_id"], sha256, of=theirs["instance_id"]).json()
    assert told["kept"]["instance_id"] == theirs["instance_id"]
    assert str(kept(theirs["instance_id"]).state) == "current"


def test_each_tablet_is_told_that_its_own_is_kept(fieldwork: Server, tablet: Caller, admin: Caller) -> None:
    one, two = contents(10, 90)
    other = fieldwork.enrol()
    tablet.send(one), other.send(two)

    def have(caller: Caller) -> tuple[str, str]:
        asked = {"instance_ids": [one["instance_id"]]}
        (found,) = caller.post("/instances/have", json=asked).json()["instances"]
        return found["state"], found["sha256"]

    shas = [each["sha256"] for each in look(admin, one["instance_id"])["contents"]]
    assert (have(tablet), have(other)) == (("kept", shas[0]), ("conflict", shas[1]))
    resolve(admin, one["instance_id"], shas[1])
    assert (have(tablet), have(other)) == (("kept", shas[0]), ("kept", shas[1]))


def test_what_cannot_be_used_cannot_be_chosen(tablet: Caller, admin: Caller, in_order: Callable[[], None]) -> None:
    good = interview()
    tablet.send(good, interview(good["instance_id"], respondent="\0"))
    shas = [each["sha256"] for each in look(admin, good["instance_id"])["contents"]]
    refused = resolve(admin, good["instance_id"], shas[1])
    assert (refused.status_code, refused.json()["slug"]) == (409, "not_usable")
    assert resolve(admin, good["instance_id"], shas[0]).status_code == 200
    assert admin.get("/held").json()["held"] == []
    in_order()


def test_a_held_interview_sent_again_may_lose_later(
    fieldwork: Server, tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    area = {"code": "33.74.03", "name": "Kuningan", "level": "kelurahan", "parent": "33.74"}
    item = interview(community="33.74.03")
    tablet.send(item)
    fieldwork.publish([area])
    tablet.send(item)
    tablet.send(interview(item["instance_id"], minutes=90))
    seen = look(admin, item["instance_id"])
    for choice in (1, 0):
        resolve(admin, item["instance_id"], seen["contents"][choice]["sha256"])
        in_order()


def test_one_side_out_of_reach_is_for_somebody_else(
    tablet: Caller, coordinator: Caller, neighbour: Caller, admin: Caller
) -> None:
    one, two = contents(10, 90, community=THERE)
    mine, alike = contents(10, 90)
    tablet.send(one, two, mine, alike)
    assert look(coordinator, one["instance_id"])["elsewhere"] == 1
    (only,) = look(neighbour, one["instance_id"])["contents"]
    assert (only["community"], only["counts"]) == (THERE, False)
    assert resolve(neighbour, one["instance_id"], only["sha256"]).status_code == 403
    assert [each["instance_id"] for each in neighbour.get("/conflicts").json()["conflicts"]] == [one["instance_id"]]
    assert neighbour.get(f"/conflicts/{mine['instance_id']}").status_code == 404
    side = look(admin, mine["instance_id"])["contents"][1]["sha256"]
    assert resolve(neighbour, mine["instance_id"], side).status_code == 404
    assert resolve(coordinator, mine["instance_id"], side).status_code == 200


@pytest.mark.parametrize("wrong", [{"keep": "0" * 64}, {"keep": "x"}, {"reason": ""}, {"of": "x"}, {"because": "x"}])
def test_what_is_no_choice_is_refused(tablet: Caller, admin: Caller, wrong: Json) -> None:
    one, two = contents(10, 90)
    tablet.send(one, two)
    body = {"keep": look(admin, one["instance_id"])["contents"][1]["sha256"], "reason": "asked", **wrong}
    assert admin.post(f"/conflicts/{one['instance_id']}/resolve", json=body).status_code == 422


def test_what_is_in_no_conflict_is_not_found(tablet: Caller, admin: Caller) -> None:
    item = interview()
    tablet.send(item, interview(community="nowhere"))
    for name in (item["instance_id"], new_id(), "nonsense"):
        assert admin.get(f"/conflicts/{name}").status_code == 404
        assert resolve(admin, name, "0" * 64).status_code == 404


def test_looking_is_recorded(tablet: Caller, coordinator: Caller, audited: Callable[[str], list[Json]]) -> None:
    one, two = contents(10, 90, community=HERE)
    tablet.send(one, two)
    coordinator.get("/conflicts")
    look(coordinator, one["instance_id"])
    assert audited("answers_read") == [{"subject": one["instance_id"]}]
