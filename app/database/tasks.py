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
    """Tasks in the order in which they came. `None` among them ends the work of one writer."""

    def __init__(self) -> None:
        self._tasks: deque[Task | None] = deque()
        self._changed = Condition()

    def put(self, task: Task | None) -> None:
        with self._changed:
            self._tasks.append(task)
            self._changed.notify()

    def take(self, most: int) -> tuple[list[Party], bool]:
        """Wait for tasks; returns up to `most` parties, and whether they are the last ones for this writer."""
        parties: list[Party] = []
        with self._changed:
            self._changed.wait_for(lambda: self._tasks)
            while self._tasks and self._tasks[0] is not None and len(parties) < most:
                if party := self._party(self._tasks[0]):
                    parties.append(party)
            is_last = bool(self._tasks) and self._tasks[0] is None and len(parties) < most
            if is_last:
                self._tasks.popleft()
        return parties, is_last

    def _party(self, first: Task) -> Party:
        """The first task that waits, and those right behind it that can be done with it."""
        party, size = [], 0
        while (task := self._tasks[0] if self._tasks else None) is not None:
            fits = task.is_joint and first.is_joint and task.work == first.work and size + task.size <= LARGEST_PARTY
            if task is not first and not fits:
                break
            self._tasks.popleft()
            size += task.size
            if task.future.set_running_or_notify_cancel():
                party.append(task)
        return party
