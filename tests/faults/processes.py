"""Real server processes: started, waited for, killed."""

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PATIENCE = 60
"""Seconds after which a server that does not come up is given up; the machine may be busy."""


class Process(Protocol):
    """A process that leads its own group."""

    pid: int

    def wait(self) -> int: ...


class Nursery:
    """The fork server, as the tests speak with it. Starts a server in a tenth of a second."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.faults.forkserver"]
        self._program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def serve(self, environment: Mapping[str, str], log: Path, mutant: str = "") -> "Forked":
        return Forked(self, self.order({"serve": dict(environment), "log": str(log), "mutant": mutant}))

    def order(self, order: Mapping[str, object]) -> int:
        assert self._program.stdin
        assert self._program.stdout
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        return int(self._program.stdout.readline())

    def close(self) -> None:
        self._program.communicate()


@dataclass(frozen=True)
class Forked:
    nursery: Nursery
    pid: int

    def wait(self) -> int:
        return self.nursery.order({"wait": self.pid})


def start_command(
    environment: Mapping[str, str], log: Path, arguments: Sequence[str] = ()
) -> "subprocess.Popen[bytes]":
    """`tangguh serve` as it is typed, in a process group of its own."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "app", "serve", *arguments],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            process_group=0,
        )


def kill(process: Process, log: Path) -> None:
    """SIGKILL for the whole group, as the kernel or a pulled plug gives it, and proof that this is what ended it."""
    os.killpg(process.pid, signal.SIGKILL)
    ended = process.wait()
    assert ended == -signal.SIGKILL, f"the server had ended before it was killed ({ended}):\n{tail(log)}"


async def until_up(port: int, log: Path) -> None:
    """Wait until something listens."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.005)
        else:
            writer.close()
            return
    raise AssertionError(f"the server did not come up:\n{tail(log)}")


def workers_of(pid: int) -> list[int]:
    """The worker processes of `tangguh serve --workers N`."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def quiet_port() -> int:
    """A free port below those that the kernel gives to outgoing connections: it stays free while the server is dead."""
    while True:
        port = random.SystemRandom().randrange(15_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def tail(log: Path) -> str:
    return log.read_text(errors="replace")[-3_000:] if log.exists() else ""
