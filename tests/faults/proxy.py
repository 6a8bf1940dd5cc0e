"""A bad network between one tablet and the server: it cuts, delays and doubles requests, and says how often it did.

It works on connections and bytes. Only one thing it knows about HTTP: where a request ends, so that it can deliver the
same one twice. Tablets say `Connection: close`, so that a connection carries one request.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from random import Random

FAULTS = {"cut request": 3, "cut answer": 4, "delayed": 2, "doubled": 3, "delivered again later": 2}
"""The kinds of faults and how often each comes, relative to the others."""


class Traffic:
    """What went over the network of all tablets. Faults are counted when they have happened, not when intended."""

    def __init__(self) -> None:
        self.faults: Counter[str] = Counter()
        self.delivered = 0

    async def until(self, delivered: int, seconds: float) -> None:
        """Wait until the server was given so many requests in all, but not for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.delivered < delivered:
                    await asyncio.sleep(0.002)


class Proxy:
    """The network of one tablet. `share` of its requests meet a fault; 0 for calm."""

    def __init__(self, chance: Random, server_port: int, traffic: Traffic, share: float) -> None:
        self._chance, self._server_port, self._traffic = chance, server_port, traffic
        self.share = share
        self._late: set[asyncio.Task[None]] = set()
        self._carrying: set[asyncio.Task[None] | None] = set()

    async def listen(self) -> int:
        """The port to which the tablet shall speak."""
        self._listening = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        port: int = self._listening.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        self._listening.close()
        await asyncio.gather(*self._late, *filter(None, self._carrying))

    async def _carry(self, tablet: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._carrying.add(asyncio.current_task())
        with suppress(OSError, EOFError):
            back.write(await self._answer(await _read_request(tablet)))
            await back.drain()
        back.close()
        self._carrying.discard(asyncio.current_task())

    async def _answer(self, request: bytes) -> bytes:
        """As much of the server's answer as reaches the tablet."""
        match self._next_fault():
            case "cut request":
                await self._deliver(request[: self._chance.randrange(len(request))])
                self._happened("cut request")
                return b""
            case "cut answer":
                answer = await self._deliver(request)
                if answer:
                    self._happened("cut answer")
                return answer[: self._chance.randrange(len(answer) or 1)]
            case "delayed":
                await asyncio.sleep(self._chance.uniform(0, 0.1))
                answer = await self._deliver(request)
                self._happened("delayed")
                return answer
            case "doubled":
                first, second = await asyncio.gather(self._deliver(request), self._deliver(request))
                self._happened("doubled")
                return self._chance.choice((first, second)) or first or second
            case "delivered again later":
                late = asyncio.create_task(self._deliver_later(request, self._chance.uniform(0.01, 1)))
                self._late.add(late)
        return await self._deliver(request)

    def _next_fault(self) -> str:
        if self._chance.random() >= self.share:
            return ""
        return self._chance.choices(list(FAULTS), list(FAULTS.values()))[0]

    def _happened(self, fault: str) -> None:
        self._traffic.faults[fault] += 1

    async def _deliver_later(self, request: bytes, seconds: float) -> None:
        await asyncio.sleep(seconds)
        with suppress(OSError):
            if await self._deliver(request):
                self._happened("delivered again later")

    async def _deliver(self, request: bytes) -> bytes:
        """What the server answers until it closes or dies. Raises `OSError` when there is no server."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        try:
            writer.write(request)
            await writer.drain()
            self._traffic.delivered += 1
            if not _is_whole(request):
                writer.transport.abort()
                return b""
            return await _all_of(reader)
        finally:
            writer.close()


async def _all_of(reader: asyncio.StreamReader) -> bytes:
    """Every byte that comes, also when the other side dies in the middle."""
    answer = bytearray()
    with suppress(OSError):
        while piece := await reader.read(65_536):
            answer += piece
    return bytes(answer)


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    return head + await reader.readexactly(_length(head))


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    return bool(end) and len(body) == _length(head)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0
