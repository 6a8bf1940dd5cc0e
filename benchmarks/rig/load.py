"""Tablets that send one batch after the other, as fast as they are answered.

Threads with blocking sockets and requests that were built before: this costs the sender a few microseconds an
interview, where an HTTP library would cost more than the server. `Load.sender_share` tells whether that holds.
"""

import math
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.rig.interviews import Instrument, Request
from benchmarks.rig.serving import Service

ANSWER_SECONDS = 60


@dataclass(frozen=True)
class Load:
    """What came of a load. `cpu` is the server's processor time in seconds, `sender_share` how much of one processor
    the senders took (near 1 they are the limit), `waits` the seconds that each request took, in order."""

    interviews: int
    rate: float
    cpu: float
    sender_share: float
    waits: Sequence[float]

    def wait(self, share: float) -> float:
        """The wait in seconds which this share of the requests did not exceed."""
        return self.waits[min(len(self.waits) - 1, int(share * len(self.waits)))]


def together(loads: Sequence[Load]) -> Load:
    """Several loads, one after the other, as one."""
    interviews = sum(each.interviews for each in loads)
    return Load(
        interviews=interviews,
        rate=interviews / sum(each.interviews / each.rate for each in loads),
        cpu=sum(each.cpu for each in loads),
        sender_share=max(each.sender_share for each in loads),
        waits=sorted(wait for each in loads for wait in each.waits),
    )


@dataclass(frozen=True)
class Sent:
    interviews: int
    seconds: float
    waits: Sequence[float]


def load(
    service: Service,
    instrument: Instrument,
    batch: int,
    tablets: int,
    *,
    seconds: float = math.inf,
    interviews: int | None = None,
) -> Load:
    """Send batches of this size from as many tablets, for so long or until so many interviews are kept."""
    requests = [Request(instrument, batch, token) for token in service.tokens[:tablets]]
    share = math.inf if interviews is None else interviews / tablets
    with ThreadPoolExecutor(tablets) as pool:
        cpu, own, begin = service.cpu_seconds(), time.process_time(), time.perf_counter()
        sending = [pool.submit(_send, service.port, request, seconds, share) for request in requests]
        sent = [each.result() for each in sending]
        elapsed = time.perf_counter() - begin
    return Load(
        interviews=sum(each.interviews for each in sent),
        rate=sum(each.interviews / each.seconds for each in sent),
        cpu=service.cpu_seconds() - cpu,
        sender_share=(time.process_time() - own) / elapsed,
        waits=sorted(wait for each in sent for wait in each.waits),
    )


def _send(port: int, request: Request, seconds: float, interviews: float) -> Sent:
    waits: list[float] = []
    expected = f'"summary":{{"items":{request.size},"accepted":{request.size},'.encode()
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds and len(waits) * request.size < interviews:
            message = request.renewed()
            sent_at = time.perf_counter()
            connection.sendall(message)
            answer = _answer(connection)
            waits.append(time.perf_counter() - sent_at)
            if expected not in answer[:2000]:
                raise RuntimeError(f"not every interview was accepted: {answer[:2000].decode(errors='replace')}")
        return Sent(len(waits) * request.size, time.perf_counter() - begin, waits)


def _answer(connection: socket.socket) -> bytes:
    """One whole answer, head and body."""
    received = bytearray()
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += _some(connection)
    begin = received.lower().index(b"content-length:", 0, end) + len(b"content-length:")
    length = end + 4 + int(received[begin : received.index(b"\r\n", begin)])
    while len(received) < length:
        received += _some(connection)
    return bytes(received)


def _some(connection: socket.socket) -> bytes:
    piece = connection.recv(262_144)
    if not piece:
        raise ConnectionError("the server hung up")
    return piece
