"""Every answer rests on a row that its own transaction wrote, replays included.

Where a commit waits for a standby, one that has written nothing waits for nothing: a replay would be told `kept` on
the word of a first attempt that no standby has.
"""

import uuid
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from app.database.engines import engine_for_migration
from app.submissions import queries
from tests.submissions.household import interview
from tests.support.server import Caller, Server

WRITERS = "SELECT xmin::text FROM batch UNION ALL SELECT xmin::text FROM heartbeat ORDER BY 1"
"""The transactions that wrote the rows which stand there now."""

Look = Callable[[], object]


@pytest.fixture
def written(database_url: str, fieldwork: Server) -> Iterator[Look]:
    """Something that differs after any transaction that wrote."""
    engine = engine_for_migration(database_url)
    embedded = fieldwork.database.embedded
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:

        def look() -> object:
            if embedded:
                return connection.connection.execute("PRAGMA data_version").fetchone()
            return connection.execute(text(WRITERS)).all()

        yield look
    engine.dispose()


def send_twice(tablet: Caller, written: Look) -> bool:
    """Whether the second of two equal batches, which is answered like the first, wrote anything."""
    batch_id, item = str(uuid.uuid4()), interview()
    first = tablet.send(item, batch_id=batch_id)
    before = written()
    assert tablet.send(item, batch_id=batch_id)["receipts"] == first["receipts"]
    return written() != before


def test_a_replay_writes(tablet: Caller, written: Look) -> None:
    assert send_twice(tablet, written)


def test_a_replay_that_only_reads_is_seen(tablet: Caller, written: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "note_heartbeats", lambda *_: None)
    assert not send_twice(tablet, written)
