"""Odd bytes on a connection are answered as stated, and a good batch beside them is kept."""

import asyncio
import json
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
import uvicorn

from tests.submissions.both import tablets_of_both
from tests.submissions.hostile_connections import HOSTILE_CONNECTIONS, sent
from tests.submissions.household import interview
from tests.support.postgres import Postgres
from tests.support.server import Caller

SECONDS = 20


@dataclass(frozen=True)
class Listening:
    """A server behind a real socket, spoken to in bytes."""

    port: int
    token: str

    def ask(self, text: str) -> str:
        """The status and the slug of the first answer; nothing where there is none."""
        with self.connect(text) as connection:
            return heard(connection)

    def connect(self, text: str) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), SECONDS)
        connection.sendall(self._bytes(text))
        return connection

    def _bytes(self, text: str) -> bytes:
        batch = json.dumps({"batch_id": str(uuid.uuid4()), "items": [interview()]})
        known = {"@TOKEN": self.token, "@CUT": self.token[:-1], "@LENGTH": str(len(batch)), "@BATCH": batch}
        known["@CHUNKS"] = f"{len(batch):x}\r\n{batch}\r\n0\r\n\r\n"
        for name, value in known.items():
            text = text.replace(name, value)
        return text.encode("latin-1")


def heard(connection: socket.socket) -> str:
    with connection.makefile("rb") as answer:
        start = answer.readline().decode().split()
        if not start:
            return ""
        headers = dict(line.decode("latin-1").lower().split(": ", 1) for line in iter(answer.readline, b"\r\n") if line)
        body = answer.read(int(headers.get("content-length", 0)))
    if headers.get("content-type", "").startswith("application/problem+json"):
        return f"{start[1]} {json.loads(body)['slug']}"
    return start[1]


@contextmanager
def listening(tablet: Caller) -> Iterator[Listening]:
    """The tablet's server, listening."""
    config = uvicorn.Config(tablet.client.app, lifespan="off", loop="uvloop", http="httptools", log_level="critical")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as place:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([place])), daemon=True)
        thread.start()
        yield Listening(place.getsockname()[1], tablet.token or "")
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, sqlite_template, postgres: Postgres) -> Iterator[list[Listening]]:
    with ExitStack() as stack:
        tablets = stack.enter_context(tablets_of_both(tmp_path_factory.mktemp("both"), sqlite_template, postgres))
        yield [stack.enter_context(listening(tablet)) for tablet in tablets]


@pytest.mark.parametrize("name", HOSTILE_CONNECTIONS)
def test_a_hostile_connection_is_answered_as_stated(both: list[Listening], name: str) -> None:
    text, expected = HOSTILE_CONNECTIONS[name]
    for server in both:
        with server.connect(text) as connection:
            assert server.ask(sent()) == "200", "a good batch at the same moment"
            if not expected:
                connection.shutdown(socket.SHUT_WR)
            assert heard(connection) == expected
