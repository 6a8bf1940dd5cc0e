"""A full disk under the attachments: every file is told to come again later, interviews and reading go on, and room is
all it takes to go on from where each file stopped."""

import asyncio
import hashlib
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app.attachments import Depot, open_depot
from app.settings import Settings
from tests.faults.campaign import open_fieldwork
from tests.faults.files import Bringer, File
from tests.faults.small_disk import BYTES, Limited, Mounted, SmallDisk, may_mount
from tests.faults.victim import Victim
from tests.support.promises import KEPT
from tests.support.village import interview

DISKS: list[type[SmallDisk]] = [Mounted, Limited] if may_mount() else [Limited]

LARGE = {Mounted: BYTES // 8, Limited: BYTES * 3 // 4}
"""How large a file is: some fill the mounted disk, and each alone is beyond the limit of the other."""

REFUSED = 20


@pytest.fixture(params=DISKS, ids=lambda disk: disk.__name__.lower())
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "attachments"
    folder.mkdir()
    small: SmallDisk = request.param(folder)
    yield small
    small.close()


def test_a_full_disk_under_the_attachments(
    disk: SmallDisk, sqlite_template: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'tangguh.db')}"
    tablet, *_ = open_fieldwork(url)
    chance = random.Random(1)
    files = [File.of(chance.randbytes(LARGE[type(disk)])) for _ in range(12)]
    surroundings = {"TANGGUH_ATTACHMENTS": str(disk.folder)}
    with Victim(url, tmp_path, surroundings=surroundings) as victim, _client(victim) as client:
        bringer = Bringer(client, {"Authorization": f"Bearer {tablet}"})
        victim.start()
        asyncio.run(victim.up())
        disk.limit(victim.pid)
        refused = _fill(bringer, files)
        _assert_interviews_go_on(bringer)
        disk.make_room(victim.pid)
        before = len(bringer.answers)
        assert all(bringer.bring(file) for file in refused)
        assert bringer.answers[before].json()["offset"] > 0
        victim.stop()
    depot = open_depot(Settings(data=tmp_path, attachments=str(disk.folder)))
    assert [_kept(depot, file) for file in bringer.told_kept] == [file.content for file in bringer.told_kept]
    assert not list(depot.folder.iterdir())
    record_property("report", f"{REFUSED} times refused, {len(bringer.told_kept)} files told to be kept")


def _client(victim: Victim) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{victim.port}", timeout=60, trust_env=False)


def _fill(bringer: Bringer, files: list[File]) -> list[File]:
    """Bring files until one is refused, and offer that one and the next again and again. Returns these two."""
    first = next(number for number, file in enumerate(files) if not bringer.bring(file))
    refused = files[first : first + 2]
    for number in range(REFUSED):
        assert not bringer.bring(refused[number % 2])
        answer = bringer.answers[-1]
        assert (answer.status_code, answer.json()["slug"], answer.json()["retry"]) == (503, "unavailable", "later")
        assert int(answer.headers["retry-after"]) > 0
    return refused


def _assert_interviews_go_on(bringer: Bringer) -> None:
    batch = {"batch_id": "while it is full", "items": [interview() for _ in range(20)]}
    answer = bringer.client.post("/api/v1/batches", json=batch, headers=bringer.headers)
    assert {receipt["status"] for receipt in answer.json()["receipts"]} <= KEPT
    assert bringer.client.get("/api/v1/submissions", headers=bringer.headers).status_code == 200


def _kept(depot: Depot, file: File) -> bytes:
    return b"".join(depot.store.read(hashlib.sha256(file.content).digest(), 0, len(file.content)))
