"""A tablet deletes its only copy when it is told `accepted`: so nothing is told before it is on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from app.database.engines import engine_for_migration
from app.problems import Unavailable
from app.submissions.tables import Batch, Heartbeat, SetAside, Submission
from tests.submissions.household import interview
from tests.support.postgres import Postgres
from tests.support.server import Caller, Server

AT_COMMIT = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$;
CREATE CONSTRAINT TRIGGER fails_late AFTER INSERT ON submission DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION fail()
"""


@contextmanager
def failing(moment: str) -> Iterator[None]:
    """Every engine loses its disk at this moment of a transaction."""

    def fail(connection: Connection, *_: Any) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

    event.listen(Engine, moment, fail)
    try:
        yield
    finally:
        event.remove(Engine, moment, fail)


def rows(server: Server) -> int:
    with server.database.read() as session:
        return sum(len(session.exec(select(table)).all()) for table in (Submission, SetAside, Batch, Heartbeat))


def assert_unavailable(answer: Any) -> None:
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["slug"] == "unavailable"
    assert answer.json()["retry"] == "later"


@pytest.mark.parametrize("moment", ["begin", "commit"])
def test_a_failing_transaction_is_no_answer(fieldwork: Server, tablet: Caller, admin: Caller, moment: str) -> None:
    items = [interview(), interview(community="nowhere")]
    with failing(moment):
        answer = tablet.send(*items, batch_id="a batch")
    assert_unavailable(answer)
    assert rows(fieldwork) == 0
    again = tablet.send(*items, batch_id="a batch")
    assert [receipt["status"] for receipt in again["receipts"]] == ["accepted", "held"]
    assert admin.get("/integrity").json()["ok"]


def test_after_the_commit_all_of_it_is_there(fieldwork: Server, tablet: Caller) -> None:
    tablet.send(interview(), interview(community="nowhere"))
    assert rows(fieldwork) == 4


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_refuses_at_the_last_moment(fieldwork: Server, tablet: Caller, database_url: str) -> None:
    engine = engine_for_migration(database_url)
    with engine.begin() as connection:
        connection.execute(text(AT_COMMIT))
    assert_unavailable(tablet.send(interview()))
    assert rows(fieldwork) == 0
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER fails_late ON submission"))
    engine.dispose()
    assert tablet.send(interview())["summary"]["accepted"] == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_commit_that_leaves_its_transaction_open(fieldwork: Server, tablet: Caller) -> None:
    def owe(session: Session) -> None:
        """Enter what SQLite refuses only at COMMIT, which then can be tried again."""
        run = session.connection().exec_driver_sql
        run("PRAGMA defer_foreign_keys=ON")
        run("INSERT INTO token SELECT x'01', x'02', '2026-01-01', '2026-01-01', NULL")

    with pytest.raises(Unavailable):
        fieldwork.database.write(owe)
    assert tablet.send(interview())["summary"]["accepted"] == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_cannot_be_reached(
    fieldwork: Server, tablet: Caller, admin: Caller, database_url: str, postgres: Postgres
) -> None:
    name = make_url(database_url).database
    postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    item = interview()
    assert_unavailable(tablet.send(item))
    assert_unavailable(tablet.post("/instances/have", json={"instance_ids": [item["instance_id"]]}))
    assert_unavailable(admin.get("/submissions"))
    postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert tablet.send(item)["summary"]["accepted"] == 1
