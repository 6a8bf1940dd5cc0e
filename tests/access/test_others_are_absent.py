"""Somebody else's record cannot be told from one that does not exist: same status, same bytes, no trace."""

import uuid
from typing import Any

from sqlmodel import select

from app.access.policy import Role
from app.access.tables import AuditEntry
from tests.support.village import NORTH, SOUTH, Villages, interview

NOWHERE = [f"uuid:{uuid.UUID(int=7)}", str(uuid.UUID(int=7)), "uuid:no-such-thing", "1", "%00", "x" * 300]


def _told(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}


def test_interview_of_the_other_side_is_like_none(villages: Villages) -> None:
    for reader in villages.north.values():
        others = reader.get(f"/submissions/{villages.items['south']['instance_id']}")
        assert others.status_code == 404
        for absent in (reader.get(f"/submissions/{each}") for each in NOWHERE):
            assert (absent.status_code, absent.content) == (404, others.content)
            assert _told(absent) == _told(others)


def test_interview_of_a_neighbour_in_the_same_village_is_like_none(villages: Villages) -> None:
    neighbour = villages.server.enrol(Role.ENUMERATOR, ["north"])
    path = f"/submissions/{villages.items['north']['instance_id']}"
    assert villages.north[Role.ENUMERATOR].get(path).status_code == 200
    assert neighbour.get(path).content == neighbour.get(f"/submissions/{NOWHERE[0]}").content
    assert neighbour.get("/submissions").json()["submissions"] == []


def test_what_is_refused_leaves_no_trace_of_a_read(villages: Villages) -> None:
    villages.north[Role.COORDINATOR].get(f"/submissions/{villages.items['south']['instance_id']}")
    with villages.server.database.read() as session:
        assert "answers_read" not in [entry.action for entry in session.exec(select(AuditEntry))]


def test_have_knows_nothing_of_what_others_brought(villages: Villages) -> None:
    ids = [item["instance_id"] for item in villages.items.values()]
    asked = {"instance_ids": [*ids, NOWHERE[0]]}
    answer = villages.north[Role.ENUMERATOR].post("/instances/have", json=asked).json()
    assert [each["state"] for each in answer["instances"]] == ["kept", "missing", "missing"]
    assert answer["instances"][1]["sha256"] is None


def test_held_of_the_other_side_is_like_none(villages: Villages) -> None:
    held = interview(SOUTH, version="unknown")
    assert villages.south[Role.ENUMERATOR].send(held)["summary"]["held"] == 1
    reader = villages.north[Role.COORDINATOR]
    absent = reader.get(f"/submissions/{NOWHERE[0]}")
    assert reader.get(f"/submissions/{held['instance_id']}").content == absent.content


def test_conflict_shows_each_side_its_own_alone(villages: Villages) -> None:
    """The south sends other content under an id of the north: neither sees what the other wrote."""
    conflicting = interview(SOUTH, instance_id=villages.items["north"]["instance_id"])
    assert villages.south[Role.ENUMERATOR].send(conflicting)["summary"]["conflict"] == 1
    path = f"/submissions/{conflicting['instance_id']}"
    for role in (Role.ENUMERATOR, Role.COORDINATOR, Role.ADMIN):
        theirs, ours = villages.north[role].get(path).json(), villages.south[role].get(path).json()
        assert (theirs["community"], theirs["set_aside"]) == (NORTH, [])
        assert (ours["community"], ours["state"], "answers" in ours) == (SOUTH, "conflict", False)


def test_name_of_the_other_side_is_like_none(villages: Villages) -> None:
    coordinator = villages.north[Role.COORDINATOR]
    absent = coordinator.delete("/enrolments/nobody-at-all")
    assert absent.status_code == 404
    for name in ("enumerator-south", "coordinator-north", "admin-north"):
        refused = coordinator.delete(f"/enrolments/{name}")
        assert (refused.status_code, refused.content) == (404, absent.content)
    assert villages.south[Role.ENUMERATOR].get("/limits").status_code == 200


def test_community_of_the_other_side_is_like_none(villages: Villages) -> None:
    reader = villages.north[Role.COORDINATOR]
    others = reader.get("/submissions", params={"community": SOUTH})
    assert others.json() == {"submissions": [], "next_cursor": None}
    assert reader.get("/submissions", params={"community": "no-such"}).content == others.content
