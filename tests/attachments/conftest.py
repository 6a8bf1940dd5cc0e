"""Every kind of store that we claim: a folder, and a bucket of a real S3 server."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.access.policy import Role
from app.attachments import Depot, open_depot
from app.settings import Settings
from tests.attachments.photos import COMMUNITIES, FORM
from tests.support.s3 import CREDENTIALS, S3
from tests.support.server import Caller, Server


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    server = S3()
    yield server
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `TANGGUH_ATTACHMENTS` says; an empty store."""
    if request.param == "folder":
        return str(tmp_path / "attachments")
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    server: S3 = request.getfixturevalue("s3")
    return server.url(uuid.uuid4().hex)


@pytest.fixture
def depot(place: str, tmp_path: Path) -> Depot:
    return open_depot(Settings(data=tmp_path, attachments=place, max_file_bytes=10_000_000))


@pytest.fixture
def fieldwork(server: Server) -> Server:
    """Where the form that asks for files is published."""
    server.publish(COMMUNITIES, FORM)
    return server


@pytest.fixture
def tablet(fieldwork: Server) -> Caller:
    return fieldwork.enrol(Role.ENUMERATOR, ["north"], name="tablet")


@pytest.fixture
def office(fieldwork: Server) -> Caller:
    return fieldwork.enrol(Role.COORDINATOR, ["north"], name="office")
