"""Who sends together is committed together: a writer waits a moment for as many as its last commit held."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from typing import Any

import pytest

from app.database import tasks
from app.database.tasks import ENOUGH, Task, Waiting

MOMENT, FOR_EVER = 0.1, 600.0

Taken = Callable[[], "Future[int]"]


def work(*_: Any) -> list[None]:
    return []


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def taken(waiting: Waiting) -> Any:
    """Begins to take what waits, as a writer does; the future tells how many tasks it got."""
    with ThreadPoolExecutor() as threads:
        yield lambda: threads.submit(lambda: sum(map(len, waiting.take(1)[0])))
        for _ in range(4):
            waiting.put(None)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "GATHERING_SECONDS", FOR_EVER)


def put(waiting: Waiting, count: int, size: int = 1) -> None:
    for _ in range(count):
        waiting.put(Task(work, None, size))


def together(waiting: Waiting, taken: Taken, count: int) -> None:
    put(waiting, count)
    assert taken().result(10) == count


def test_as_many_are_awaited_as_came_together_before(waiting: Waiting, taken: Taken) -> None:
    together(waiting, taken, 3)
    next_ones = taken()
    put(waiting, 2)
    with pytest.raises(StillWaiting):
        next_ones.result(MOMENT)
    put(waiting, 1)
    assert next_ones.result(10) == 3


@pytest.mark.parametrize("size", [0, 1, 500])
def test_who_is_alone_never_waits(waiting: Waiting, taken: Taken, size: int) -> None:
    for _ in range(3):
        own = taken()
        put(waiting, 1, size)
        assert own.result(10) == 1


def test_those_who_stay_away_are_awaited_once(waiting: Waiting, taken: Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    together(waiting, taken, 3)
    monkeypatch.setattr(tasks, "GATHERING_SECONDS", MOMENT)
    put(waiting, 1)
    assert taken().result(10) == 1
    monkeypatch.setattr(tasks, "GATHERING_SECONDS", FOR_EVER)
    put(waiting, 1)
    assert taken().result(10) == 1


def test_much_goes_at_once(waiting: Waiting, taken: Taken) -> None:
    together(waiting, taken, ENOUGH + 8)
    put(waiting, 1, size=ENOUGH)
    assert taken().result(10) == 1


def test_the_end_is_not_awaited(waiting: Waiting, taken: Taken) -> None:
    together(waiting, taken, 3)
    last = taken()
    put(waiting, 1)
    waiting.put(None)
    assert last.result(10) == 1


def test_what_one_writer_leaves_another_takes(waiting: Waiting, taken: Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    together(waiting, taken, 3)
    monkeypatch.setattr(tasks, "GATHERING_SECONDS", MOMENT)
    writers = [taken(), taken()]
    for _ in range(2):
        waiting.put(Task(work, None, is_joint=False))
    assert [each.result(10) for each in writers] == [1, 1]
