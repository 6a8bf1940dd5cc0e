"""Files are taken away with their interview; their bytes go when nothing names them any more, and not before."""

import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from app.attachments import Attachment, attach, discard, remove_attachments
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


def test_a_removal_that_is_undone_loses_nothing(fieldwork: Server, tablet: Caller, office: Caller) -> None:
    """Discarding begins while a removal is not committed yet, and the removal then fails."""
    item, other = interview(house={"roof": "a.jpg"}), interview()
    tablet.send(item)
    bring(tablet, item["instance_id"], "a.jpg", photo(1))
    bring(tablet, other["instance_id"], "a.jpg", photo(1))
    fieldwork.database.write(lambda session: remove_attachments(session, [plain(other)]))

    def undone(session: Session) -> None:
        remove_attachments(session, [plain(item)])
        raise RuntimeError

    failing = fieldwork.database.submit(undone)
    discard(fieldwork.database, fieldwork.app.state.depot.store)
    with pytest.raises(RuntimeError):
        failing.result(30)
    assert office.get(f"/submissions/{item['instance_id']}/attachments/a.jpg").content == photo(1)


def test_content_that_went_meanwhile_is_not_said_to_be_kept(fieldwork: Server) -> None:
    depot = fieldwork.app.state.depot
    with depot.draft() as draft:
        draft.append(photo(1))
        content = draft.keep()
    depot.store.discard(content.sha256)
    file = Attachment(
        instance_id=uuid.uuid4(),
        name="a.jpg",
        sha256=content.sha256,
        size=content.size,
        device_id=uuid.uuid4(),
        received_at=datetime.now(UTC),
    )
    with pytest.raises(Unavailable):
        fieldwork.database.write(lambda session: attach(session, depot.store, [file]))
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
