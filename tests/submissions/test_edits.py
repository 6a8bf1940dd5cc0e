"""Edits: each a revision of its own, one of which counts, in whatever order they come."""

import pytest
from sqlmodel import select

from app.scoring.tables import ScoredInterview
from app.submissions.tables import Submission
from tests.submissions.household import interview, new_id
from tests.support.server import Caller, Server


def states(server: Server) -> dict[str, str]:
    with server.database.read() as session:
        return {f"uuid:{row.instance_id}": str(row.state) for row in session.exec(select(Submission))}


def counting(server: Server) -> set[str]:
    with server.database.read() as session:
        return {f"uuid:{row.instance_id}" for row in session.exec(select(ScoredInterview)) if row.counts}


def statuses(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [receipt["status"] for receipt in answer["receipts"]]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
@pytest.mark.parametrize("together", [True, False])
def test_edits_of_edits_end_the_same_in_any_order(
    fieldwork: Server, tablet: Caller, admin: Caller, order: tuple[int, ...], together: bool
) -> None:
    original, first, second = new_id(), new_id(), new_id()
    items = [interview(original), interview(first, edits=original), interview(second, edits=first)]
    sent = [items[n] for n in order]
    answers = [tablet.send(*sent)] if together else [tablet.send(item) for item in sent]
    told = dict(zip(order, [status for answer in answers for status in statuses(answer)], strict=True))
    assert [told[n] for n in range(3)] == ["accepted", "edited", "edited"]
    assert states(fieldwork) == {original: "superseded", first: "superseded", second: "current"}
    assert counting(fieldwork) == {second}
    assert admin.get("/integrity").json()["ok"]


def test_both_revisions_are_kept(tablet: Caller, admin: Caller) -> None:
    original, edit = new_id(), new_id()
    tablet.send(interview(original, minutes=10), interview(edit, edits=original, minutes=90))
    kept = {each: admin.get(f"/submissions/{each}").json() for each in (original, edit)}
    assert kept[original]["answers"]["minutes"] == 10
    assert kept[edit]["answers"]["minutes"] == 90
    assert kept[edit]["deprecated_id"] == original


def test_of_two_edits_the_first_counts_and_the_other_waits(fieldwork: Server, tablet: Caller, admin: Caller) -> None:
    original, first, second, after = (new_id() for _ in range(4))
    tablet.send(interview(original))
    assert statuses(tablet.send(interview(first, edits=original))) == ["edited"]
    answer = tablet.send(interview(second, edits=original))
    assert statuses(answer) == ["conflict"]
    assert answer["receipts"][0]["problem"]["slug"] == "in_conflict"
    assert statuses(tablet.send(interview(after, edits=second))) == ["conflict"]
    assert states(fieldwork) == {original: "superseded", first: "current", second: "superseded", after: "conflict"}
    assert counting(fieldwork) == {first}
    assert admin.get("/integrity").json()["ok"]


def test_two_edits_of_what_has_not_come_yet(fieldwork: Server, tablet: Caller) -> None:
    original, first, second = new_id(), new_id(), new_id()
    tablet.send(interview(first, edits=original))
    tablet.send(interview(second, edits=original))
    assert states(fieldwork) == {original: "announced", first: "current", second: "conflict"}
    tablet.send(interview(original))
    assert states(fieldwork) == {original: "superseded", first: "current", second: "conflict"}


def test_a_circle_of_edits_loses_nothing(fieldwork: Server, tablet: Caller, admin: Caller) -> None:
    one, two, alone = new_id(), new_id(), new_id()
    tablet.send(interview(one, edits=two), interview(two, edits=one), interview(alone, edits=alone))
    found = states(fieldwork)
    assert sorted((found[one], found[two])) == ["current", "superseded"]
    assert found[alone] == "current"
    assert admin.get("/integrity").json()["ok"]


def test_an_announced_interview_is_not_there_yet(tablet: Caller, admin: Caller) -> None:
    original = new_id()
    tablet.send(interview(edits=original))
    assert admin.get(f"/submissions/{original}").status_code == 404
    have = tablet.post("/instances/have", json={"instance_ids": [original]}).json()["instances"]
    assert have == [{"instance_id": original, "state": "missing", "sha256": None}]
    assert statuses(tablet.send(interview(original))) == ["accepted"]
    assert statuses(tablet.send(interview(original))) == ["duplicate"]


def test_a_refusal_takes_the_place_of_what_it_edits(fieldwork: Server, tablet: Caller, admin: Caller) -> None:
    original = new_id()
    tablet.send(interview(original), interview(edits=original, consent="no", minutes=None))
    assert counting(fieldwork) == set()
    assert admin.get("/integrity").json()["ok"]
