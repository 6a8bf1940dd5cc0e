"""A real server in a process of its own, over a new database that is thrown away afterwards."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
from sqlalchemy.engine import make_url
from sqlmodel import Session

from app.access.enrol import enrol
from app.access.policy import Role
from app.cli.documents import publish
from app.database import Database
from benchmarks.rig.interviews import Instrument

CHECKOUT = Path(__file__).parents[2]
START_SECONDS = 30
TABLETS = 16


@dataclass(frozen=True)
class Service:
    """A running server: where it is, its process, and a token a tablet."""

    port: int
    pid: int
    tokens: Sequence[str]

    def cpu_seconds(self) -> float:
        """Processor time of the server's process so far; 0 where `/proc` does not tell."""
        path = Path(f"/proc/{self.pid}/stat")
        if not path.exists():
            return 0.0
        fields = path.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> tuple[float, float]:
        """Memory of the server's process now and at most so far, in megabytes; 0 where `/proc` does not tell."""
        path = Path(f"/proc/{self.pid}/status")
        lines = path.read_text().splitlines() if path.exists() else []
        sizes = {line.partition(":")[0]: line.split()[1] for line in lines if line.startswith(("VmRSS", "VmHWM"))}
        return int(sizes.get("VmRSS", 0)) * 1024 / 1e6, int(sizes.get("VmHWM", 0)) * 1024 / 1e6


@contextmanager
def new_database(url: str, folder: Path) -> Iterator[str]:
    """The URL of a new database: a file in the folder or, on the PostgreSQL of `url`, one that is dropped again."""
    name = f"tangguh_bench_{token_hex(4)}"
    if not url:
        yield f"sqlite:///{folder / name}.db"
        return
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def plain(url: str) -> str:
    """The URL as libpq takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def serving(instrument: Instrument, url: str, folder: Path) -> Iterator[Service]:
    """`tangguh serve` over this database, with the instrument published and the tablets enrolled."""
    tokens = _prepare(instrument, url)
    port = _free_port()
    environment = {**os.environ, "TANGGUH_DATABASE_URL": url, "TANGGUH_DATA": str(folder)}
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    log = folder / "server.log"
    with (
        log.open("ab") as output,
        subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=output, stderr=output) as process,
    ):
        try:
            _wait_for(port, process, log)
            yield Service(port, process.pid, tokens)
        finally:
            process.send_signal(signal.SIGINT)


def _prepare(instrument: Instrument, url: str) -> list[str]:
    store = Database(url)
    try:
        store.migrate()
        store.write(lambda session: publish(session, instrument.documents))
        return [store.write(partial(_enrol, number=number)) for number in range(TABLETS)]
    finally:
        store.close()


def _enrol(session: Session, number: int) -> str:
    return enrol(session, f"tablet-{number}", Role.ENUMERATOR, [], now=datetime.now(UTC), days=1)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
