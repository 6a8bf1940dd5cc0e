"""An answer leaves in one piece, whole and in order."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.traffic.transport import SMALL_BYTES, OnePiece

HEAD, BODY, LARGE = b"HTTP/1.1 200 OK\r\n\r\n", b"{}", b"x" * (SMALL_BYTES + 1)


class Recorder:
    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.closed_after: bytes | None = None

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def close(self) -> None:
        self.closed_after = b"".join(self.writes)

    def get_extra_info(self, name: str) -> str:
        return f"the {name}"


def sent(*steps: bytes | Callable[[OnePiece], Any] | None) -> Recorder:
    """What is sent of these pieces; None is a turn of the event loop, as there is one at the end."""
    recorder = Recorder()

    async def send() -> None:
        transport = OnePiece(cast(asyncio.Transport, recorder), asyncio.get_running_loop())
        for step in steps:
            if step is None:
                await asyncio.sleep(0)
            elif isinstance(step, bytes):
                transport.write(step)
            else:
                step(transport)
        await asyncio.sleep(0)

    asyncio.run(send())
    return recorder


@pytest.mark.parametrize(
    ("steps", "writes"),
    [
        ([HEAD, BODY], [HEAD + BODY]),
        ([HEAD], [HEAD]),
        ([HEAD, None, BODY], [HEAD, BODY]),
        ([HEAD, LARGE], [HEAD, LARGE]),
        ([LARGE], [LARGE]),
        ([HEAD, BODY, HEAD, BODY], [HEAD + BODY, HEAD + BODY]),
    ],
)
def test_head_and_body_leave_together(steps: list[bytes | None], writes: list[bytes]) -> None:
    assert sent(*steps).writes == writes


@given(st.lists(st.one_of(st.none(), st.binary(max_size=20), st.just(LARGE)), max_size=8))
def test_all_leaves_in_order(steps: list[bytes | None]) -> None:
    assert b"".join(sent(*steps).writes) == b"".join(step for step in steps if step is not None)


def test_what_was_written_leaves_before_the_connection_is_closed() -> None:
    assert sent(HEAD, lambda transport: transport.close()).closed_after == HEAD


def test_all_else_is_the_transports_own() -> None:
    told: list[str] = []
    sent(lambda transport: told.append(transport.get_extra_info("peername")))
    assert told == ["the peername"]
