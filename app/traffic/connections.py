"""Connections that may be slow but not endless. uvicorn itself waits for a head or a body for ever."""

from asyncio import Transport
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.problems import Busy, Problem, TooSlow
from app.settings import Settings
from app.traffic.transport import OnePiece


@dataclass(frozen=True)
class Pace:
    """How slow is too slow, in seconds and bytes a second, and how many may be here at once."""

    head_seconds: float
    pause_seconds: float
    min_bytes_per_second: float
    max_connections: int
    closed: Callable[[str], None] = lambda why: None

    @classmethod
    def of(cls, settings: Settings, closed: Callable[[str], None]) -> "Pace":
        return cls(
            settings.head_seconds,
            settings.pause_seconds,
            settings.min_bytes_per_second,
            settings.max_connections,
            closed,
        )


class PatientProtocol(HttpToolsProtocol):
    """The lifespan gives a `Pace` as `pace`.

    While no request is being answered, a whole head must come within `head_seconds`. A body buys time with every byte:
    it may pause for `pause_seconds`, and be behind `min_bytes_per_second` by as much. When there are too many
    connections, the one that has waited longest without a request makes room.
    """

    def __init__(self, config: Any, server_state: Any, app_state: dict[str, Any], _loop: Any = None) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._pace: Pace = app_state["pace"]
        self._timer: Any = None
        self._idle_since = self._began = self._last = self.loop.time()
        self._received = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(cast(Transport, OnePiece(transport, self.loop)))
        self._await_head()
        if len(self.connections) > self._pace.max_connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._timer is None and self._is_idle() and not self.transport.is_closing():
            self._await_head()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._received, self._began = 0, self.loop.time()
        self._last = self._began
        self._start_timer(self._began + self._pace.pause_seconds, self._look_at_body)

    def on_body(self, body: bytes) -> None:
        self._received += len(body)
        self._last = self.loop.time()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._stop_timer()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._idle_since = self.loop.time()
        super().on_response_complete()

    def _is_idle(self) -> bool:
        return self.cycle is None or bool(self.cycle.response_complete)

    def _await_head(self) -> None:
        self._idle_since = self.loop.time()
        self._start_timer(self._idle_since + self._pace.head_seconds, self._give_up_on_head)

    def _give_up_on_head(self) -> None:
        self._timer = None
        self._close("slow head")

    def _look_at_body(self) -> None:
        """Close, or look again when what has come so far is used up."""
        now = self.loop.time()
        if self.flow.read_paused:
            # We were slow, not the tablet.
            self._began, self._received, self._last = now, 0, now
        used_up = self._began + self._received / self._pace.min_bytes_per_second
        deadline = min(used_up, self._last) + self._pace.pause_seconds
        if deadline > now:
            self._start_timer(deadline, self._look_at_body)
            return
        self._timer = None
        self._close("slow body", TooSlow())

    def _make_room(self) -> None:
        idle = [each for each in self.connections if isinstance(each, PatientProtocol) and each._is_idle()]
        others = [each for each in idle if each is not self]
        if others:
            min(others, key=lambda each: each._idle_since)._close("too many")
        else:
            self._close("too many", Busy())

    def _close(self, why: str, problem: Problem | None = None) -> None:
        self._pace.closed(why)
        if problem is not None and (self.cycle is None or not self.cycle.response_started):
            self.transport.write(_written(problem))
        self.transport.close()

    def _start_timer(self, when: float, act: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self.loop.call_at(when, act)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _written(problem: Problem) -> bytes:
    """The problem as a whole answer, for those who never became a request."""
    body = orjson.dumps(problem.document())
    headers = {"Content-Type": "application/problem+json", "Content-Length": len(body), "Connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers | problem.headers).items())
    return STATUS_LINE[problem.status] + lines.encode("ascii") + b"\r\n" + body
