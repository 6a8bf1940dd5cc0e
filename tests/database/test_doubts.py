"""PostgreSQL's commits are taken for what they are, and its silence is not waited for without end."""

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.database import Database
from app.database.engines import postgresql_engine
from app.problems import Unavailable
from tests.support.commands import seconds_until

AT_COMMIT = """
CREATE FUNCTION speak() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE {level} 'canceling wait'; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER speaks_late AFTER UPDATE ON server DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION speak()
"""
COUNT_ON = text("UPDATE server SET generation = generation + 1 RETURNING generation")

only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def count_on(database: Database) -> int:
    return database.write(lambda session: session.execute(COUNT_ON).scalar_one())


@only_postgresql
def test_a_warning_beside_a_commit_is_a_doubt(database: Database) -> None:
    database.write(lambda session: session.execute(text(AT_COMMIT.format(level="WARNING"))))
    with pytest.raises(Unavailable):
        count_on(database)


@only_postgresql
def test_a_notice_beside_a_commit_is_none(database: Database) -> None:
    database.write(lambda session: session.execute(text(AT_COMMIT.format(level="NOTICE"))))
    assert count_on(database) == 1


@only_postgresql
def test_a_server_that_does_not_answer_in_time_is_a_doubt(database_url: str) -> None:
    database = Database(database_url, deadline_seconds=0.5)
    try:
        with pytest.raises(Unavailable):
            database.write(lambda session: session.execute(text("SELECT pg_sleep(60)")))
        with pytest.raises(Unavailable), database.read() as session:
            session.execute(text("SELECT pg_sleep(60)"))
        assert count_on(database) == 1
    finally:
        database.close()


@only_postgresql
def test_nothing_is_cancelled(database_url: str) -> None:
    """A cancelled wait for the standby would leave a commit that only the primary has."""
    database = Database(database_url, deadline_seconds=0.5)
    # The server itself notices after its sleep that nobody listens any more; a cancelled one would end at once.
    sleeping = text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(3)%' AND state = 'active'")
    try:
        with pytest.raises(Unavailable):
            database.write(lambda session: session.execute(text("SELECT pg_sleep(3)")))
        count = lambda: database.write(lambda session: session.execute(sleeping).scalar_one())  # noqa: E731
        assert count() == 1
        seconds_until(lambda: count() == 0, at_most=30)
    finally:
        database.close()


def test_the_url_may_choose_otherwise() -> None:
    usual = postgresql_engine("postgresql://u@a/d", 1).url
    chosen = postgresql_engine("postgresql://u@/d?host=a,b&connect_timeout=2&target_session_attrs=any", 1).url
    assert usual.query["target_session_attrs"] == "read-write"
    assert usual.query["load_balance_hosts"] == "random"
    assert chosen.query["target_session_attrs"] == "any"
    assert chosen.query["connect_timeout"] == "2"
    assert chosen.query["host"] == make_url("postgresql://u@/d?host=a,b").query["host"]
