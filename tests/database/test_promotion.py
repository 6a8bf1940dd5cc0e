"""A standby that is promoted may lack what the old primary had: a server that runs meanwhile begins a new epoch."""

import signal
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.database import Database
from app.main import create_app
from app.settings import Settings
from tests.support.commands import seconds_until
from tests.support.postgres import Postgres
from tests.support.server import Server


@pytest.fixture
def cluster() -> Iterator[Postgres]:
    """A PostgreSQL of its own, because its neighbours would not like to be restarted."""
    own = Postgres()
    yield own
    own.stop()


def come_back_promoted(cluster: Postgres) -> None:
    """The cluster goes down and comes back as a standby, which is then promoted."""
    cluster.server.send_signal(signal.SIGINT)
    cluster.server.wait(30)
    (cluster.data / "standby.signal").touch()
    cluster.start()
    cluster.execute("SELECT pg_promote()")


def test_a_running_server_notices(cluster: Postgres) -> None:
    database = Database(cluster.url())
    database.migrate()
    database.close()
    with TestClient(create_app(Settings(database_url=cluster.url()))) as client:
        tablet = Server(client.app, client).enrol()  # type: ignore[arg-type]
        before = tablet.send()["epoch"]
        come_back_promoted(cluster)
        seconds_until(lambda: client.get("/healthz").json()["epoch"] != before, at_most=30)
        assert tablet.send()["epoch"] != before
