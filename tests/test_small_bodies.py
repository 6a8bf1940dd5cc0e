"""Only batches may be large; and what is wrong with a small body is always told as a problem."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Server

JSON = {"Content-Type": "application/json"}
NEWCOMER = b'{"name": "newcomer", "role": "enumerator"%s}'


def in_pieces(body: bytes) -> Iterator[bytes]:
    """Sent in chunks, without a length."""
    yield from (body[start : start + 50_000] for start in range(0, len(body), 50_000))


@pytest.mark.parametrize("send", [bytes, in_pieces])
@pytest.mark.parametrize("path", ["/instances/have", "/enrolments"])
def test_a_large_body_is_refused(server: Server, path: str, send: Any) -> None:
    body = b'{"instance_ids": ["%s"]}' % (b"x" * 200_000)
    answer = server.enrol(Role.ADMIN).post(path, content=send(body), headers=JSON)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["slug"]) == (413, "body_too_large")
    assert answer.json()["max_bytes"] == 200_000


def test_as_much_as_may_be_is_read(server: Server) -> None:
    body = NEWCOMER % b""
    answer = server.enrol(Role.ADMIN).post("/enrolments", content=body.ljust(200_000), headers=JSON)
    assert answer.status_code == 201
    ids = [f"urn:uuid:{{{n:032x}}}" for n in range(1_000)]
    assert server.enrol(Role.ADMIN).post("/instances/have", json={"instance_ids": ids}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        NEWCOMER % rb', "communities": ["\ud800"]',
        NEWCOMER % rb', "communities": ["\u0000"]',
        NEWCOMER.replace(b"newcomer", rb"\udfff") % b"",
        NEWCOMER.replace(b"enumerator", b"\xff") % b"",
        b"[" * 100_000,
        b"1" * 100_000,
        b"",
    ],
)
def test_an_odd_body_is_told_as_a_problem(server: Server, body: bytes) -> None:
    answer = server.enrol(Role.ADMIN).post("/enrolments", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")
    assert answer.headers["content-type"] == "application/problem+json"
