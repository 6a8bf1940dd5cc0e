"""A server that is told to stop answers what it has begun, takes nothing new, and ends well within seconds."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.faults.campaign import TABLETS, open_fieldwork
from tests.faults.processes import start_command
from tests.faults.victim import Victim
from tests.support.promises import Told, broken
from tests.support.village import interview

LAST_SECONDS = 5


class Sending:
    """A batch on its way: its head has reached the application, its body has not."""

    def __init__(self, token: str) -> None:
        self.items = [interview() for _ in range(20)]
        self.body = json.dumps({"batch_id": str(uuid.uuid4()), "items": self.items}).encode()
        self.head = (
            f"POST /api/v1/batches HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\nExpect: 100-continue\r\n\r\n"
        ).encode()

    async def begin(self, port: int) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        self.writer.write(self.head)
        assert await self.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"

    async def finish(self) -> list[Told]:
        self.writer.write(self.body)
        return self.receipts(await self.answer())

    async def answer(self) -> bytes:
        """All that comes until the connection ends."""
        answer = await self.reader.read()
        self.writer.close()
        return answer

    def receipts(self, answer: bytes) -> list[Told]:
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), answer
        receipts: list[dict[str, Any]] = json.loads(body)["receipts"]
        return [Told(item, receipt) for item, receipt in zip(self.items, receipts, strict=True)]


@pytest.fixture
def victim(database_url: str, tmp_path: Path) -> Iterator[Victim]:
    arguments = () if database_url.startswith("sqlite") else ("--workers", "2")
    start = partial(start_command, arguments=arguments)
    with Victim(database_url, tmp_path, start, {"TANGGUH_STOP_SECONDS": str(LAST_SECONDS)}) as victim:
        yield victim


def test_what_was_begun_is_answered(victim: Victim) -> None:
    *tokens, _ = open_fieldwork(victim.database_url)
    told = asyncio.run(_stop_amid(victim, tokens))
    assert len(told) == 20 * TABLETS
    assert broken(victim.database_url, told) == []


async def _stop_amid(victim: Victim, tokens: list[str]) -> list[Told]:
    """Stop the server while every tablet's batch is under way and one more connection says nothing."""
    await _come_up(victim)
    sendings = [Sending(token) for token in tokens]
    for sending in sendings:
        await sending.begin(victim.port)
    _, idle = await asyncio.open_connection("127.0.0.1", victim.port)
    victim.tell_to_stop()
    # Time to close the door; what comes late on a slow machine only finds it open a little longer.
    await asyncio.sleep(1)
    told = [receipt for sending in sendings for receipt in await sending.finish()]
    await _stopped(victim)
    idle.close()
    return told


def test_what_never_ends_is_told_to_come_again(victim: Victim) -> None:
    sending = Sending(open_fieldwork(victim.database_url)[0])

    async def stop_amid() -> bytes:
        await _come_up(victim)
        await sending.begin(victim.port)
        victim.tell_to_stop()
        answer = await sending.answer()
        await _stopped(victim)
        return answer

    head, _, body = asyncio.run(stop_amid()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 5" in head.lower()
    assert json.loads(body)["retry"] == "later"
    assert broken(victim.database_url, [], sent=[]) == []
    assert "Traceback" not in victim.log.read_text()


async def _come_up(victim: Victim) -> None:
    victim.start()
    await victim.up()


async def _stopped(victim: Victim) -> None:
    """The server has ended well, and soon; seconds are added for a busy machine."""
    async with asyncio.timeout(LAST_SECONDS + 15):
        await asyncio.to_thread(victim.ended_well)
    with pytest.raises(OSError, match="Connect"):
        await asyncio.open_connection("127.0.0.1", victim.port)
