"""The drill: tablets sync, a copy is made, tablets sync on, the server is lost and the copy put back. Nothing is lost,
because the answers carry another epoch and tablets then ask what the server still has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.support import village
from tests.support.commands import call, environment
from tests.support.postgres import Postgres
from tests.support.promises import Told, broken
from tests.support.server import Caller, Server


class Tablet:
    """Keeps what it has sent, remembers the epoch, and offers everything again when that changes."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.interviews: dict[str, dict[str, Any]] = {}
        self.epoch = ""
        self.told: list[Told] = []
        self.seqs: list[int] = []

    def sync(self, server: Server, *new: dict[str, Any]) -> int:
        """Send what is new, and then what the server says is missing. Returns how many were sent again."""
        caller = Caller(server.client, self.token)
        self.interviews |= {item["instance_id"]: item for item in new}
        answer = self._send(caller, list(new))
        if answer["epoch"] == self.epoch:
            return 0
        self.epoch, self.seqs = answer["epoch"], []
        asked = caller.post("/instances/have", json={"instance_ids": list(self.interviews)}).json()
        assert asked["epoch"] == self.epoch
        missing = [self.interviews[each["instance_id"]] for each in asked["instances"] if each["state"] == "missing"]
        if missing:
            self._send(caller, missing)
        return len(missing)

    def _send(self, caller: Caller, items: list[dict[str, Any]]) -> Any:
        answer = caller.send(*items)
        self.told += [Told(item, receipt) for item, receipt in zip(items, answer["receipts"], strict=True) if items]
        self.seqs.append(answer["durable_seq"])
        return answer


@contextmanager
def running(settings: Settings) -> Iterator[Server]:
    app = create_app(settings)
    with TestClient(app) as client:
        yield Server(app, client)


class FileCopies:
    """`tangguh backup` beside the running server, `tangguh restore` after its loss."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.environment, self.copy = environment(settings), folder / "copy.db"

    def make(self) -> None:
        assert call(self.environment, "backup", self.copy).code == 0

    def put_back(self) -> None:
        assert call(self.environment, "restore", self.copy).code == 1
        assert call(self.environment, "restore", self.copy, "--force").code == 0


class ClusterCopies:
    """A copy by PostgreSQL's own means, which knows nothing of epochs."""

    def __init__(self, settings: Settings, postgres: Postgres) -> None:
        self.postgres, self.name = postgres, settings.database_url.partition("@/")[2].partition("?")[0]

    def make(self) -> None:
        self.postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'")
        self.postgres.execute(f"CREATE DATABASE {self.name}_copy TEMPLATE {self.name}")

    def put_back(self) -> None:
        self.postgres.execute(f"DROP DATABASE {self.name} WITH (FORCE)")
        self.postgres.execute(f"ALTER DATABASE {self.name}_copy RENAME TO {self.name}")


@pytest.fixture
def copies(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> FileCopies | ClusterCopies:
    if settings.database_url.startswith("sqlite"):
        return FileCopies(settings, tmp_path)
    return ClusterCopies(settings, request.getfixturevalue("postgres"))


def test_nothing_is_lost(settings: Settings, copies: FileCopies | ClusterCopies) -> None:
    with running(settings) as server:
        server.publish(village.COMMUNITIES, village.FORM, village.FRAMEWORK)
        tablets = [Tablet(server.enrol().token or "") for _ in range(3)]
        for tablet in tablets:
            assert tablet.sync(server, *(village.interview() for _ in range(5))) == 0
    copies.make()
    with running(settings) as server:
        for tablet in tablets:
            assert tablet.sync(server, *(village.interview() for _ in range(7))) == 0
        told_before = {receipt.receipt["receipt"] for tablet in tablets for receipt in tablet.told}
    (epoch_before,) = {tablet.epoch for tablet in tablets}
    copies.put_back()
    with running(settings) as server:
        for tablet in tablets:
            assert tablet.sync(server, village.interview()) == 7
            assert tablet.sync(server) == 0
            assert tablet.epoch != epoch_before
            assert tablet.seqs == sorted(tablet.seqs)
        kept = server.enrol(village.Role.ADMIN).get("/submissions?limit=1000").json()["submissions"]
    assert len(kept) == 3 * (5 + 7 + 1)
    assert len(told_before) == 3 * (5 + 7)
    # The seqs of what had been forgotten are given anew, in the new epoch.
    since = [each for tablet in tablets for each in _last_told(tablet)]
    assert broken(settings.database_url, since) == []


def _last_told(tablet: Tablet) -> list[Told]:
    return list({each.item["instance_id"]: each for each in tablet.told}.values())
