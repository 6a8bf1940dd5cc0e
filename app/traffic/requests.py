"""Every request leaves one line in the log and its numbers in the meters."""

import logging
from random import getrandbits
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.traffic.log import request_id
from app.traffic.meters import Meters

log = logging.getLogger("tangguh.requests")


class Requests:
    """ASGI middleware. It gives the request its id, which the answer tells in `X-Request-Id`. What stands below
    `prefix` has routes that do not know it."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, came, went, status = perf_counter(), 0, 0, 500
        # No secret: asking the system for chance lets other threads go first, and costs more than all else here.
        name = f"{getrandbits(48):012x}"
        request_id.set(name)
        state = scope.setdefault("state", {})

        async def counted_receive() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            return message

        async def counted_send(message: Message) -> None:
            nonlocal went, status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", name.encode())]
            else:
                went += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, counted_receive, counted_send)
        finally:
            seconds = perf_counter() - began
            route = self._template(scope)
            meters: Meters = scope["app"].state.meters
            meters.answered(scope["method"], route, status, seconds)
            facts = {
                "method": scope["method"],
                "route": route,
                "status": status,
                "duration_ms": round(seconds * 1_000, 1),
                "bytes_in": came,
                "bytes_out": went,
                "device_id": state.get("holder_id"),
            }
            log.info("request", extra=facts)

    def _template(self, scope: Scope) -> str:
        """The route's own path, without the ids of this request; nothing of a path that is no route's."""
        path = getattr(scope.get("route"), "path", None)
        if path is None:
            return "-"
        return f"{self._prefix}{path}" if scope["path"].startswith(f"{self._prefix}/") else str(path)
