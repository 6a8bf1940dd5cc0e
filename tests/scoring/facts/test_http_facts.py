"""Facts come in with source, date and grade; a later one counts instead, and the earlier one stays to be seen."""

import json
from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Caller
from tests.support.village import FRAMEWORK, NORTH, SOUTH, Villages, version_of
from tests.support.workshops import fact, facts

Faults = dict[str, str]


@pytest.fixture
def coordinator(villages: Villages) -> Caller:
    return villages.north[Role.COORDINATOR]


def _kept(caller: Caller, **parameters: Any) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = caller.get("/facts", params=parameters).json()["facts"]
    return kept


def _faults(answer: Any) -> Faults:
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")
    return {fault["where"]: fault["what"] for fault in answer.json()["errors"]}


def test_a_fact_is_told_as_it_was_recorded(coordinator: Caller) -> None:
    sent = fact(round="baseline", note="Counted by RT")
    answer = coordinator.post("/facts", json=facts(sent))
    assert answer.status_code == 201
    (kept,) = answer.json()["facts"]
    assert kept.items() >= sent.items()
    assert (kept["framework_id"], kept["framework_version"], kept["superseded"]) == ("safety", "1", False)
    assert (kept["scale"], kept["unit"], kept["synthetic"]) == ({"min": 1, "max": 5}, None, False)
    assert kept.keys() >= {"recorded_by", "recorded_at", "id", "seq"}
    assert [each["id"] for each in _kept(coordinator)] == [kept["id"]]


def test_a_later_fact_counts_and_the_earlier_one_stays(coordinator: Caller) -> None:
    for value in (4, 2, None):
        coordinator.post("/facts", json=facts(fact(value=value)))
    assert [each["value"] for each in _kept(coordinator)] == [None], "the last one takes the value back"
    history = _kept(coordinator, history=True)
    assert [(each["value"], each["superseded"]) for each in history] == [(4, True), (2, True), (None, False)]


def test_another_place_round_source_or_community_is_another_fact(villages: Villages) -> None:
    admin = villages.server.enrol(Role.ADMIN)
    others = [fact(node="total"), fact(round="endline"), fact(source="group"), fact(community=SOUTH)]
    assert admin.post("/facts", json=facts(fact(), *others)).status_code == 201
    assert [each["superseded"] for each in _kept(admin, history=True)] == [False] * 5
    assert (
        len(_kept(admin, community=SOUTH)) == len(_kept(admin, source="group")) == len(_kept(admin, node="total")) == 1
    )


def test_pages_follow_each_other(coordinator: Caller) -> None:
    coordinator.post("/facts", json=facts(*(fact(round=str(number)) for number in range(5))))
    seen, cursor = [], 0
    while cursor is not None:
        page = coordinator.get("/facts", params={"cursor": cursor, "limit": 2}).json()
        seen += [each["round"] for each in page["facts"]]
        cursor = page["next_cursor"]
    assert seen == ["0", "1", "2", "3", "4"]


def test_every_fault_is_told_at_once_and_nothing_is_kept(coordinator: Caller) -> None:
    sent = [
        fact(),
        fact(node="warnng", community="nowhere", observed_on="2999-01-01"),
        fact(value=5.5),
        fact(node="shelter", value=10, unit="minutes"),
        fact(value=10, unit="minutes"),
        fact(community=SOUTH),
    ]
    found = _faults(coordinator.post("/facts", json=facts(*sent)))
    assert list(found) == [
        "body.facts.1.community",
        "body.facts.1.observed_on",
        "body.facts.1.node",
        "body.facts.2.value",
        "body.facts.4.unit",
        "body.facts.5.community",
    ]
    assert "warning" in found["body.facts.1.node"], "a name that is nearly right is suggested"
    assert found["body.facts.5.community"] == found["body.facts.1.community"].replace("nowhere", SOUTH)
    assert _kept(coordinator) == []


@pytest.mark.parametrize(
    ("members", "where"),
    [
        ({"source": "survey"}, "source"),
        ({"grade": "E"}, "grade"),
        ({"reference": "  "}, "reference"),
        ({"reference": "a\0b"}, "reference"),
        ({"value": True}, "value"),
        ({"value": 10**400}, "value"),
        ({"observed_on": "yesterday"}, "observed_on"),
        ({"value": "4"}, "value"),
        ({"valeu": 4}, "valeu"),
    ],
)
def test_shape_is_strict(coordinator: Caller, members: dict[str, Any], where: str) -> None:
    assert list(_faults(coordinator.post("/facts", json=facts(fact(**members))))) == [f"body.facts.0.{where}"]


def test_text_that_nothing_can_hold_is_refused(coordinator: Caller) -> None:
    body = json.dumps(facts(fact(reference="\ud800")))
    answer = coordinator.post("/facts", content=body, headers={"Content-Type": "application/json"})
    assert list(_faults(answer)) == ["body.facts.0.reference"]


def test_framework_must_be_published(coordinator: Caller) -> None:
    assert "safety" in _faults(coordinator.post("/facts", json=facts(framework="none")))["body.framework"]


def test_root_of_a_profile_without_total_has_no_score(villages: Villages, coordinator: Caller) -> None:
    villages.server.publish(version_of(FRAMEWORK, "1", id="profile", total="off"))
    found = _faults(coordinator.post("/facts", json=facts(fact(node="total"), framework="profile")))
    assert list(found) == ["body.facts.0.node"]


def test_facts_of_the_other_side_are_not_seen(villages: Villages, coordinator: Caller) -> None:
    coordinator.post("/facts", json=facts())
    for role in (Role.COORDINATOR, Role.ANALYST, Role.ADMIN):
        assert len(_kept(villages.north[role])) == 1
        assert _kept(villages.south[role]) == []


def test_parent_and_village_are_places_of_their_own(coordinator: Caller) -> None:
    coordinator.post("/facts", json=facts(fact(), fact(community="north")))
    assert [each["community"] for each in _kept(coordinator)] == [NORTH, "north"]
