"""PostgreSQL has its own tools for copies; afterwards one command tells the tablets."""

import pytest

from tests.cli.conftest import Tangguh
from tests.support.server import Server


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_it_points_to_the_tools_of_the_database(tangguh: Tangguh, tmp_path: object) -> None:
    for command in ("backup", "restore"):
        refused = tangguh(command, __file__)
        assert (refused.code, len(refused.err.splitlines())) == (1, 1)
        assert "docs/operations.md" in refused.err


def test_a_new_epoch_reaches_a_running_server(tangguh: Tangguh, server: Server) -> None:
    tablet = server.enrol()
    before = tablet.send()
    renewed = tangguh("renew-epoch", "--json").json["epoch"]
    server.database.look_again()
    after = tablet.send()
    assert after["epoch"] == renewed != before["epoch"]
    assert after["server_id"] == before["server_id"]
    assert server.client.get("/healthz").json()["epoch"] == renewed
