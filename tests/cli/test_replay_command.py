"""`tangguh replay`, and publishing: what was held is used as soon as what was missing is there."""

from app.access.policy import Role
from tests.cli.conftest import Tangguh, Write
from tests.support.server import Server
from tests.support.village import FORM, at_work, interview, version_of


def test_publishing_uses_what_was_held(server: Server, tangguh: Tangguh, write: Write) -> None:
    villages = at_work(server)
    late = interview(version="2")
    villages.north[Role.ENUMERATOR].send(late, interview("nowhere"))
    done = tangguh("publish", str(write("form.json", version_of(FORM, "2"))))
    assert done.code == 0
    assert "used       1 interviews that were held" in done.out
    assert villages.north[Role.ENUMERATOR].send(late)["receipts"][0]["status"] == "duplicate"
    assert tangguh("rebuild", "--check", "--json").json == {"interviews": 3, "differences": {}}


def test_replay_says_what_became_of_it(server: Server, tangguh: Tangguh) -> None:
    villages = at_work(server)
    assert tangguh("replay").out == "0 held interviews tried: nothing is held\n"
    villages.north[Role.ENUMERATOR].send(interview(version="2"), interview("nowhere"))
    server.publish(version_of(FORM, "2"))
    assert tangguh("replay", "--json", "--form", "leaders").json == {"tried": 0}
    assert tangguh("replay").out == "2 held interviews tried: 1 accepted, 1 held\n"
    assert tangguh("replay", "--json").json == {"tried": 1, "held": 1}
