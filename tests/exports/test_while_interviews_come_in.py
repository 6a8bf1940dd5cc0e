"""An export shows one moment: what comes in while it is read is not in it, and takes nothing out of it."""

from datetime import UTC, datetime

from sqlmodel import select

from app.access.policy import Role
from app.access.tables import Holder
from app.exports.write import Export, prepare
from app.submissions.extract import PAGE, Wanted
from tests.exports.conftest import Send, rows
from tests.support.server import Server
from tests.support.village import Villages


def _begun(server: Server) -> Export:
    of = server.app.state
    with of.database.read() as session:
        holder = session.exec(select(Holder).where(Holder.name == "reader")).one()
        session.expunge(holder)
    wanted = Wanted("flood", holder, of.areas())
    return prepare(of.database, of.catalogue, wanted, version=None, personal=False, now=datetime.now(UTC))


def test_edits_and_new_interviews_change_nothing_of_it(villages: Villages, send: Send) -> None:
    villages.server.enrol(Role.ANALYST, name="reader")
    ids = [send(story=str(number)) for number in range(PAGE + 5)]
    pieces = _begun(villages.server).csv()
    read = [next(pieces), next(pieces)]
    edit = send(story="edited", deprecated_id=ids[-1])
    send(story="again", deprecated_id=edit)
    send(story="new")
    read += pieces
    assert len(read) == 3, "the header, and a piece a page"
    found = rows(b"".join(read).decode())
    assert [row["story"] for row in found] == [str(number) for number in range(PAGE + 5)]
    after = rows(b"".join(_begun(villages.server).csv()).decode())
    assert [row["story"] for row in after[-2:]] == ["again", "new"]
    assert len(after) == PAGE + 6
