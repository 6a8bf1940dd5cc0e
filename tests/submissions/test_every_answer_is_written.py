"""Every answer rests on a row that its own transaction wrote, duplicates and replays included.

Where a commit waits for a standby, one that has written nothing waits for nothing: a replay would be told `kept` on
the word of a first attempt that no standby has, and its receipt may be the first one that its tablet reads.
"""

from collections.abc import Callable, Iterator
from typing import Any

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


def wrote(tablet: Caller, written: Look, item: dict[str, Any], batch_id: str, status: str) -> bool:
    """Whether this batch, which is answered so, wrote anything."""
    before = written()
    assert tablet.send(item, batch_id=batch_id)["receipts"][0]["status"] == status
    return written() != before


def test_duplicates_and_replays_write(tablet: Caller, written: Look) -> None:
    item = interview()
    for batch_id, status in (("one", "accepted"), ("two", "duplicate"), ("two", "duplicate"), ("one", "accepted")):
        assert wrote(tablet, written, item, batch_id, status)


def test_a_replay_that_only_reads_is_seen(tablet: Caller, written: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    item = interview()
    assert wrote(tablet, written, item, "one", "accepted")
    monkeypatch.setattr(queries, "note_heartbeats", lambda *_: None)
    assert not wrote(tablet, written, item, "one", "accepted")
