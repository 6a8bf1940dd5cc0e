"""Who may let whom in, under which name and where."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from app.access.policy import Role
from tests.support.server import Caller, Server
from tests.support.village import NORTH, SOUTH, Villages


def test_admin_enrols_every_role(server: Server) -> None:
    admin = server.enrol(Role.ADMIN)
    for role in Role:
        answer = admin.post("/enrolments", json={"name": f"new {role}", "role": role})
        assert answer.status_code == 201
        assert answer.json().keys() == {"name", "role", "communities", "token"}
        assert Caller(server.client, answer.json()["token"]).get("/communities").status_code == 200


def test_coordinator_enrols_enumerators_only(villages: Villages) -> None:
    for role in Role:
        answer = villages.north[Role.COORDINATOR].post("/enrolments", json={"name": f"new {role}", "role": role})
        assert answer.status_code == (201 if role is Role.ENUMERATOR else 403)


ASKED: list[tuple[list[str], int, list[str] | None]] = [
    ([], 201, ["north"]),
    ([NORTH], 201, [NORTH]),
    (["north", NORTH], 201, ["north", NORTH]),
    ([SOUTH], 403, None),
    ([NORTH, SOUTH], 403, None),
    (["city"], 403, None),
    (["no-such"], 403, None),
]


def test_restricted_enrol_within_their_communities(villages: Villages) -> None:
    for role in (Role.COORDINATOR, Role.ADMIN):
        for number, (communities, status, given) in enumerate(ASKED):
            body = {"name": f"{role}'s {number}", "role": "enumerator", "communities": communities}
            answer = villages.north[role].post("/enrolments", json=body)
            assert (answer.status_code, answer.json().get("communities")) == (status, given)


def test_unknown_community_is_refused(villages: Villages) -> None:
    body = {"name": "newcomer", "role": "enumerator", "communities": [NORTH, "no-such"]}
    for role in (Role.ADMIN, Role.COORDINATOR):
        answer = villages.server.enrol(role).post("/enrolments", json=body)
        assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")
        assert "no-such" in answer.json()["detail"]


def test_active_name_is_taken(villages: Villages) -> None:
    admin, before = villages.server.enrol(Role.ADMIN), villages.north[Role.ENUMERATOR]
    answer = admin.post("/enrolments", json={"name": "enumerator-north", "role": "enumerator"})
    assert (answer.status_code, answer.json()["slug"]) == (409, "name_taken")
    assert before.get("/limits").status_code == 200


def test_revoked_name_may_be_enrolled_anew_and_keeps_its_interviews(villages: Villages) -> None:
    admin, before = villages.server.enrol(Role.ADMIN), villages.north[Role.ENUMERATOR]
    villages.server.revoke("enumerator-north")
    answer = admin.post("/enrolments", json={"name": "enumerator-north", "role": "enumerator"})
    again = Caller(villages.server.client, answer.json()["token"])
    assert len(again.get("/submissions").json()["submissions"]) == 1
    assert before.get("/limits").status_code == 401


def test_expired_name_may_be_enrolled_anew(server: Server) -> None:
    expired = server.enrol(Role.ANALYST, name="tablet", now=datetime.now(UTC) - timedelta(days=40))
    again = server.enrol(Role.ANALYST, name="tablet")
    assert (expired.get("/scores").status_code, again.get("/communities").status_code) == (401, 200)


def test_new_role_replaces_the_old_one(villages: Villages) -> None:
    villages.server.revoke("admin-north")
    demoted = villages.server.enrol(Role.ENUMERATOR, ["south"], name="admin-north")
    assert demoted.get("/fieldwork").status_code == 403
    assert {each["code"] for each in demoted.get("/communities").json()} == {"south", SOUTH}


def test_coordinator_cannot_take_over_a_name_by_enrolling_it_anew(villages: Villages) -> None:
    """The name stands for its holder's interviews: they would go to whoever bears it next."""
    for name in ("enumerator-south", "analyst-north", "admin-south"):
        villages.server.revoke(name)
        answer = villages.north[Role.COORDINATOR].post("/enrolments", json={"name": name, "role": "enumerator"})
        assert (answer.status_code, answer.json()["slug"]) == (409, "name_taken")


ODD_NAMES = ["", " ", " x", "x" * 101, "nul\0", "lone surrogate \ud800", "two\nlines", "a/b"]
ODD: list[dict[str, Any]] = [
    {},
    *[{"name": name, "role": "enumerator"} for name in ODD_NAMES],
    {"name": "x", "role": "king"},
    {"name": "x", "role": "enumerator", "communities": "north"},
]


def test_odd_enrolments_are_refused(server: Server) -> None:
    admin = server.enrol(Role.ADMIN)
    for body in ODD:
        answer = admin.post("/enrolments", content=json.dumps(body), headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request"), body
