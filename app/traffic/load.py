"""How much one process carries at once, so that its memory stays bounded whatever arrives at the same time."""

import asyncio
import uuid
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Protocol

from app.problems import Busy, TooMuchAtOnce


class Gauge(Protocol):
    def inc(self, amount: float = 1) -> None: ...

    def dec(self, amount: float = 1) -> None: ...


class Load:
    """Bytes of bodies that are here, and whose turn it is.

    `max_bytes_in_flight` bounds what was received and is not answered yet, a quarter of it (or one whole batch) for
    each holder. `max_bytes` bounds what is unpacked at once, because reading takes many times the size of a batch.
    """

    def __init__(self, max_bytes: int, max_bytes_in_flight: int, in_flight: Gauge, waiting: Gauge) -> None:
        self.max_bytes = max_bytes
        self._most, self._share = max_bytes_in_flight, max(max_bytes, max_bytes_in_flight // 4)
        self._total, self._held = 0, Counter[uuid.UUID]()
        self._free = max_bytes
        self._queue: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._in_flight, self._waiting = in_flight, waiting
        self.reading = asyncio.Lock()
        """Batches are read one after the other: it is work for one processor, and others want their turn meanwhile."""

    @contextmanager
    def carry(self, holder: uuid.UUID) -> Iterator[Callable[[int], None]]:
        """Call the yielded function with the size of every piece that arrives. It raises `Busy` or `TooMuchAtOnce`."""
        mine = 0

        def add(count: int) -> None:
            nonlocal mine
            if self._held[holder] + count > self._share:
                raise TooMuchAtOnce
            if self._total + count > self._most:
                raise Busy
            mine += count
            self._count(holder, count)

        try:
            yield add
        finally:
            self._count(holder, -mine)

    @asynccontextmanager
    async def turn(self, count: int) -> AsyncIterator[None]:
        """Wait until so many bytes may be unpacked, first come, first served."""
        count = min(count, self.max_bytes)
        self._waiting.inc()
        try:
            await self._take(count)
        finally:
            self._waiting.dec()
        try:
            yield
        finally:
            self._give(count)

    async def _take(self, count: int) -> None:
        if not self._queue and count <= self._free:
            self._free -= count
            return
        mine = (count, asyncio.get_running_loop().create_future())
        self._queue.append(mine)
        try:
            await mine[1]
        except asyncio.CancelledError:
            if not mine[1].cancelled():
                self._give(count)
            raise

    def _give(self, count: int) -> None:
        self._free += count
        while self._queue and self._queue[0][0] <= self._free:
            wanted, turn = self._queue.popleft()
            if not turn.done():
                self._free -= wanted
                turn.set_result(None)

    def _count(self, holder: uuid.UUID, count: int) -> None:
        self._total += count
        self._held[holder] += count
        if not self._held[holder]:
            del self._held[holder]
        self._in_flight.inc(count)
