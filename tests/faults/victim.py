"""The server of a campaign through all its lives, and the ways to end one."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Self

from tests.faults.processes import Process, kill, quiet_port, start_command, tail, until_up, workers_of
from tests.faults.proxy import Traffic
from tests.faults.tablet import MAX_ITEM_BYTES

Start = Callable[[Mapping[str, str], Path], Process]

LONGEST_LIFE = 15
"""Seconds after which a server is killed though it was given less work than it should get."""


@dataclass
class Victim:
    """One server with its database. However a `with` of it ends, no process is left."""

    database_url: str
    folder: Path
    start_process: Start = start_command
    surroundings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=quiet_port)
    process: Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        environment = {
            "TANGGUH_DATABASE_URL": self.database_url,
            "TANGGUH_DATA": str(self.folder),
            "TANGGUH_PORT": str(self.port),
            "TANGGUH_MAX_ITEM_BYTES": str(MAX_ITEM_BYTES),
            **self.surroundings,
        }
        self.process = self.start_process(environment, self.log)

    async def up(self) -> None:
        await until_up(self.port, self.log)

    def kill(self) -> None:
        assert self.process is not None
        kill(self.process, self.log)
        self.process = None

    def stop(self) -> None:
        self.tell_to_stop()
        self.ended_well()

    def tell_to_stop(self) -> None:
        """As a service manager does."""
        os.kill(self.pid, signal.SIGTERM)

    def ended_well(self) -> None:
        """Wait until it has ended by itself, which must be a success."""
        assert self.process is not None
        ended = self.process.wait()
        assert ended == 0, f"the server was stopped and ended with {ended}:\n{tail(self.log)}"
        self.process = None


async def kill_at_work(
    victim: Victim,
    traffic: Traffic,
    chance: Random,
    times: int,
    faults: int = 0,
    requests: Sequence[int] = range(1, 26),
) -> Counter[str]:
    """Kill the whole server at least so many times, and until the network had at least so many faults: mostly a moment
    after the server was given one of these numbers of requests, now and then while it starts. Counted in requests, so
    that a busy machine kills at the same points of the work."""
    kills: Counter[str] = Counter()
    while kills.total() < times or traffic.faults.total() < faults:
        victim.start()
        if chance.random() < 0.1:
            await asyncio.sleep(chance.uniform(0, 0.1))
            moment = "while starting"
        else:
            await _give_work(victim, traffic, chance, requests)
            moment = "at work"
        victim.kill()
        kills[moment] += 1
    victim.start()
    await victim.up()
    return kills


async def kill_workers(victim: Victim, traffic: Traffic, chance: Random, times: int) -> Counter[str]:
    """Of a server with several processes, kill in turn one worker, all at once, and the parent alone."""
    kills: Counter[str] = Counter()
    victim.start()
    for turn in range(times):
        await _give_work(victim, traffic, chance, range(1, 26))
        match turn % 3:
            case 0:
                await _kill_one_worker(victim, chance)
                kills["one worker"] += 1
            case 1:
                victim.kill()
                kills["parent and workers"] += 1
                victim.start()
            case 2:
                await _kill_parent(victim)
                kills["parent alone"] += 1
                victim.start()
    await victim.up()
    return kills


async def _give_work(victim: Victim, traffic: Traffic, chance: Random, requests: Sequence[int]) -> None:
    await victim.up()
    await traffic.until(traffic.delivered + chance.choice(requests), LONGEST_LIFE)
    await asyncio.sleep(chance.uniform(0, 0.02))


async def _kill_one_worker(victim: Victim, chance: Random) -> None:
    """The others go on, and the parent starts another in its place."""
    before = workers_of(victim.pid)
    lost = chance.choice(before)
    os.kill(lost, signal.SIGKILL)
    async with asyncio.timeout(60):
        while lost in workers_of(victim.pid) or len(workers_of(victim.pid)) < len(before):
            await asyncio.sleep(0.02)


async def _kill_parent(victim: Victim) -> None:
    """Its workers must not outlive it, or the next start finds its port taken."""
    assert victim.process is not None
    orphans = workers_of(victim.pid)
    os.kill(victim.pid, signal.SIGKILL)
    victim.process.wait()
    async with asyncio.timeout(60):
        while any(Path(f"/proc/{pid}").exists() for pid in orphans):
            await asyncio.sleep(0.02)
