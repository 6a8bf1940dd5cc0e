"""The real server, as a process of its own, stays below 200 MB whatever it is sent."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from backports import zstd

from app.access.enrol import enrol
from app.access.policy import Role
from app.cli.documents import Document, publish
from app.database import Database
from tests.submissions.hostile_envelopes import JSON
from tests.submissions.household import COMMUNITIES, FORM, FRAMEWORK, interview
from tests.support.postgres import free_port

MIB = 2**20
MAX_BYTES = 4_000_000
MISFITS = '{"community": "33.74.01", "member": [' + "1," * 3_700 + "1]}"
NAMES = ",".join(f'"{n:x}":0' for n in range(95_000))


def one_item(text: str) -> bytes:
    return f'{{"batch_id": "{uuid.uuid4()}", "items": [{text}]}}'.encode()


def items(answers: str, count: int) -> bytes:
    return one_item(",".join(json.dumps({**interview(), "answers": "@"}).replace('"@"', answers) for _ in range(count)))


BODIES: Mapping[str, Callable[[], tuple[int, bytes, dict[str, str]]]] = {
    "gzip bomb": lambda: (413, gzip.compress(bytes(200 * MIB)), {"Content-Encoding": "gzip"}),
    "zstd bomb": lambda: (413, zstd.compress(bytes(200 * MIB)), {"Content-Encoding": "zstd"}),
    "nothing but brackets": lambda: (413, b"[" * MAX_BYTES, {}),
    "empty items": lambda: (413, one_item("{}," * (MAX_BYTES // 3 - 50) + "{}"), {}),
    "one huge text in 32 bits a character": lambda: (200, one_item('"\U0001f600' + "x" * (MAX_BYTES - 200) + '"'), {}),
    "one item of numbers": lambda: (200, one_item("[" + "9e9," * (MAX_BYTES // 4 - 50) + "0]"), {}),
    "one item of names": lambda: (200, one_item("{" + ",".join(f'"{n:x}":"{n:x}"' for n in range(250_000)) + "}"), {}),
    "one member of names": lambda: (400, b'{"more": {' + b",".join(b'"%x":0' % n for n in range(390_000)) + b"}}", {}),
    "members without end": lambda: (400, b"{" + b",".join(b'"%x":0' % n for n in range(390_000)) + b"}", {}),
    "500 items of misfits": lambda: (200, items(MISFITS, 500), {}),
    "4 items of unknown names": lambda: (200, items('{"community": "33.74.01", ' + NAMES + "}", 4), {}),
}


@pytest.fixture
def token(tmp_path: Path, sqlite_template: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "tangguh.db")
    database = Database(f"sqlite:///{tmp_path / 'tangguh.db'}")
    documents = [Document("", "communities", COMMUNITIES), Document("", "form", FORM)]
    database.write(lambda session: publish(session, [*documents, Document("", "framework", FRAMEWORK)]))
    token = database.write(lambda session: enrol(session, "t", Role.ENUMERATOR, [], now=datetime.now(UTC), days=1))
    database.close()
    return token


@pytest.fixture
def process(tmp_path: Path, token: str) -> Iterator[tuple[int, str]]:
    """The server's process id and its address."""
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    environment = {**os.environ, "TANGGUH_DATA": str(tmp_path), "TANGGUH_DATABASE_URL": ""}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(server, address)
        yield server.pid, address
    finally:
        server.terminate()
        server.wait(10)


def test_memory_stays_below_200_mb(process: tuple[int, str], token: str) -> None:
    pid, address = process
    peaks = {"at rest": _peak_mib(pid)}
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}", **JSON}, timeout=60) as client:
        for name, make in BODIES.items():
            status, body, headers = make()
            assert len(body) <= MAX_BYTES
            assert client.post("/api/v1/batches", content=body, headers=headers).status_code == status, name
            peaks[name] = _peak_mib(pid)
    assert max(peaks.values()) * MIB < 200_000_000, peaks


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/healthz")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server did not start: {server.poll()}")


def _peak_mib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024
