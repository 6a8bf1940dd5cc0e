"""A file is on disk, then its name in its folder, then its row is committed, and only then somebody is told."""

import hashlib
import os
from pathlib import Path

import pytest

from tests.attachments.photos import begin, interview, photo, piece
from tests.support.server import Caller, Server


@pytest.fixture
def steps(fieldwork: Server, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reaches the disk from now on, in its order."""
    taken: list[str] = []
    fsync, link = os.fsync, os.link

    def recorded_fsync(handle: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        taken.append(f"fsync {path.suffix or path.name}")
        fsync(handle)

    def recorded_link(source: Path, target: Path) -> None:
        taken.append("link")
        link(source, target)

    monkeypatch.setattr(os, "fsync", recorded_fsync)
    monkeypatch.setattr(os, "link", recorded_link)
    fieldwork.database.on_commit(lambda works, seconds: taken.append("commit"))
    return taken


def test_the_order_is_disk_folder_row(tablet: Caller, steps: list[str]) -> None:
    content = photo(1)
    upload_id = begin(tablet, interview()["instance_id"], "roof.jpg", content).json()["upload_id"]
    steps.clear()
    assert piece(tablet, upload_id, 0, content[:500]).json()["offset"] == 500
    assert steps == ["fsync .part", "fsync incoming"]
    steps.clear()
    assert piece(tablet, upload_id, 500, content[500:]).json()["complete"]
    prefix = hashlib.sha256(content).hexdigest()[:2]
    written = ["fsync .part", "fsync incoming"]
    assert steps == [*written, "fsync attachments", "link", f"fsync {prefix}", "commit"]
