"""How answers leave."""

from asyncio import AbstractEventLoop, Transport
from typing import Any

SMALL_BYTES = 65_536


class OnePiece:
    """A transport that sends the head of an answer together with what follows it. uvicorn writes them one after the
    other, which would be two packets on the network and two calls of the system.

    It holds back one small piece at most, and no longer than until the event loop's next turn.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held = b""

    def write(self, data: bytes) -> None:
        if self._held and len(data) <= SMALL_BYTES:
            data, self._held = self._held + data, b""
            self._transport.write(data)
        elif not self._held and len(data) <= SMALL_BYTES:
            self._held = data
            self._loop.call_soon(self._let_go)
        else:
            self._let_go()
            self._transport.write(data)

    def close(self) -> None:
        self._let_go()
        self._transport.close()

    def _let_go(self) -> None:
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
