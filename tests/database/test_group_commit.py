"""Works that are committed together stand and fall alone."""

from collections.abc import Iterator
from threading import Event

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, select

from app.communities.tables import Community
from app.database import Database, Work
from app.problems import BatchReused, Unavailable


@pytest.fixture
def held_up(database: Database) -> Iterator[Event]:
    """Until this is set, all works wait, so that on SQLite they come into one commit."""
    database.generation()
    go_on, begun = Event(), Event()
    for _ in range(8):
        database.submit(lambda _: (begun.set(), go_on.wait(10)))
    begun.wait(10)
    yield go_on
    go_on.set()


@pytest.fixture
def commits() -> Iterator[list[object]]:
    seen: list[object] = []
    note = seen.append
    event.listen(Engine, "commit", note)
    yield seen
    event.remove(Engine, "commit", note)


def enter(code: str, then: Exception | None = None, waits_for: Event | None = None) -> Work[str]:
    def work(session: Session) -> str:
        session.add(Community(code=code, name=code, level="x", description={}))
        session.flush()
        if waits_for is not None:
            waits_for.wait(10)
        if then is not None:
            raise then
        return code

    return work


def codes(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.exec(select(Community.code)))


def test_a_failing_work_does_not_undo_its_neighbours(database: Database, held_up: Event) -> None:
    works = [
        enter("before"),
        enter("mistake", ValueError("a mistake of ours")),
        enter("refused", BatchReused(batch_id="a")),
        enter("before"),
        enter("after"),
    ]
    futures = [database.submit(work) for work in works]
    held_up.set()
    # Which of the two "before" comes first is up to PostgreSQL, where works run side by side.
    twice = [futures[0].exception(10), futures[3].exception(10)]
    assert [type(error) for error in twice if error] == [IntegrityError]
    assert isinstance(futures[1].exception(10), ValueError)
    assert isinstance(futures[2].exception(10), BatchReused)
    assert futures[4].result(10) == "after"
    assert codes(database) == {"before", "after"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_waiting_works_share_a_commit(database: Database, held_up: Event, commits: list[object]) -> None:
    futures = [database.submit(enter(str(n))) for n in range(20)]
    held_up.set()
    assert [future.result(10) for future in futures] == [str(n) for n in range(20)]
    assert len(commits) <= 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_doubt_in_one_work_is_a_doubt_for_all_of_its_commit(database: Database, held_up: Event) -> None:
    lost_disk = OperationalError("INSERT", {}, Exception("disk I/O error"))
    futures = [database.submit(each) for each in (enter("one"), enter("two", lost_disk), enter("three"))]
    held_up.set()
    for future in futures:
        assert isinstance(future.exception(10), Unavailable)
    assert codes(database) == set()
    assert database.write(enter("one")) == "one"


def test_a_result_is_given_only_after_the_commit(database: Database) -> None:
    done: list[bool] = []

    def look(_: object) -> None:
        done.append(future.done())

    go_on = Event()
    event.listen(Engine, "commit", look)
    future = database.submit(enter("one", waits_for=go_on))
    go_on.set()
    assert future.result(10) == "one"
    event.remove(Engine, "commit", look)
    assert done == [False]


def test_closing_waits_for_what_was_submitted(database_url: str) -> None:
    database = Database(database_url)
    futures = [database.submit(enter(str(n))) for n in range(10)]
    database.close()
    assert [future.result(0) for future in futures] == [str(n) for n in range(10)]
