"""The application spoken to without a network in between, and faults at the moment of its commit.

A request takes 2 ms instead of the 6 of a test client, which is what lets a harness play a thousand fieldworks.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote

from app.database import Database
from app.main import create_app
from app.problems import Unavailable
from app.settings import Settings


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


class Crash(Exception):
    """The process died: nobody is answered."""


class InProcess:
    """A server without its socket. Between `start` and `stop` it is one process of it, with all that it remembers."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(settings)
        self._loop = asyncio.new_event_loop()

    def start(self) -> None:
        self._lifespan = self.app.router.lifespan_context(self.app)
        self._loop.run_until_complete(self._lifespan.__aenter__())
        self.database: Database = self.app.state.database

    def stop(self) -> None:
        self._loop.run_until_complete(self._lifespan.__aexit__(None, None, None))

    def close(self) -> None:
        self._loop.close()

    def post(self, path: str, token: str, body: bytes) -> Answer:
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        return self.ask("POST", f"/api/v1{path}", headers, body)

    def ask(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send a request and wait for its whole answer. Raises `Crash` when there is none."""
        return self._loop.run_until_complete(self._ask(method, address, headers, body))

    async def _ask(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        path, _, query = address.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
            "client": ("tablet", 1),
            "server": ("server", 80),
        }
        waiting = [{"type": "http.request", "body": body, "more_body": False}]
        told: list[Any] = []

        async def receive() -> Any:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            told.append(message)

        try:
            await self.app(scope, receive, send)
        except Crash:
            raise
        except Exception:
            # Starlette raises what it has answered with 500, for the server's log.
            assert told
        start = {name.decode(): value.decode("latin-1") for name, value in told[0]["headers"]}
        return Answer(told[0]["status"], start, b"".join(message.get("body", b"") for message in told[1:]))

    @contextmanager
    def failing(self, fault: "Fault") -> Iterator[None]:
        """Whatever is submitted to the database meanwhile meets this fault."""
        database = self.database
        real = database.submit_joint
        database.submit_joint = partial(fault.submit, real)  # type: ignore[method-assign]
        try:
            yield
        finally:
            database.submit_joint = real  # type: ignore[method-assign]


@dataclass(frozen=True)
class Fault:
    """`error` takes the place of an answer: after the commit where the work is `kept`, and else instead of it."""

    error: Exception
    kept: bool

    def submit(self, submit: Callable[..., "Future[Any]"], work: Callable[..., Any], *item: Any) -> "Future[Any]":
        if not self.kept:
            return submit(partial(self._undo, work), *item)
        submit(work, *item).result()
        failed: Future[Any] = Future()
        failed.set_exception(self.error)
        return failed

    def _undo(self, work: Callable[..., Any], session: Any, items: Any) -> None:
        work(session, items)
        raise self.error


FAULTS: Mapping[str, Fault] = {
    "dies before the commit": Fault(Crash(), kept=False),
    "dies after the commit": Fault(Crash(), kept=True),
    "doubts, and nothing is kept": Fault(Unavailable(), kept=False),
    "doubts, and all is kept": Fault(Unavailable(), kept=True),
}
