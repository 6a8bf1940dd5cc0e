"""A token is shown once, kept only as a hash, and valid until the moment it expires."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel

from app.access.guard import Doorkeeper
from app.access.policy import Role
from app.access.tokens import PREFIX, new_token, token_hash
from app.database import Database
from app.problems import TokenMissing
from tests.support.server import Server

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def _everything(database: Database) -> bytes:
    """The whole database: the bytes of its files, or every row of every table as text."""
    if database.embedded:
        path = make_url(database.url).database or ""
        with open(path, "rb") as file, open(f"{path}-wal", "rb") as log:
            return file.read() + log.read()
    with Session(database.engine) as session:
        tables = [f'SELECT t::text FROM "{name}" t' for name in SQLModel.metadata.tables]
        return "\n".join(row for table in tables for row in session.scalars(text(table))).encode()


def test_token_is_random_and_marked() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {len(PREFIX) + 43}, "256 bits in base64"
    assert all(token.startswith(PREFIX) for token in tokens)


def test_database_holds_the_hash_and_not_the_token(server: Server) -> None:
    token = server.enrol(Role.ANALYST, name="marker-name").token or ""
    kept = _everything(server.database)
    assert b"marker-name" in kept, "the search finds what is there"
    hashed = token_hash(token)
    assert hashed in kept or hashed.hex().encode() in kept
    secret = token.removeprefix(PREFIX).encode()
    for trace in (secret, secret.hex().encode(), secret[:16]):
        assert trace not in kept


def test_token_is_in_no_answer_but_the_first(server: Server) -> None:
    admin = server.enrol(Role.ADMIN)
    asked = {"name": "tablet-7", "role": "enumerator"}
    first = admin.post("/enrolments", json=asked)
    assert first.headers["cache-control"] == "no-store"
    token = first.json()["token"]
    server.client.headers["Authorization"] = f"Bearer {token}"
    assert server.client.get("/api/v1/limits").status_code == 200
    for path in ("/fieldwork", "/submissions", "/communities"):
        assert token not in admin.get(path).text
    assert token not in admin.post("/enrolments", json=asked).text


def test_token_ends_with_its_last_day(server: Server) -> None:
    token = server.enrol(Role.ANALYST, now=NOW, days=3).token or ""
    doorkeeper = Doorkeeper(server.database)
    end = NOW + timedelta(days=3)
    assert doorkeeper.admit(token, end - timedelta(microseconds=1)).role is Role.ANALYST
    for late in (end, end + timedelta(days=1000)):
        with pytest.raises(TokenMissing):
            doorkeeper.admit(token, late)


def test_token_lives_as_long_as_the_setting_says(server: Server) -> None:
    admin = server.enrol(Role.ADMIN)
    token = admin.post("/enrolments", json={"name": "tablet-7", "role": "enumerator"}).json()["token"]
    doorkeeper, now = Doorkeeper(server.database), datetime.now(UTC)
    doorkeeper.admit(token, now + timedelta(days=179))
    with pytest.raises(TokenMissing):
        doorkeeper.admit(token, now + timedelta(days=181))


def test_other_tokens_are_unknown(server: Server) -> None:
    server.enrol(Role.ADMIN)
    doorkeeper = Doorkeeper(server.database)
    for wrong in ("", "x", PREFIX, "é", "\udcff", PREFIX + "A" * 10_000):
        with pytest.raises(TokenMissing):
            doorkeeper.admit(wrong, NOW)
