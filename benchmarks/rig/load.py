"""Tablets that send one batch after the other, as fast as they are answered.

Threads with blocking sockets and requests that were built before: this costs the sender a few microseconds an
interview, where an HTTP library would cost more than the server. `Load.sender_share` tells whether that holds.
"""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

from benchmarks.rig import figures
from benchmarks.rig.interviews import Tablet
from benchmarks.rig.serving import Service

ANSWER_SECONDS = 60
ASK_EVERY_SECONDS = 0.02


@dataclass(frozen=True)
class Load:
    """What came of a load. `cpu` is the server's processor time in seconds, `sender_share` how much of one processor
    the senders took (near 1 they are the limit), `waits` the seconds that each request took, in order; `get_waits`
    the same for small questions asked meanwhile."""

    interviews: int
    rate: float
    cpu: float
    sender_share: float
    waits: Sequence[float]
    get_waits: Sequence[float]

    def wait(self, share: float) -> float:
        """The wait in seconds which this share of the batches did not exceed."""
        return _quantile(self.waits, share)

    def get_wait(self, share: float) -> float:
        """The same for the small questions that were asked meanwhile."""
        return _quantile(self.get_waits, share)


def _quantile(waits: Sequence[float], share: float) -> float:
    return waits[min(len(waits) - 1, int(share * len(waits)))] if waits else 0.0


@dataclass(frozen=True)
class Sending:
    """What tablets send, and what becomes of every one of these interviews."""

    name: str
    status: str
    messages: Callable[[Tablet], Iterator[bytearray]]


NEW = Sending(figures.NEW, "accepted", Tablet.new)
AGAIN = Sending("again", "duplicate", Tablet.again)
OTHER = Sending("other", "conflict", Tablet.other)


def together(loads: Sequence[Load]) -> Load:
    """Several loads, one after the other, as one."""
    interviews = sum(each.interviews for each in loads)
    return Load(
        interviews=interviews,
        rate=interviews / sum(each.interviews / each.rate for each in loads),
        cpu=sum(each.cpu for each in loads),
        sender_share=max(each.sender_share for each in loads),
        waits=sorted(wait for each in loads for wait in each.waits),
        get_waits=sorted(wait for each in loads for wait in each.get_waits),
    )


@dataclass(frozen=True)
class Sent:
    interviews: int
    seconds: float
    waits: Sequence[float]


def load(service: Service, tablets: Sequence[Tablet], sending: Sending, seconds: float, interviews: float) -> Load:
    """Let these tablets send for so long, until so many interviews are kept, or until they have nothing more to send.

    Beside them somebody asks for the list of forms, as tablets and people do.
    """
    share = interviews / len(tablets)
    with ThreadPoolExecutor(len(tablets) + 1) as pool:
        cpu, own, begin = service.cpu_seconds(), time.process_time(), time.perf_counter()
        done = Event()
        asking = pool.submit(_ask, service, done)
        jobs = [pool.submit(_send, service.port, tablet, sending, seconds, share) for tablet in tablets]
        sent = [job.result() for job in jobs]
        elapsed = time.perf_counter() - begin
        done.set()
        asked = asking.result()
    return Load(
        interviews=sum(each.interviews for each in sent),
        rate=sum(each.interviews / each.seconds for each in sent),
        cpu=service.cpu_seconds() - cpu,
        sender_share=(time.process_time() - own) / elapsed,
        waits=sorted(wait for each in sent for wait in each.waits),
        get_waits=sorted(asked),
    )


def _send(port: int, tablet: Tablet, sending: Sending, seconds: float, interviews: float) -> Sent:
    waits: list[float] = []
    expected = f'"{sending.status}":{tablet.size}'.encode()
    messages = sending.messages(tablet)
    with _connected(port) as connection:
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds and len(waits) * tablet.size < interviews:
            message = next(messages, None)
            if message is None:
                break
            answer, wait = _asked(connection, message)
            waits.append(wait)
            if expected not in answer[:2000]:
                raise RuntimeError(f"not all were {sending.status}: {answer[:2000].decode(errors='replace')}")
        return Sent(len(waits) * tablet.size, time.perf_counter() - begin, waits)


def _ask(service: Service, done: Event) -> list[float]:
    """How long answers to a small question take meanwhile."""
    question = (
        f"GET /api/v1/forms HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {service.tokens[-1]}\r\n\r\n"
    ).encode()
    waits = []
    with _connected(service.port) as connection:
        while not done.wait(ASK_EVERY_SECONDS):
            waits.append(_asked(connection, question)[1])
    return waits


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _asked(connection: socket.socket, message: bytes | bytearray) -> tuple[bytes, float]:
    """The answer, and the seconds that it took."""
    sent_at = time.perf_counter()
    connection.sendall(message)
    answer = _answer(connection)
    return answer, time.perf_counter() - sent_at


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
