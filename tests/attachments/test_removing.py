"""Files are taken away with their interview; their bytes go when nothing names them any more, and not before."""

import hashlib
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from app.attachments import Attachment, Content, attach, discard, remove_attachments
from app.attachments.tables import DiscardedContent, Upload
from app.attachments.uploads import clear_away
from app.problems import Unavailable
from tests.attachments.photos import begin, bring, interview, photo, piece, progress
from tests.support.server import Caller, Server

SHA256 = hashlib.sha256(photo(1)).digest()


def plain(item: dict[str, Any]) -> uuid.UUID:
    return uuid.UUID(item["instance_id"].removeprefix("uuid:"))


def is_kept(server: Server) -> bool:
    kept: bool = server.app.state.depot.store.has(SHA256)
    return kept


def new_file(content: Content) -> Attachment:
    return Attachment(
        instance_id=uuid.uuid4(),
        name="a.jpg",
        sha256=content.sha256,
        size=content.size,
        device_id=uuid.uuid4(),
        received_at=datetime.now(UTC),
    )


def remove(server: Server, item: dict[str, Any]) -> int:
    removed = server.database.write(lambda session: remove_attachments(session, [plain(item)]))
    discard(server.database, server.app.state.depot.store)
    return removed


def test_bytes_go_with_their_last_name(fieldwork: Server, tablet: Caller) -> None:
    first, second = interview(), interview()
    for item in (first, second):
        bring(tablet, item["instance_id"], "a.jpg", photo(1))
        bring(tablet, item["instance_id"], "b.jpg", photo(1))
    assert (remove(fieldwork, first), is_kept(fieldwork)) == (2, True)
    assert (remove(fieldwork, second), is_kept(fieldwork)) == (2, False)
    assert (remove(fieldwork, second), is_kept(fieldwork)) == (0, False)
    with fieldwork.database.read() as session:
        assert session.exec(select(DiscardedContent)).all() == []


def test_an_interrupted_removal_is_finished_later(fieldwork: Server, tablet: Caller) -> None:
    item = interview()
    bring(tablet, item["instance_id"], "a.jpg", photo(1))
    fieldwork.database.write(lambda session: remove_attachments(session, [plain(item)]))
    assert is_kept(fieldwork)
    clear_away(fieldwork.database, fieldwork.app.state.depot, datetime.now(UTC) - timedelta(days=1))
    assert not is_kept(fieldwork)


def test_a_removal_whose_commit_fails_loses_nothing(fieldwork: Server, tablet: Caller, office: Caller) -> None:
    """A removal and a discarding wait for the same commit, and the disk fails it."""
    database, store = fieldwork.database, fieldwork.app.state.depot.store
    item, other = interview(house={"roof": "a.jpg"}), interview()
    tablet.send(item)
    for each in (item, other):
        bring(tablet, each["instance_id"], "a.jpg", photo(1))
    database.write(lambda session: remove_attachments(session, [plain(other)]))
    begun, go = threading.Event(), threading.Event()

    def hold(_session: Session) -> None:
        begun.set()
        go.wait(30)

    with failing_commit(), ThreadPoolExecutor() as pool:
        holding = database.submit(hold)
        assert begun.wait(30)
        removing = database.submit(lambda session: remove_attachments(session, [plain(item)]))
        discarding = pool.submit(discard, database, store)
        time.sleep(0.5)
        go.set()
        holding.exception(30)
        for work in (removing, discarding):
            assert isinstance(work.exception(30), Unavailable)
    assert office.get(f"/submissions/{item['instance_id']}/attachments/a.jpg").content == photo(1)


@contextmanager
def failing_commit() -> Iterator[None]:
    def fail(_connection: Connection) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

    event.listen(Engine, "commit", fail)
    try:
        yield
    finally:
        event.remove(Engine, "commit", fail)


def test_who_discards_waits_for_who_is_just_entering_the_same_content(fieldwork: Server, tablet: Caller) -> None:
    depot, item = fieldwork.app.state.depot, interview()
    bring(tablet, item["instance_id"], "a.jpg", photo(1))
    fieldwork.database.write(lambda session: remove_attachments(session, [plain(item)]))
    entered, discarding = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        attach(session, depot.store, [new_file(Content(SHA256, 1_000))])
        entered.set()
        discarding.wait(30)
        time.sleep(0.5)

    slowly = fieldwork.database.submit(slow)
    assert entered.wait(30)
    discarding.set()
    discard(fieldwork.database, depot.store)
    slowly.result(30)
    assert is_kept(fieldwork)


def test_content_that_went_meanwhile_is_not_said_to_be_kept(fieldwork: Server) -> None:
    depot = fieldwork.app.state.depot
    with depot.draft() as draft:
        draft.append(photo(1))
        content = draft.keep()
    depot.store.discard(content.sha256)
    with pytest.raises(Unavailable):
        fieldwork.database.write(lambda session: attach(session, depot.store, [new_file(content)]))
    with fieldwork.database.read() as session:
        assert session.exec(select(Attachment)).all() == []


def test_an_upload_ends_with_its_interview(fieldwork: Server, tablet: Caller) -> None:
    item = interview()
    upload_id = begin(tablet, item["instance_id"], "a.jpg", photo(1)).json()["upload_id"]
    piece(tablet, upload_id, 0, photo(1)[:500])
    remove(fieldwork, item)
    assert progress(tablet, upload_id).status_code == 404
    assert piece(tablet, upload_id, 500, photo(1)[500:]).status_code == 404


def test_old_uploads_are_forgotten(fieldwork: Server, tablet: Caller) -> None:
    item, depot = interview(), fieldwork.app.state.depot
    upload_id = begin(tablet, item["instance_id"], "a.jpg", photo(1)).json()["upload_id"]
    piece(tablet, upload_id, 0, photo(1)[:500])
    clear_away(fieldwork.database, depot, datetime.now(UTC) - timedelta(days=1))
    assert progress(tablet, upload_id).headers["upload-offset"] == "500"
    clear_away(fieldwork.database, depot, datetime.now(UTC) + timedelta(days=1))
    assert progress(tablet, upload_id).status_code == 404
    assert list(depot.folder.iterdir()) == []
    with fieldwork.database.read() as session:
        assert session.exec(select(Upload)).all() == []
    bring(tablet, item["instance_id"], "a.jpg", photo(1))
    assert is_kept(fieldwork)
