"""Items that wait for the same work are done together, and an item that fails takes nothing of the others with it."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from threading import Event

import pytest
from sqlmodel import Session, select

from app.communities.tables import Community
from app.database import Database
from app.database.tasks import LARGEST_PARTY
from app.problems import BatchReused


class Desk:
    """Enters communities by their codes, all that wait at once, and notes what it was called with."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.calls: list[list[str]] = []

    def enter(self, session: Session, codes: Sequence[str]) -> list[str]:
        self.calls.append(list(codes))
        for code in codes:
            session.add(Community(code=code, name=code, level="x", description={}))
        session.flush()
        if "refused" in codes:
            raise BatchReused(batch_id="refused")
        return [f"{code} entered" for code in codes]

    def submit(self, *codes: str, size: int = 1) -> "list[Future[str]]":
        return [self.database.submit_joint(self.enter, code, size) for code in codes]

    def kept(self) -> set[str]:
        with self.database.read() as session:
            return set(session.exec(select(Community.code)))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def held_up(database: Database) -> Iterator[Event]:
    """Until this is set, everything waits, whatever the number of writers."""
    database.generation()
    go_on = Event()
    begun = [Event() for _ in range(1 if database.embedded else 2)]
    for each in begun:
        database.submit(lambda _, each=each: (each.set(), go_on.wait(10)))
        assert each.wait(10)
    yield go_on
    go_on.set()


def test_what_waits_is_done_together(desk: Desk, held_up: Event) -> None:
    futures = desk.submit("a", "b", "c")
    held_up.set()
    assert [future.result(10) for future in futures] == ["a entered", "b entered", "c entered"]
    assert desk.calls == [["a", "b", "c"]]


def test_one_that_fails_is_tried_alone_like_the_others(desk: Desk, held_up: Event) -> None:
    futures = desk.submit("a", "refused", "b", "a")
    held_up.set()
    assert futures[0].result(10) == "a entered"
    assert isinstance(futures[1].exception(10), BatchReused)
    assert futures[2].result(10) == "b entered"
    assert futures[3].exception(10) is not None
    assert desk.kept() == {"a", "b"}
    assert desk.calls[1:] == [["a"], ["refused"], ["b"], ["a"]]


def test_a_party_has_a_largest_size(desk: Desk, held_up: Event) -> None:
    futures = desk.submit("a", "b", "c", size=LARGEST_PARTY // 2) + desk.submit("d", size=LARGEST_PARTY * 2)
    held_up.set()
    for future in futures:
        future.result(10)
    assert sorted(desk.calls) == [["a", "b"], ["c"], ["d"]]


def test_other_work_in_between_keeps_its_place(desk: Desk, held_up: Event) -> None:
    before = desk.submit("a")
    between = desk.database.submit(lambda session: sorted(session.exec(select(Community.code))))
    after = desk.submit("b")
    held_up.set()
    assert [future.result(10) for future in (*before, *after)] == ["a entered", "b entered"]
    if desk.database.embedded:
        assert between.result(10) == ["a"]
    assert sorted(desk.calls) == [["a"], ["b"]]
