"""`tangguh files` finds what the store has lost or spoiled, and has tablets bring it again."""

import hashlib
from pathlib import Path

import pytest

from app.access.policy import Role
from app.settings import Settings
from tests.attachments.photos import COMMUNITIES, FORM, begin, bring, interview, photo
from tests.cli.conftest import Tangguh
from tests.support.server import Server

ITEM = interview(house={"roof": "a.jpg"}, damage=[{"picture": "b.jpg"}])


@pytest.fixture
def brought(server: Server) -> Server:
    """One interview with two photographs."""
    server.publish(COMMUNITIES, FORM)
    tablet = server.enrol(Role.ENUMERATOR, name="tablet")
    tablet.send(ITEM)
    for seed, name in enumerate(("a.jpg", "b.jpg")):
        bring(tablet, ITEM["instance_id"], name, photo(seed))
    return server


def place(settings: Settings, content: bytes) -> Path:
    name = hashlib.sha256(content).hexdigest()
    return Path(settings.attachments) / name[:2] / name


def test_a_store_that_holds_everything(tangguh: Tangguh, brought: Server) -> None:
    for options in ([], ["--read"]):
        assert tangguh("files", "--json", *options).json == {"contents": 2, "bytes": 2000, "lost": [], "forgotten": 0}


def test_lost_files_are_missing_again_once_they_are_forgotten(
    tangguh: Tangguh, brought: Server, settings: Settings
) -> None:
    place(settings, photo(0)).unlink()
    done = tangguh("files")
    assert (done.code, "1 lost" in done.out, len(done.err.splitlines())) == (1, True, 1)
    assert tangguh("files", "--forget-lost").code == 0
    owner = brought.enrol(Role.ADMIN)
    listed = owner.get(f"/submissions/{ITEM['instance_id']}/attachments").json()
    assert (listed["complete"], listed["missing"]) == (False, ["a.jpg"])
    assert begin(owner, ITEM["instance_id"], "a.jpg", photo(0)).json()["complete"] is False


def test_spoiled_files_are_found_by_reading(tangguh: Tangguh, brought: Server, settings: Settings) -> None:
    spoiled = place(settings, photo(0))
    spoiled.chmod(0o600)
    spoiled.write_bytes(photo(2))
    assert tangguh("files").code == 0
    assert tangguh("files", "--read").code == 1
    assert tangguh("files", "--read", "--forget-lost").code == 0
    assert not spoiled.exists()
