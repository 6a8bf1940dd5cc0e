"""`/healthz` tells anybody how safely interviews are kept here, and nothing about them."""

from types import SimpleNamespace

import pytest
from sqlalchemy import text

from app.database import engines
from app.database.engines import ROOM_BYTES
from tests.support.server import Server


def test_it_tells_the_database_and_how_safe_a_commit_is(server: Server) -> None:
    answer = server.client.get("/healthz")
    assert answer.status_code == 200
    told = answer.json()
    safety = {"database", "version", "migration", "durability", "warnings"}
    assert set(told) == {"status", *safety, "server_id", "epoch"}
    assert (told["status"], told["warnings"]) == ("ok", [])
    if server.database.embedded:
        assert told["database"] == "sqlite"
        assert told["version"].startswith("3.")
        assert told["durability"] in ("journal_mode=wal synchronous=full", "journal_mode=truncate synchronous=extra")
    else:
        assert (told["database"], told["durability"]) == ("postgresql", "synchronous_commit=on")


def test_it_is_the_server_that_answers_batches(server: Server) -> None:
    told, batch = server.client.get("/healthz").json(), server.enrol().send()
    assert (told["server_id"], told["epoch"]) == (batch["server_id"], batch["epoch"])


def test_what_it_says_of_the_journal_is_so(server: Server) -> None:
    """Asked of a connection as the server uses it, not of our own constants."""
    told = server.client.get("/healthz").json()["durability"]
    if not server.database.embedded:
        return
    mode, level = server.database.write(
        lambda session: [session.scalars(text(f"PRAGMA {name}")).one() for name in ("journal_mode", "synchronous")]
    )
    assert told == f"journal_mode={mode} synchronous={ {2: 'full', 3: 'extra'}[level] }"


def test_it_warns_before_the_disk_is_full(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "disk_usage", lambda folder: SimpleNamespace(free=ROOM_BYTES - 1))
    warnings = server.client.get("/healthz").json()["warnings"]
    if server.database.embedded:
        assert ["499 MB" in warning for warning in warnings] == [True]
    else:
        assert warnings == []
    monkeypatch.setattr(engines, "disk_usage", lambda folder: SimpleNamespace(free=ROOM_BYTES))
    assert server.client.get("/healthz").json()["warnings"] == []
