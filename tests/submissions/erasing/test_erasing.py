"""An interview that is erased is gone, with all its revisions and all that was said of it, and does not come back."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from sqlmodel import select

from app.access.policy import Role
from app.scoring.tables import ScoreEntry
from app.submissions.tables import Correction, Erasure, Review, Ruling, SetAside, Submission
from tests.submissions.household import FORM, HERE, interview, new_id
from tests.support.server import Caller, Server

Json = dict[str, Any]


def erase(caller: Caller, item: Json, reason: str = "the person asked for it") -> Any:
    return caller.post(f"/submissions/{item['instance_id']}/erase", json={"reason": reason})


def state(caller: Caller, item: Json) -> tuple[str, bool]:
    (told,) = caller.post("/instances/have", json={"instance_ids": [item["instance_id"]]}).json()["instances"]
    return told["state"], told["sha256"] is not None


def figures(admin: Caller) -> tuple[Any, ...]:
    """All that people see: scores, counts, lists and the export, without the number of the last arrival."""
    scores, fieldwork = admin.get("/scores").json(), admin.get("/fieldwork").json()
    return (
        scores["scores"],
        scores["watermark"]["submissions"],
        [fieldwork["totals"], fieldwork["communities"], fieldwork["flags"]],
        admin.get("/submissions").json(),
        admin.get("/exports/household.csv").text,
        admin.get("/held").json(),
        admin.get("/conflicts").json(),
    )


@pytest.fixture
def others(tablet: Caller) -> list[Json]:
    """Interviews of other people, which stay."""
    items = [interview(minutes=minutes) for minutes in (5, 20, 90)]
    tablet.send(*items)
    return items


def test_afterwards_all_is_as_if_it_had_never_come(
    others: list[Json], tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    before = figures(admin)
    item = interview(minutes=5, respondent="Siti")
    tablet.send(item)
    assert figures(admin) != before
    told = erase(admin, item)
    assert told.status_code == 200
    assert (told.json()["erased"], told.json()["contents"]) == ([item["instance_id"]], 1)
    assert figures(admin) == before
    assert admin.get(f"/submissions/{item['instance_id']}").status_code == 404
    in_order()


def test_no_journal_tells_what_it_scored(fieldwork: Server, others: list[Json], tablet: Caller, admin: Caller) -> None:
    item = interview(minutes=5)
    tablet.send(item)
    erase(admin, item)
    with fieldwork.database.read() as session:
        assert session.exec(select(ScoreEntry)).all() == []


def test_a_late_tablet_brings_nothing_back(
    others: list[Json], tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    item = interview(respondent="Siti")
    first = tablet.send(item)["receipts"][0]
    erase(admin, item)
    before = figures(admin)
    changed, unreadable = interview(item["instance_id"], minutes=90), {**item, "version": "9"}
    for again in (item, changed, unreadable):
        (receipt,) = tablet.send(again)["receipts"]
        assert (receipt["status"], receipt["problem"]["slug"], receipt["seq"]) == ("duplicate", "erased", None)
        assert receipt["flags"] == []
    assert tablet.send(item)["receipts"][0]["receipt"] == first["receipt"]
    assert figures(admin) == before
    in_order()


def test_tablets_are_told_that_it_was_erased(fieldwork: Server, tablet: Caller, admin: Caller) -> None:
    item = interview()
    tablet.send(item)
    erase(admin, item)
    assert state(tablet, item) == state(admin, item) == ("erased", True)
    assert state(fieldwork.enrol(), item) == ("missing", False)


def test_the_whole_family_goes(others: list[Json], tablet: Caller, admin: Caller, in_order: Callable[[], None]) -> None:
    before = figures(admin)
    original = interview()
    edit, other = (interview(edits=original["instance_id"], minutes=each) for each in (10, 90))
    last = interview(edits=edit["instance_id"])
    same_id = interview(original["instance_id"], minutes=7)
    tablet.send(original, edit, other, last, same_id)
    told = erase(admin, edit).json()
    assert set(told["erased"]) == {each["instance_id"] for each in (original, edit, other, last)}
    assert told["contents"] == 5
    assert figures(admin) == before
    in_order()


def test_an_edit_of_what_was_erased_is_erased_too(
    others: list[Json], tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    original = interview()
    tablet.send(original)
    erase(admin, original)
    before = figures(admin)
    edit = interview(edits=original["instance_id"], respondent="Siti")
    last = interview(edits=edit["instance_id"])
    for item in (edit, last):
        (receipt,) = tablet.send(item)["receipts"]
        assert (receipt["status"], receipt["problem"]["slug"]) == ("edited", "erased")
        assert tablet.send(item)["receipts"][0]["status"] == "duplicate"
    assert figures(admin) == before
    in_order()


def test_edits_that_come_in_the_wrong_order_are_erased_too(
    others: list[Json], tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    original = interview()
    edit = interview(edits=original["instance_id"])
    last = interview(edits=edit["instance_id"])
    tablet.send(original)
    erase(admin, original)
    before = figures(admin)
    assert tablet.send(last)["receipts"][0]["problem"] is None
    tablet.send(edit)
    assert figures(admin) == before
    assert state(tablet, last)[0] == "erased"
    in_order()


def test_an_original_that_comes_after_its_edit_was_erased(
    others: list[Json], tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    original = interview()
    edit = interview(edits=original["instance_id"])
    before = figures(admin)
    tablet.send(edit)
    erase(admin, edit)
    assert tablet.send(original)["receipts"][0]["status"] == "duplicate"
    assert figures(admin) == before
    in_order()


def test_what_is_held_goes_too(
    fieldwork: Server, others: list[Json], tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    before = figures(admin)
    original, held = interview(), {**interview(), "version": "later"}
    edit = {**interview(edits=original["instance_id"]), "version": "later"}
    tablet.send(original, held, edit)
    assert erase(admin, held).json()["erased"] == [held["instance_id"]]
    assert set(erase(admin, original).json()["erased"]) == {original["instance_id"], edit["instance_id"]}
    assert figures(admin) == before
    form = deepcopy(FORM)
    form["settings"]["version"] = "later"
    fieldwork.publish(form)
    assert admin.post("/replays", json={}).json()["accepted"] == 0
    assert tablet.send(held)["receipts"][0]["status"] == "duplicate"
    in_order()


def test_a_held_edit_that_becomes_readable_later_is_erased_then(
    fieldwork: Server, others: list[Json], tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    original = interview()
    tablet.send(original)
    erase(admin, original)
    tablet.send({**interview(edits=original["instance_id"]), "version": "later"})
    form = deepcopy(FORM)
    form["settings"]["version"] = "later"
    fieldwork.publish(form)
    admin.post("/replays", json={})
    assert admin.get("/held").json()["held"] == []
    assert admin.get("/fieldwork").json()["totals"]["received"] == len(others)
    in_order()


def test_words_that_were_said_of_it_go_too(
    fieldwork: Server, tablet: Caller, coordinator: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    item = interview(community="nowhere")
    tablet.send(item)
    sha256 = admin.get("/held").json()["held"][0]["sha256"]
    mending = {"sha256": sha256, "reason": "Siti moved", "community": HERE, "answers": {"minutes": 7}}
    assert admin.post(f"/held/{item['instance_id']}/mend", json=mending).json()["status"] == "accepted"
    tablet.send(interview(item["instance_id"], respondent="Siti"))
    body = {"keep": sha256, "reason": "Siti says so"}
    assert admin.post(f"/conflicts/{item['instance_id']}/resolve", json=body).status_code == 200
    coordinator.post(f"/submissions/{item['instance_id']}/review", json={"state": "approved", "note": "Siti is sure"})
    erase(admin, item)
    with fieldwork.database.read() as session:
        tables: list[Any] = [SetAside, Correction, Ruling, Review]
        assert [session.exec(select(table)).all() for table in tables] == [[], [], [], []]
        (row,) = session.exec(select(Submission)).all()
    known = row.model_dump(exclude={"instance_id", "state", "flags", "files", "refusal", "synthetic"})
    assert set(known.values()) == {None}
    assert not row.flags
    assert not row.files
    in_order()


def test_what_remains_tells_who_when_and_why(
    fieldwork: Server, tablet: Caller, admin: Caller, audited: Callable[[str], list[Json]]
) -> None:
    item = interview()
    tablet.send({**item, "device_seq": 4})
    sha256 = admin.get(f"/submissions/{item['instance_id']}").json()["sha256"]
    erase(admin, item, "letter 12 of 3 November")
    with fieldwork.database.read() as session:
        (remains,) = session.exec(select(Erasure)).all()
    assert (remains.sha256.hex(), remains.reason, remains.device_seq) == (sha256, "letter 12 of 3 November", 4)
    assert remains.holder_id is not None
    assert [entry["subject"] for entry in audited("interview_erased")] == [item["instance_id"]]


def test_erasing_twice_is_erasing_once(
    tablet: Caller, admin: Caller, audited: Callable[[str], list[Json]], in_order: Callable[[], None]
) -> None:
    item = interview()
    tablet.send(item)
    erase(admin, item)
    again = erase(admin, item)
    assert (again.status_code, again.json()["contents"]) == (200, 0)
    assert len(audited("interview_erased")) == 1
    in_order()


def test_a_number_that_was_erased_is_not_missed(tablet: Caller, admin: Caller) -> None:
    items = [{**interview(), "device_seq": number} for number in (1, 2, 3)]
    last = tablet.send(*items)["durable_seq"]
    erase(admin, items[1])
    assert admin.get("/fieldwork").json()["totals"]["not_arrived"] == 0
    erase(admin, items[2])
    assert tablet.send()["durable_seq"] == last


def test_nobody_else_may_erase(fieldwork: Server, tablet: Caller, coordinator: Caller, admin: Caller) -> None:
    item = interview()
    tablet.send(item)
    for caller in (tablet, coordinator, fieldwork.enrol(Role.ANALYST)):
        assert erase(caller, item).status_code == 403
    assert erase(admin, interview(new_id())).status_code == 404
    assert admin.post(f"/submissions/{item['instance_id']}/erase", json={"reason": " "}).status_code == 422
    assert state(tablet, item)[0] == "kept"


def test_what_cannot_be_read_takes_nothing_along(
    others: list[Json], tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    item = interview()
    claims = {**interview(others[0]["instance_id"], edits=item["instance_id"]), "version": "9"}
    tablet.send(item, claims)
    assert erase(admin, item).json()["erased"] == [item["instance_id"]]
    assert admin.get(f"/submissions/{others[0]['instance_id']}").status_code == 200
    in_order()


def test_receipts_say_nothing_of_it_any_more(fieldwork: Server, tablet: Caller, admin: Caller) -> None:
    item, other = interview(minutes="many"), interview(minutes="many")
    edit = {**interview(edits=item["instance_id"], minutes="many"), "instance_id": new_id().upper()}
    batch = [item, other, edit]
    second = fieldwork.enrol(Role.ENUMERATOR)
    first = tablet.send(*batch, batch_id="one")["receipts"]
    assert all(receipt["flags"] for receipt in first + second.send(*batch, batch_id="two")["receipts"])
    erase(admin, item)
    for receipts in (tablet.send(*batch, batch_id="one")["receipts"], second.send(*batch, batch_id="two")["receipts"]):
        assert receipts[1]["flags"] == first[1]["flags"]
        for before, after in ((first[0], receipts[0]), (first[2], receipts[2])):
            assert (after["flags"], after["problem"]["slug"]) == ([], "erased")
            assert {name: after[name] for name in ("instance_id", "receipt")} == {
                name: before[name] for name in ("instance_id", "receipt")
            }


def test_what_a_late_edit_takes_along_is_in_no_receipt_either(tablet: Caller, admin: Caller) -> None:
    original = interview()
    tablet.send(original)
    erase(admin, original)
    edit = interview(edits=original["instance_id"], minutes="many")
    last = interview(edits=edit["instance_id"], minutes="many")
    assert tablet.send(last, batch_id="last")["receipts"][0]["flags"] != []
    for batch_id, item in (("edit", edit), ("last", last)):
        (receipt,) = tablet.send(item, batch_id=batch_id)["receipts"]
        assert (receipt["flags"], receipt["problem"]["slug"]) == ([], "erased")


def test_a_held_edit_that_was_corrected_to_be_one_goes_too(
    others: list[Json], tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    original, held = interview(), {**interview(), "version": "later"}
    tablet.send(original, held)
    sha256 = admin.get("/held").json()["held"][0]["sha256"]
    mending = {"sha256": sha256, "reason": "the same house", "deprecated_id": original["instance_id"]}
    assert admin.post(f"/held/{held['instance_id']}/mend", json=mending).json()["status"] == "held"
    assert set(erase(admin, original).json()["erased"]) == {original["instance_id"], held["instance_id"]}
    in_order()
