"""A full disk: every batch is told to come again later, reading goes on, and room is all it takes to go on."""

import asyncio
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.campaign import open_fieldwork
from tests.faults.small_disk import Limited, Mounted, SmallDisk, may_mount
from tests.faults.victim import Victim
from tests.support.promises import Told, broken
from tests.support.village import interview

MOUNTS = may_mount()
DISKS: list[type[SmallDisk]] = [Mounted, Limited] if MOUNTS else [Limited]

MOST_BATCHES = 500
"""A small disk must be full before."""

REFUSED = 20

Batch = dict[str, Any]


class Sender:
    """A tablet that keeps each batch until it has its receipts, and the office that looks on."""

    def __init__(self, victim: Victim) -> None:
        tablet, *_, office = open_fieldwork(victim.database_url)
        self.tablet, self.office = {"Authorization": f"Bearer {tablet}"}, {"Authorization": f"Bearer {office}"}
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{victim.port}", timeout=60, trust_env=False)
        self.told: list[Told] = []
        self.unsent: list[Batch] = []

    def send(self, batch: Batch) -> httpx.Response:
        answer = self.client.post("/api/v1/batches", json=batch, headers=self.tablet)
        if answer.status_code == 200:
            receipts = answer.json()["receipts"]
            self.told += [Told(item, receipt) for item, receipt in zip(batch["items"], receipts, strict=True)]
        else:
            self.unsent.append(batch)
        return answer

    def send_again(self) -> list[int]:
        """The statuses with which the unsent batches are answered now."""
        batches, self.unsent = self.unsent, []
        return [self.send(batch).status_code for batch in batches]


def new_batch(items: int) -> Batch:
    return {"batch_id": str(uuid.uuid4()), "items": [interview(respondent="x" * 500) for _ in range(items)]}


@pytest.fixture(params=DISKS, ids=lambda disk: disk.__name__.lower())
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    small: SmallDisk = request.param(tmp_path)
    yield small
    small.close()


@pytest.fixture
def full_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that takes nothing; where no file system may be mounted, something that is no folder at all."""
    if not MOUNTS:
        yield Path("/dev/null")
        return
    folder = tmp_path / "full"
    folder.mkdir()
    disk = Mounted(folder)
    disk.fill()
    yield folder
    disk.close()


def test_a_full_disk(disk: SmallDisk, sqlite_template: Path, record_property: Callable[[str, object], None]) -> None:
    """Database, log and all on one disk."""
    url = f"sqlite:///{shutil.copy(sqlite_template, disk.folder / 'tangguh.db')}"
    with Victim(url, disk.folder) as victim:
        sender = _start(victim)
        disk.limit(victim.pid)
        _fill(sender)
        _assert_reads(sender)
        disk.make_room(victim.pid)
        assert sender.send_again() == [200] * REFUSED
        victim.stop()
    sender.client.close()
    sent = [each.item for each in sender.told]
    record_property("report", f"{REFUSED} batches refused, {len(sent)} interviews told to be kept")
    assert broken(url, sender.told, sent) == []


def test_a_full_folder_for_temporary_files(full_folder: Path, sqlite_template: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'tangguh.db')}"
    surroundings = {"TMPDIR": str(full_folder), "SQLITE_TMPDIR": str(full_folder)}
    with Victim(url, tmp_path, surroundings=surroundings) as victim:
        sender = _start(victim)
        assert [sender.send(new_batch(500)).status_code for _ in range(4)] == [200] * 4
        _assert_reads(sender)
        victim.stop()
    sender.client.close()
    assert broken(url, sender.told, [each.item for each in sender.told]) == []


def _start(victim: Victim) -> Sender:
    sender = Sender(victim)
    victim.start()
    asyncio.run(victim.up())
    return sender


def _fill(sender: Sender) -> None:
    """Send until many were refused. A checkpoint in between may make room for another one, which is kept then."""
    for _ in range(MOST_BATCHES):
        answer = sender.send(new_batch(20))
        if answer.status_code != 200:
            _assert_told_to_come_again(answer)
        if len(sender.unsent) == REFUSED:
            return
    raise AssertionError("the disk was never full")


def _assert_told_to_come_again(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["retry"] == "later"


def _assert_reads(sender: Sender) -> None:
    get, api = sender.client.get, "/api/v1"
    for path in ("/forms/household", "/limits", "/submissions"):
        assert get(api + path, headers=sender.tablet).status_code == 200, path
    for path in ("/fieldwork", "/scores?framework=safety", "/integrity", "/submissions?limit=1000"):
        assert get(api + path, headers=sender.office).status_code == 200, path
    assert get("/healthz").status_code == 200
    asked = {"instance_ids": [sender.told[0].item["instance_id"]]}
    answer = sender.client.post(f"{api}/instances/have", json=asked, headers=sender.tablet)
    assert answer.json()["instances"][0]["state"] == "kept"
