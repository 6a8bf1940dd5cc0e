"""Work that waits for a writer, and the queue it waits in."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Condition
from typing import Any, TypeVar

from sqlmodel import Session

T = TypeVar("T")
A = TypeVar("A")
Work = Callable[[Session], T]
JointWork = Callable[[Session, Sequence[A]], Sequence[T]]
"""Does the same for many things at once, which costs far less than for one after the other."""

LARGEST_PARTY = 500
"""Most that is done together, in the measure of `Task.size`; with more, the memory for it would have no bound."""

ENOUGH = 32
"""Tasks of so much together are worth a commit of their own."""

GATHERING_SECONDS = 0.01


@dataclass(frozen=True, eq=False)
class Task:
    """Something to be done in a transaction. Tasks with the same joint work may be done together if they wait."""

    work: JointWork[Any, Any]
    item: Any
    size: int = 1
    is_joint: bool = True
    future: "Future[Any]" = field(default_factory=Future)


Party = list[Task]
"""Tasks that are done together, by one call of their work."""


def alone(work: Work[Any]) -> Task:
    """A task that is never done together with others."""
    return Task(lambda session, _: [work(session)], None, is_joint=False)


@dataclass(frozen=True)
class Outcome:
    """What came of a task. Whoever waits for it may hear of it only after the commit."""

    task: Task
    value: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        if self.error is None:
            self.task.future.set_result(self.value)
        else:
            self.task.future.set_exception(self.error)


class Waiting:
    """Tasks in the order in which they came. `None` among them ends the work of one writer.

    Tablets that send at the same time are answered at the same time, by one commit, and so are back at about the same
    time. A writer therefore waits a moment until as much has come as its last commit held. Who is alone never waits.
    """

    def __init__(self) -> None:
        self._tasks: deque[Task | None] = deque()
        self._changed = Condition()
        self._size, self._expected = 0, 1

    def put(self, task: Task | None) -> None:
        with self._changed:
            self._tasks.append(task)
            self._size += _size(task)
            if len(self._tasks) == 1 or self._is_enough():
                self._changed.notify()

    def take(self, most: int) -> tuple[list[Party], bool]:
        """Wait for tasks; returns up to `most` parties, and whether they are the last ones for this writer."""
        parties: list[Party] = []
        with self._changed:
            self._changed.wait_for(lambda: self._tasks)
            self._changed.wait_for(self._is_enough, GATHERING_SECONDS)
            # Another writer may have taken them meanwhile.
            self._changed.wait_for(lambda: self._tasks)
            self._expected = min(self._size, ENOUGH)
            while self._tasks and self._tasks[0] is not None and len(parties) < most:
                if party := self._party(self._tasks[0]):
                    parties.append(party)
            is_last = bool(self._tasks) and self._tasks[0] is None and len(parties) < most
            if is_last:
                self._next()
            if self._tasks:
                self._changed.notify()
        return parties, is_last

    def _is_enough(self) -> bool:
        return self._size >= self._expected

    def _next(self) -> None:
        self._size -= _size(self._tasks.popleft())

    def _party(self, first: Task) -> Party:
        """The first task that waits, and those right behind it that can be done with it."""
        party, size = [], 0
        while (task := self._tasks[0] if self._tasks else None) is not None:
            fits = task.is_joint and first.is_joint and task.work == first.work and size + task.size <= LARGEST_PARTY
            if task is not first and not fits:
                break
            self._next()
            size += task.size
            if task.future.set_running_or_notify_cancel():
                party.append(task)
        return party


def _size(task: Task | None) -> int:
    """Nobody waits when it is over."""
    return ENOUGH if task is None else max(1, task.size)
