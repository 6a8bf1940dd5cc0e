"""One process carries so much at once and no more: the rest is told to come again, and nobody is starved."""

import asyncio
import gzip
import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.problems import Busy, TooMuchAtOnce
from app.traffic.load import Load
from tests.submissions.household import interview
from tests.support.process import Process, running

ONE, OTHER = uuid.uuid4(), uuid.uuid4()
MAX_BYTES = 4_000_000
MOST_MIB = 280
"""Measured: 242 with 7 tablets and 244 with 13, so it does not grow with them; 158 for any one of the bodies alone."""


class Reading:
    """A gauge that only says where it stands."""

    def __init__(self) -> None:
        self.stands = 0.0

    def inc(self, amount: float = 1) -> None:
        self.stands += amount

    def dec(self, amount: float = 1) -> None:
        self.stands -= amount


def new_load() -> tuple[Load, Reading, Reading]:
    in_flight, waiting = Reading(), Reading()
    return Load(100, 400, in_flight, waiting), in_flight, waiting


def test_a_holder_has_a_share_and_all_have_a_limit() -> None:
    load, in_flight, _ = new_load()
    with load.carry(ONE) as add:
        add(100)
        with pytest.raises(TooMuchAtOnce):
            add(1)
        with load.carry(OTHER) as add_other:
            add_other(100)
        others = [load.carry(uuid.uuid4()) for _ in range(3)]
        for each in others:
            each.__enter__()(100)
        with load.carry(OTHER) as add_other, pytest.raises(Busy):
            add_other(1)
        for each in others:
            each.__exit__(None, None, None)
    assert in_flight.stands == 0
    with load.carry(ONE) as add:
        add(100)


@given(st.lists(st.tuples(st.integers(1, 150), st.booleans()), max_size=20))
def test_turns_come_in_order_and_never_too_many(works: list[tuple[int, bool]]) -> None:
    """Works of these sizes, some given up while they wait or run: at most 100 at a time, and all room comes back."""
    asyncio.run(_take_turns(works))


async def _take_turns(works: list[tuple[int, bool]]) -> None:
    load, _, waiting = new_load()
    running_now, begun = [0], list[int]()

    async def work(number: int, size: int) -> None:
        async with load.turn(size):
            begun.append(number)
            running_now[0] += min(size, 100)
            assert running_now[0] <= 100
            try:
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            finally:
                running_now[0] -= min(size, 100)

    tasks = [asyncio.create_task(work(number, size)) for number, (size, _) in enumerate(works)]
    await asyncio.sleep(0)
    for task, (_, given_up) in zip(tasks, works, strict=True):
        if given_up:
            task.cancel()
            await asyncio.sleep(0)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert not [each for each in results if isinstance(each, AssertionError)]
    assert begun == sorted(begun)
    assert waiting.stands == 0
    async with asyncio.timeout(1), load.turn(100):
        pass


def _one_item(text: str) -> bytes:
    return f'{{"batch_id": "{uuid.uuid4()}", "items": [{text}]}}'.encode()


def _misfits() -> bytes:
    answers = '{"community": "33.74.01", "member": [' + "1," * 3_700 + "1]}"
    return _one_item(",".join(json.dumps({**interview(), "answers": "@"}).replace('"@"', answers) for _ in range(500)))


BODIES: dict[str, Callable[[], tuple[bytes, dict[str, str]]]] = {
    "bombs": lambda: (gzip.compress(bytes(200 * 2**20), 9), {"Content-Encoding": "gzip"}),
    "misfits": lambda: (_misfits(), {}),
    "one huge text": lambda: (_one_item('"\U0001f600' + "x" * (MAX_BYTES - 200) + '"'), {}),
}


def test_memory_is_bounded_whatever_arrives_at_once(tmp_path: Path, sqlite_template: Path) -> None:
    (tmp_path / "tangguh.db").write_bytes(sqlite_template.read_bytes())
    with running(f"sqlite:///{tmp_path}/tangguh.db", tmp_path, tablets=7) as server:
        bodies = {name: make() for name, make in BODIES.items()}
        works = [(tablet, name) for name in bodies for tablet in range(6)]

        def send(work: tuple[int, str]) -> int:
            body, headers = bodies[work[1]]
            with server.client(work[0]) as client:
                return client.post("/api/v1/batches", content=body, headers=headers).status_code

        with ThreadPoolExecutor(6) as pool:
            answers = pool.map(send, works)
            assert _patiently_sent(server)["accepted"] == 1
            statuses = set(answers)
        assert statuses <= {200, 413, 429, 503}
        assert {413, 200} <= statuses
        assert server.peak_mib() < MOST_MIB
        told = httpx.get(f"{server.address}/metrics").text
    assert "tangguh_bytes_in_flight 0.0" in told
    assert "tangguh_batches_waiting 0.0" in told


def _patiently_sent(server: Process) -> Any:
    """What a tablet does: again after 503, as often as it takes."""
    with server.client(6) as client:
        for _ in range(100):
            answer = client.post("/api/v1/batches", json={"batch_id": "honest", "items": [interview()]})
            if answer.status_code == 200:
                return answer.json()["summary"]
            assert (answer.status_code, answer.json()["retry"]) == (503, "later")
            assert int(answer.headers["retry-after"]) > 0
    raise AssertionError("never kept")
