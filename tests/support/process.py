"""The real server as a process of its own, with the settings that a test wants."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx

from app.access.enrol import enrol
from app.access.policy import Role
from app.cli.documents import Document, publish
from app.database import Database
from tests.submissions.household import COMMUNITIES, FORM, FRAMEWORK
from tests.support.postgres import free_port


@dataclass(frozen=True)
class Process:
    """A server that answers at `port`, with a token for each of its tablets; its log goes to a file."""

    pid: int
    port: int
    tokens: list[str]
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, tablet: int = 0) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.tokens[tablet]}", "Content-Type": "application/json"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=60)

    def dial(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def peak_mib(self) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) // 1024


@contextmanager
def running(url: str, folder: Path, *options: str, tablets: int = 1, **settings: object) -> Iterator[Process]:
    """Serve this migrated database, in which the household form is published first."""
    tokens = _prepare(url, tablets)
    port, log = free_port(), folder / "server.log"
    chosen = {f"TANGGUH_{name.upper()}": str(value) for name, value in settings.items()}
    environment = {**os.environ, "TANGGUH_DATABASE_URL": url, "TANGGUH_DATA": str(folder), **chosen}
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), *options]
    with log.open("wb") as lines:
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=lines)
    process = Process(server.pid, port, tokens, log)
    try:
        _wait(server, process)
        yield process
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _prepare(url: str, tablets: int) -> list[str]:
    database = Database(url)
    documents = [Document("", "communities", COMMUNITIES), Document("", "form", FORM)]
    database.write(lambda session: publish(session, [*documents, Document("", "framework", FRAMEWORK)]))
    give = partial(enrol, role=Role.ENUMERATOR, communities=[], now=datetime.now(UTC), days=1)
    tokens = [database.write(partial(give, name=f"tablet-{number}")) for number in range(tablets)]
    database.close()
    return tokens


def _wait(server: subprocess.Popen[bytes], process: Process) -> None:
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"{process.address}/healthz")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server did not start: {server.poll()}\n{process.log.read_text()}")
