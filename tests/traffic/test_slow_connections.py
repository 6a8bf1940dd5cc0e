"""Whoever dribbles is let go of in time, and honest tablets do not notice; whoever is only slow is heard out."""

import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.submissions.household import interview
from tests.support.process import Process, running

DRIBBLERS = 200
HEAD = b"POST /api/v1/batches HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Process]:
    folder = tmp_path_factory.mktemp("slow")
    (folder / "tangguh.db").write_bytes(sqlite_template.read_bytes())
    impatient = {"head_seconds": 2, "pause_seconds": 2, "min_bytes_per_second": 100, "max_connections": 300}
    with running(f"sqlite:///{folder}/tangguh.db", folder, **impatient) as process:
        yield process


def authorised(server: Process, length: int) -> bytes:
    return HEAD + f"Authorization: Bearer {server.tokens[0]}\r\nContent-Length: {length}\r\n\r\n".encode()


def read_all(connection: socket.socket) -> bytes:
    """What comes until the server closes the connection; a reset is a close too."""
    answer = b""
    try:
        while piece := connection.recv(65_536):
            answer += piece
    except ConnectionResetError:
        pass
    return answer


def dribble_until_closed(connection: socket.socket, piece: bytes, at_most: float = 20) -> bytes:
    """Send the piece four times a second for as long as the server listens. Returns what it answered."""
    began = time.monotonic()
    while time.monotonic() - began < at_most:
        try:
            connection.sendall(piece)
        except OSError:
            return read_all(connection)
        if select.select([connection], [], [], 0.25)[0]:
            return read_all(connection)
    pytest.fail(f"still open after {at_most} seconds")


def send_one(server: Process) -> int:
    with server.client() as client:
        batch = {"batch_id": str(time.monotonic()), "items": [interview()]}
        answer = client.post("/api/v1/batches", json=batch)
        assert answer.json()["summary"]["accepted"] == 1
        return answer.status_code


@pytest.mark.parametrize("begun", [b"", HEAD, b"\r\n"], ids=["nothing", "half a head", "empty lines"])
def test_dribblers_are_closed_and_an_honest_tablet_is_served(server: Process, begun: bytes) -> None:
    with ExitStack() as stack:
        dribblers = [stack.enter_context(server.dial()) for _ in range(DRIBBLERS)]
        for each in dribblers:
            each.sendall(begun)
        assert send_one(server) == 200
        for each in dribblers:
            assert read_all(each) == b""


@pytest.mark.parametrize("first", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"], ids=["at first", "after another"])
@pytest.mark.parametrize("begun", [b"GET / HTTP/1.1\r\n", b""], ids=["headers", "empty lines"])
def test_a_dribbled_head_ends(server: Process, first: bytes, begun: bytes) -> None:
    with server.dial() as connection:
        connection.sendall(first)
        answer = b""
        while first and not answer.endswith(b"}"):
            answer += connection.recv(65_536)
        connection.sendall(begun)
        assert dribble_until_closed(connection, b"X-Never: ends\r\n" if begun else b"\r\n") == b""


def test_a_body_that_stops_is_told_so(server: Process) -> None:
    with server.dial() as connection:
        connection.sendall(authorised(server, 100_000) + b"[" * 50_000)
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    problem = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (problem["slug"], problem["retry"]) == ("too_slow", "later")


def test_a_body_that_only_dribbles_is_told_so(server: Process) -> None:
    with server.dial() as connection:
        connection.sendall(authorised(server, 100_000))
        assert dribble_until_closed(connection, b"x").startswith(b"HTTP/1.1 408 ")


def test_the_rest_of_a_refused_body_may_not_dribble_either(server: Process) -> None:
    with server.dial() as connection:
        connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 401 ")
        dribble_until_closed(connection, b"x")


def test_a_slow_tablet_is_heard_out(server: Process) -> None:
    """Longer than any of the deadlines, faster than the slowest rate."""
    body = json.dumps({"batch_id": "slow", "items": [interview()]}).encode()
    body += b" " * (2_400 - len(body))
    with server.dial() as connection:
        connection.sendall(authorised(server, len(body)))
        began = time.monotonic()
        for start in range(0, len(body), 240):
            connection.sendall(body[start : start + 240])
            time.sleep(0.5)
        assert time.monotonic() - began > 4
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_who_waits_longest_makes_room(server: Process) -> None:
    with ExitStack() as stack:
        waiting = [stack.enter_context(server.dial()) for _ in range(320)]
        assert send_one(server) == 200
        assert select.select([waiting[0]], [], [], 10)[0]
        assert waiting[0].recv(1) == b""
