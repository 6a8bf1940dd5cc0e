"""`tangguh erase`: an interview destroyed for good, beside a running server."""

from app.access.policy import Role
from tests.cli.conftest import Tangguh
from tests.support.server import Server
from tests.support.village import at_work, interview


def test_it_says_what_it_destroyed(server: Server, tangguh: Tangguh) -> None:
    villages = at_work(server)
    tablet, item = villages.north[Role.ENUMERATOR], interview()
    tablet.send(item, interview(deprecated_id=item["instance_id"]))
    done = tangguh("erase", item["instance_id"], "--reason", "letter 12", "--json")
    assert (done.code, done.json["contents"], len(done.json["erased"])) == (0, 2, 2)
    assert done.json["scrubbed"] is server.database.embedded
    assert tablet.send(item)["receipts"][0]["problem"]["slug"] == "erased"
    assert tangguh("erase", item["instance_id"], "--reason", "again").out.startswith(item["instance_id"])
    assert tangguh("rebuild", "--check", "--json").json == {"interviews": 2, "differences": {}}


def test_it_needs_an_interview_and_a_reason(server: Server, tangguh: Tangguh) -> None:
    at_work(server)
    assert tangguh("erase", interview()["instance_id"], "--reason", "letter 12").code != 0
    assert tangguh("erase", interview()["instance_id"]).code != 0
