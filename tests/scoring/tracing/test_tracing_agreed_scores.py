"""`GET /scores/{node}/lineage?score=`: from an agreed number to its workshop, its facts, and the interviews beside."""

import math
from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Caller, Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, NORTH, SOUTH, interview, version_of
from tests.support.workshops import entry, fact, facts, workshop


@pytest.fixture
def admin(server: Server) -> Caller:
    """Six in the north are warned and near, seven in the south neither; nothing is hidden."""
    server.publish(COMMUNITIES, FORM, version_of(FRAMEWORK, "1", policy={"n_suppress": 5}))
    server.enrol().send(
        *(interview(NORTH) for _ in range(6)), *(interview(SOUTH, warned="no", minutes=90) for _ in range(7))
    )
    return server.enrol(Role.ADMIN)


def _traced(caller: Caller, node: str, **parameters: Any) -> Any:
    answer = caller.get(f"/scores/{node}/lineage", params={"score": "agreed", **parameters})
    assert answer.status_code == 200, answer.text
    return answer.json()


def _agree(caller: Caller, *entries: dict[str, Any], **members: Any) -> str:
    answer = caller.post("/workshops", json=workshop(*entries, **members))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _estimate(caller: Caller, node: str, community: str | None) -> Any:
    rows = caller.get("/scores", params={"by": "community", "score": "agreed"}).json()["scores"]
    domain = {"community": community} if community else {}
    return next(row["estimate"] for row in rows if (row["node"], row["domain"]) == (node, domain))


def test_an_agreed_score_leads_to_its_workshop_and_to_no_interview(admin: Caller) -> None:
    meeting = _agree(admin)
    told = _traced(admin, "warning", community=NORTH)
    assert (told["score"], told["estimate"], told["n"], told["interviews"]) == ("agreed", 4.8, 0, [])
    (value,) = told["values"]
    assert (value["kind"], value["id"], value["node"], value["score"]) == ("workshop", meeting, "warning", 4.8)
    assert admin.get(f"/workshops/{value['id']}").status_code == 200


def test_what_was_not_agreed_leads_to_interviews_and_both_make_the_number(admin: Caller) -> None:
    _agree(admin)
    told = _traced(admin, "total", community=NORTH)
    assert told["estimate"] == _estimate(admin, "total", NORTH) == 4.9
    assert told["weights"] == {"warning": 0.5, "shelter": 0.5}
    assert {score["indicator"] for each in told["interviews"] for score in each["scores"]} == {"shelter"}
    assert math.fsum(each["share"] for each in told["interviews"]) == pytest.approx(0.5)
    by_hand = told["weights"]["warning"] * told["values"][0]["score"] + math.fsum(
        told["weights"]["shelter"] * score["share"] * score["value"]
        for each in told["interviews"]
        for score in each["scores"]
    )
    assert by_hand == pytest.approx(told["estimate"])


def test_a_node_that_was_agreed_covers_what_is_below(admin: Caller) -> None:
    first, second = _agree(admin), _agree(admin, entry(node="total", agreed=4.7))
    told = _traced(admin, "total", community=NORTH)
    assert [value["id"] for value in told["values"]] == [second]
    assert (told["weights"], told["interviews"]) == ({"total": 1.0}, [])
    assert [value["id"] for value in _traced(admin, "warning", community=NORTH)["values"]] == [first]


def test_all_together_lead_to_the_values_of_every_community(admin: Caller) -> None:
    _agree(admin)
    _agree(admin, entry(agreed=2, reason="The siren has come since."), community=SOUTH)
    told = _traced(admin, "warning")
    assert [(value["community"], value["score"]) for value in told["values"]] == [(NORTH, 4.8), (SOUTH, 2)]
    assert told["estimate"] == _estimate(admin, "warning", None)


def test_records_lead_to_their_facts(admin: Caller) -> None:
    kept = admin.post("/facts", json=facts(fact(value=4), fact(value=3, community=SOUTH))).json()["facts"]
    told = _traced(admin, "warning", score="external", community=NORTH)
    assert (told["estimate"], told["values"][0]["kind"], told["values"][0]["id"]) == (4, "fact", kept[0]["id"])
    assert _traced(admin, "warning", community=NORTH)["values"] == []


def test_the_survey_has_no_values(admin: Caller) -> None:
    _agree(admin)
    told = _traced(admin, "warning", score="survey", community=NORTH)
    assert (told["estimate"], told["values"], len(told["interviews"])) == (5, [], 6)


def test_only_communities_and_rounds_agree(admin: Caller) -> None:
    answer = admin.get("/scores/warning/lineage", params={"score": "agreed", "dimension": "sex=f"})
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")


def test_a_hidden_number_has_neither_weights_nor_values_of_interviews(admin: Caller, server: Server) -> None:
    server.enrol().send(*(interview(SOUTH, round="late", minutes=10) for _ in range(3)))
    _agree(admin, community=SOUTH, round="late")
    told = _traced(admin, "total", community=SOUTH, round="late")
    assert (told["suppressed"], told["estimate"], told["weights"]) == ("suppressed:n", None, None)
    assert all(score["value"] is None for each in told["interviews"] for score in each["scores"])
