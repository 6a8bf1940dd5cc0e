"""Whoever works in some communities sees these and what lies below them, in every list and in every number."""

from typing import Any

from app.access.policy import Role
from tests.support.server import Caller
from tests.support.village import COMMUNITIES, NORTH, Villages, interview

EVERYTHING = {each["code"] for each in COMMUNITIES}


SEEN: list[tuple[list[str], set[str]]] = [
    ([], EVERYTHING),
    (["city"], EVERYTHING),
    (["north"], {"north", NORTH}),
    ([NORTH], {NORTH}),
    (["north", "south.1"], {"north", NORTH, "south.1"}),
    (["removed-since"], set()),
]


def test_communities(villages: Villages) -> None:
    for role in Role:
        for mine, seen in SEEN:
            caller = villages.server.enrol(role, mine)
            assert {each["code"] for each in caller.get("/communities").json()} == seen


def test_submissions(villages: Villages) -> None:
    for role in (Role.COORDINATOR, Role.ANALYST, Role.ADMIN):
        listed = villages.north[role].get("/submissions").json()["submissions"]
        assert [each["instance_id"] for each in listed] == [villages.items["north"]["instance_id"]]
        everything = villages.server.enrol(role).get("/submissions").json()["submissions"]
        assert len(everything) == 2


def test_interview_without_a_place_is_seen_by_the_unrestricted_alone(villages: Villages) -> None:
    """A form that does not ask for the community places its interviews nowhere."""
    form: dict[str, Any] = {
        "settings": {"form_id": "unplaced", "form_title": "Unplaced", "version": "1"},
        "survey": [{"type": "text", "name": "remark", "label": "Remark"}],
    }
    villages.server.publish(form)
    item = {"instance_id": "uuid:" + "1" * 32, "form_id": "unplaced", "version": "1", "answers": {"remark": "x"}}
    assert villages.north[Role.ENUMERATOR].send(item)["summary"]["accepted"] == 1
    path = f"/submissions/uuid:{'1' * 32}"
    assert villages.north[Role.COORDINATOR].get(path).status_code == 404
    assert villages.server.enrol(Role.COORDINATOR).get(path).status_code == 200


def test_fieldwork(villages: Villages) -> None:
    enumerator = villages.south[Role.ENUMERATOR]
    enumerator.send(interview("south.1", enumerator="Budi"), interview("south.1", version="unknown"))
    counted = villages.north[Role.COORDINATOR].get("/fieldwork").json()
    assert counted["totals"]["received"] == 1
    assert counted["totals"]["held"] == 0
    assert {each["community"] for each in counted["communities"]} == {NORTH}
    assert {each["name"] for each in counted["devices"]} == {"enumerator-north"}
    assert {each["enumerator"] for each in counted["enumerators"]} == {"enumerator-north"}
    assert villages.server.enrol(Role.COORDINATOR).get("/fieldwork").json()["totals"]["received"] == 3


def test_scores(villages: Villages) -> None:
    assert _scored(villages.north[Role.ANALYST]) == (1, {NORTH})
    assert _scored(villages.south[Role.ANALYST]) == (1, {"south.1"})
    assert _scored(villages.server.enrol(Role.ANALYST)) == (2, {NORTH, "south.1"})


def _scored(caller: Caller) -> tuple[int, set[str]]:
    """The interviews in the total of everything, and the communities with a row of their own."""
    answer = caller.get("/scores", params={"by": "community"}).json()
    domains = {row["domain"]["community"] for row in answer["scores"] if row["domain"]}
    assert answer["watermark"]["submissions"] == answer["scores"][0]["n"]
    return answer["scores"][0]["n"], domains
