"""What another process publishes, enrols or revokes is seen here."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from threading import Event

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import Session

from app.access.enrol import enrol, revoke
from app.access.guard import Doorkeeper
from app.access.policy import Role
from app.communities.publish import publish_communities
from app.communities.queries import load_areas
from app.database import Database, Snapshot, changed, notices
from app.database.notices import NotifiedChanges
from app.forms.catalogue import Catalogue
from app.forms.publish import publish_form
from app.problems import TokenMissing
from tests.submissions.household import COMMUNITIES, FORM

NOW = datetime.now(UTC)


@pytest.fixture
def other(database_url: str) -> Iterator[Database]:
    """The same database, as another process has it open."""
    opened = Database(database_url)
    yield opened
    opened.close()


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def answer_of(changes: NotifiedChanges) -> int | None:
    try:
        return changes.generation()
    except SQLAlchemyError:
        return None


def test_a_form_that_another_process_publishes(database: Database, other: Database) -> None:
    catalogue = Catalogue(database)
    assert catalogue.find("household") is None
    other.write(lambda session: publish_form(session, FORM, now=NOW))
    assert soon(lambda: catalogue.find("household", "1") is not None)


def test_communities_that_another_process_publishes(database: Database, other: Database) -> None:
    areas = Snapshot(database, load_areas)
    assert len(areas()) == 0
    other.write(lambda session: publish_communities(session, COMMUNITIES, now=NOW))
    assert soon(lambda: len(areas()) == len(COMMUNITIES))


def test_a_token_that_another_process_gives_and_takes(database: Database, other: Database) -> None:
    doorkeeper = Doorkeeper(database)
    token = other.write(lambda session: enrol(session, "tablet", Role.ENUMERATOR, [], now=NOW, days=1))
    assert doorkeeper.admit(token, NOW).name == "tablet"
    other.write(lambda session: revoke(session, "tablet", now=NOW))

    def is_refused() -> bool:
        try:
            doorkeeper.admit(token, NOW)
        except TokenMissing:
            return True
        return False

    assert soon(is_refused)


def test_the_number_grows_with_the_commit_and_not_before(database: Database, other: Database) -> None:
    before = database.generation()

    def work(session: Session) -> int:
        changed(session)
        session.flush()
        time.sleep(0.1)
        return database.generation()

    assert other.write(work) == before
    assert soon(lambda: database.generation() == before + 1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_question_that_failed_is_asked_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a revocation is overlooked, or what has never been read is taken for read."""
    changes = NotifiedChanges(database.engine)

    def fail() -> None:
        raise OperationalError("SELECT", {}, Exception("no connection"))

    assert soon(lambda: changes.generation() == 0 and changes._listening)
    database.write(lambda session: session.execute(text("UPDATE server SET generation = 7")))
    changes.look_again()
    with monkeypatch.context() as broken:
        broken.setattr(database.engine, "connect", fail)
        with pytest.raises(OperationalError):
            changes.generation()
    assert changes.generation() == 7
    changes.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_after_a_question_that_waited_in_vain_nobody_is_kept_waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, asked = NotifiedChanges(database.engine), Event()

    def hang() -> None:
        asked.set()
        time.sleep(0.01)
        raise OperationalError("SELECT", {}, Exception("no connection"))

    assert soon(lambda: changes.generation() == 0 and changes._listening)
    changes.look_again()
    # The thread, too, is without an answer.
    monkeypatch.setattr(notices, "ASK", b"")
    monkeypatch.setattr(notices, "PATIENCE_SECONDS", 0.005)
    monkeypatch.setattr(database.engine, "connect", hang)
    with pytest.raises(OperationalError):
        changes.generation()
    asked.clear()
    for _ in range(3):
        with pytest.raises(NoConnection):
            changes.generation()
    assert not asked.is_set()
    monkeypatch.undo()
    os.write(changes._woken, notices.ASK)
    assert soon(lambda: answer_of(changes) == 0)
    changes.close()


def test_what_is_undone_changes_nothing(database: Database, other: Database) -> None:
    before = database.generation()

    def work(session: Session) -> None:
        changed(session)
        raise ValueError("on second thoughts")

    with pytest.raises(ValueError, match="on second thoughts"):
        other.write(work)
    time.sleep(0.1)
    assert database.generation() == before


def test_a_snapshot_is_made_anew_only_after_a_change(database: Database, other: Database) -> None:
    made: list[int] = []
    snapshot = Snapshot(database, lambda _: made.append(1))
    for _ in range(3):
        snapshot()
    assert len(made) == 1
    other.write(changed)
    assert soon(lambda: snapshot() is None and len(made) == 2)
    snapshot()
    assert len(made) == 2
