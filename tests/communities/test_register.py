"""`GET /communities`: the register as it was published, with every member that a tablet may show."""

import pytest

from tests.support.server import Server
from tests.support.village import COMMUNITIES, NORTH

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_register_is_told_as_it_was_published(server: Server) -> None:
    assert server.enrol().get("/communities").json() == []
    server.publish(COMMUNITIES)
    told = server.enrol().get("/communities").json()
    assert [each["code"] for each in told] == sorted(each["code"] for each in COMMUNITIES)
    (north,) = [each for each in told if each["code"] == NORTH]
    assert north == {
        "code": NORTH,
        "name": "Tanjung",
        "level": "kelurahan",
        "parent": "north",
        "bps_code": "3374",
        "aliases": [],
        "centroid": None,
        "hazards": [],
        "targets": {"household": 10, "leaders": 2},
        "period": {"from": "2026-11-01", "until": "2026-11-10"},
    }


def test_entry_is_replaced_by_its_code_and_others_stay(server: Server) -> None:
    server.publish(COMMUNITIES)
    server.publish([{**COMMUNITIES[0], "name": "Kota Lama"}])
    names = {each["code"]: each["name"] for each in server.enrol().get("/communities").json()}
    assert (names["city"], names["north"]) == ("Kota Lama", "Utara")
