"""What is published while a batch is on its way counts for that batch: its items are read again."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from sqlmodel import Session, select

from app.cli.documents import Document, publish
from app.scoring.tables import ScoredInterview
from tests.submissions.household import COMMUNITIES, FORM, FRAMEWORK, interview
from tests.support.scored import values_of
from tests.support.server import Server


def publish_slowly(server: Server, document: Document, go_on: Event) -> "Future[Any]":
    """Publish in a transaction that is committed only after `go_on`."""
    begun = Event()

    def work(session: Session) -> None:
        publish(session, [document])
        session.flush()
        begun.set()
        go_on.wait(10)

    future = server.database.submit(work)
    begun.wait(10)
    return future


@pytest.mark.parametrize(
    ("before", "late"),
    [
        ([COMMUNITIES, FRAMEWORK], Document("", "form", FORM)),
        ([FORM, FRAMEWORK], Document("", "communities", COMMUNITIES)),
        ([COMMUNITIES, FORM], Document("", "framework", FRAMEWORK)),
    ],
    ids=["form", "communities", "framework"],
)
def test_items_are_read_again(server: Server, before: list[Any], late: Document) -> None:
    server.publish(*before)
    tablet, go_on = server.enrol(), Event()
    tablet.send(interview(form_id="warm up"))
    publication = publish_slowly(server, late, go_on)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(tablet.send, interview())
        time.sleep(0.3)
        assert not sending.done()
        go_on.set()
        (receipt,) = sending.result()["receipts"]
    publication.result()
    assert receipt["status"] == "accepted"
    with server.database.read() as session:
        (scored,) = session.exec(select(ScoredInterview)).all()
    assert values_of(scored) == [3.0]
