"""A batch that comes again is answered as the first time, and counts once."""

import uuid

from sqlmodel import select

from app.submissions.tables import Heartbeat
from tests.submissions.household import interview
from tests.support.server import Caller, Server


def test_same_items_get_the_same_answer(tablet: Caller, admin: Caller) -> None:
    batch_id, items = str(uuid.uuid4()), [interview(), interview(minutes="far"), interview(community="nowhere")]
    first = tablet.send(*items, batch_id=batch_id)
    tablet.send(interview())
    again = tablet.send(*items, batch_id=batch_id)
    assert [receipt["status"] for receipt in first["receipts"]] == ["accepted", "accepted", "held"]
    assert again["durable_seq"] == first["durable_seq"] + 1
    assert {**again, "durable_seq": None} == {**first, "durable_seq": None}
    books = admin.get("/integrity").json()
    assert books["ok"]
    assert books["told"]["items"] == 4


def test_other_items_are_refused_and_nothing_of_them_is_kept(tablet: Caller, admin: Caller) -> None:
    batch_id, first, other = str(uuid.uuid4()), interview(), interview()
    tablet.send(first, batch_id=batch_id)
    answer = tablet.send(other, batch_id=batch_id)
    assert answer.status_code == 409
    assert answer.json()["slug"] == "batch_reused"
    assert answer.json()["retry"] == "after_fix"
    assert admin.get(f"/submissions/{other['instance_id']}").status_code == 404
    assert tablet.send(other)["summary"]["accepted"] == 1


def test_the_same_items_in_other_words_are_the_same_batch(tablet: Caller) -> None:
    batch_id, item = str(uuid.uuid4()), interview(income=10)
    first = tablet.send(item, batch_id=batch_id)
    reordered = dict(reversed(item.items())) | {"answers": dict(reversed(item["answers"].items())) | {"income": 10.0}}
    again = tablet.send(reordered, batch_id=batch_id, sent_at="2026-11-21T11:00:00+07:00", device={"outbox": 9})
    assert again["receipts"] == first["receipts"]


def test_another_tablet_may_use_the_same_batch_id(fieldwork: Server, tablet: Caller) -> None:
    batch_id = str(uuid.uuid4())
    tablet.send(interview(), batch_id=batch_id)
    assert fieldwork.enrol().send(interview(), batch_id=batch_id)["summary"]["accepted"] == 1


def test_the_last_heartbeat_is_kept(fieldwork: Server, tablet: Caller) -> None:
    batch_id, item = str(uuid.uuid4()), interview()
    for outbox in (3, 1):
        device = {"outbox": outbox, "app_version": "1.2", "battery": 0.4, "free_bytes": 123, "oldest_unsent_at": "?"}
        tablet.send(item, batch_id=batch_id, device=device, sent_at="2026-11-21T10:00:00+07:00")
    with fieldwork.database.read() as session:
        (beat,) = session.exec(select(Heartbeat)).all()
    assert (beat.outbox, beat.app_version, beat.battery, beat.free_bytes) == (1, "1.2", 0.4, 123)
    assert beat.oldest_unsent_at is None
    assert beat.sent_at is not None
    assert beat.sent_at.isoformat() == "2026-11-21T03:00:00+00:00"


def test_an_empty_batch_is_a_heartbeat(tablet: Caller) -> None:
    answer = tablet.send(device={"outbox": 0})
    assert answer["summary"]["items"] == 0
    assert answer["receipts"] == []
