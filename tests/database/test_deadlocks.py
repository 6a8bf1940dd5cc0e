"""Of two transactions that wait for each other PostgreSQL ends one. It is run again, and whoever asked never hears of
it; only what fails every time is told as a doubt."""

from collections.abc import Callable
from threading import Event

import pytest
from sqlmodel import Session, select

from app.communities.tables import Community
from app.database import Database
from app.database.writers import TRIES
from app.problems import Unavailable

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

LOCK = "SELECT pg_advisory_xact_lock(%s)"
PATIENCE_SECONDS = 30


def one(session: Session) -> None:
    session.connection().exec_driver_sql(LOCK, (2,))


def many(session: Session) -> None:
    """The driver sends such a statement otherwise, several at once."""
    session.connection().exec_driver_sql(LOCK, [(2,), (3,)])


def enter(session: Session, code: str) -> None:
    session.add(Community(code=code, name=code, level="x", description={}))
    session.flush()


@pytest.mark.parametrize("wait_for_the_second", [one, many])
def test_a_transaction_that_was_ended_is_run_again(
    database: Database, wait_for_the_second: Callable[[Session], None]
) -> None:
    first_is_taken, second_is_taken = Event(), Event()
    tries = []

    def ended(session: Session) -> str:
        tries.append(1)
        # Whoever looks first finds that both wait for each other, and is ended.
        session.connection().exec_driver_sql("SET LOCAL deadlock_timeout = '100ms'")
        enter(session, "ended")
        session.connection().exec_driver_sql(LOCK, (1,))
        first_is_taken.set()
        assert second_is_taken.wait(PATIENCE_SECONDS)
        wait_for_the_second(session)
        return "ended"

    def left(session: Session) -> str:
        session.connection().exec_driver_sql("SET LOCAL deadlock_timeout = '30s'")
        session.connection().exec_driver_sql(LOCK, (2,))
        assert first_is_taken.wait(PATIENCE_SECONDS)
        second_is_taken.set()
        session.connection().exec_driver_sql(LOCK, (1,))
        enter(session, "left")
        return "left"

    futures = [database.submit(work) for work in (ended, left)]
    assert [future.result(PATIENCE_SECONDS) for future in futures] == ["ended", "left"]
    assert len(tries) > 1
    with database.read() as session:
        assert set(session.exec(select(Community.code))) == {"ended", "left"}


def test_what_is_ended_every_time_is_a_doubt(database: Database) -> None:
    tries = []

    def work(session: Session) -> None:
        tries.append(1)
        enter(session, "ended")
        session.connection().exec_driver_sql("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$")

    with pytest.raises(Unavailable):
        database.write(work)
    assert len(tries) == TRIES
    with database.read() as session:
        assert session.exec(select(Community.code)).all() == []
