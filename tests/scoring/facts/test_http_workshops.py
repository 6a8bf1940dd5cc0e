"""A workshop is kept as it was: what groups scored before and after, what was agreed and why, who dissents."""

from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Caller
from tests.support.village import FRAMEWORK, NORTH, SOUTH, Villages, interview, version_of
from tests.support.workshops import entry, workshop

EVIDENCE = {"type": "observation", "reference": "Walk on 12 November", "date": "2026-11-12", "grade": "B"}


@pytest.fixture
def villages(villages: Villages) -> Villages:
    """Ten of the north, all of whom were warned but two: 4.2 with an interval of 1.2 to either side."""
    villages.north[Role.ENUMERATOR].send(*(interview(warned="no" if each < 2 else "yes") for each in range(9)))
    return villages


@pytest.fixture
def coordinator(villages: Villages) -> Caller:
    return villages.north[Role.COORDINATOR]


def _faults(answer: Any) -> dict[str, str]:
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")
    return {fault["where"]: fault["what"] for fault in answer.json()["errors"]}


def _sent(caller: Caller, *entries: dict[str, Any], **members: Any) -> Any:
    return caller.post("/workshops", json=workshop(*entries, **members))


def test_a_workshop_is_told_as_it_was_recorded(villages: Villages, coordinator: Caller) -> None:
    sent = workshop(
        entry(dissent="One of eight would keep 3", evidence=[EVIDENCE]), round=None, place="Balai RW 3", minutes="K-7"
    )
    answer = coordinator.post("/workshops", json=sent)
    assert answer.status_code == 201
    told = villages.north[Role.ANALYST].get(f"/workshops/{answer.json()['id']}").json()
    for name in ("community", "round", "held_on", "place", "minutes"):
        assert told[name] == sent[name]
    assert [{name: group[name] for name in ("label", "size")} for group in told["groups"]] == [
        {"label": "women", "size": 8},
        {"label": "men", "size": 6},
    ]
    (kept,) = told["entries"]
    assert (kept["agreed"], kept["method"], kept["dissent"]) == (4.8, "compromise", "One of eight would keep 3")
    assert [(each["before"], each["after"]) for each in kept["scores"]] == [(3, 4), (2, None)]
    assert kept["evidence"][0].items() >= EVIDENCE.items()
    assert (told["framework_version"], len(told["framework_sha256"]), told["survey_seq"]) == ("1", 64, 12)


def test_the_survey_stands_beside_it_as_it_was(villages: Villages, coordinator: Caller) -> None:
    analyst = villages.server.enrol(Role.ANALYST)
    rows = analyst.get("/scores", params={"by": "community"}).json()["scores"]
    row = next(row for row in rows if row["node"] == "warning" and row["domain"])
    told = _sent(coordinator).json()
    villages.north[Role.ENUMERATOR].send(interview(warned="no"))
    kept = analyst.get(f"/workshops/{told['id']}").json()["entries"][0]
    assert kept["survey"].items() <= row.items()
    assert kept["survey"]["n"] == 10
    assert kept["deviation"]["before"]["delta"] == 2.5 - row["estimate"]
    assert kept["groups"]["before"]["median"] == 2.5
    assert kept["groups"]["before"]["weighted_mean"] == (3 * 8 + 2 * 6) / 14


def test_who_may_not_read_scores_sees_no_number_of_the_survey(coordinator: Caller) -> None:
    told = _sent(coordinator, entry(), entry(node="shelter", method="keep_survey", agreed=None)).json()
    for shown in (told, coordinator.get(f"/workshops/{told['id']}").json()):
        for each in shown["entries"]:
            assert each.keys().isdisjoint({"survey", "deviation"})
        assert [each["agreed"] for each in shown["entries"]] == [4.8, None], "a kept number is the survey's"
        assert all(own.keys() == {"kendall_w", "scored_by_all"} for own in shown["agreement"].values())


def test_groups_that_order_alike_are_in_concord(villages: Villages) -> None:
    """Both groups put shelter before warning, before they saw the survey; afterwards only one speaks of shelter."""
    admin = villages.server.enrol(Role.ADMIN)
    alike = [
        entry(scores=[{"group": "women", "before": 2, "after": 3}, {"group": "men", "before": 1, "after": 4}]),
        entry(node="shelter", scores=[{"group": "women", "before": 5, "after": 4}, {"group": "men", "before": 3}]),
    ]
    told = _sent(admin, *alike).json()["agreement"]
    assert told["before"]["kendall_w"] == 1
    assert told["after"]["kendall_w"] is None
    assert told["before"]["spearman"] == 1
    assert told["before"]["mean_absolute_deviation"] == pytest.approx((4.2 - 1.5 + 5 - 4) / 2)


@pytest.mark.parametrize(
    ("agreed", "reason", "is_refused"),
    [(4.2, None, False), (3.1, None, False), (5.0, None, False), (2.9, None, True), (2.9, "Sirens broke", False)],
)
def test_reason_is_due_beyond_the_interval(
    coordinator: Caller, agreed: float, reason: str | None, is_refused: bool
) -> None:
    answer = _sent(coordinator, entry(agreed=agreed, reason=reason))
    if is_refused:
        assert list(_faults(answer)) == ["body.entries.0.reason"]
    else:
        assert answer.status_code == 201


def test_half_a_point_is_always_free(coordinator: Caller) -> None:
    """All ten are close to a shelter, so that the interval has no width."""
    assert _sent(coordinator, entry(node="shelter", agreed=4.5)).status_code == 201
    assert list(_faults(_sent(coordinator, entry(node="shelter", agreed=4.4)))) == ["body.entries.0.reason"]


def test_no_reason_is_due_where_too_few_were_asked(villages: Villages) -> None:
    """Whoever is asked for a reason learns roughly what two people said."""
    villages.server.publish(version_of(FRAMEWORK, "2", policy={"n_suppress": 5}))
    south = villages.south[Role.COORDINATOR]
    assert _sent(south, entry(agreed=1), community=SOUTH).status_code == 201
    refused = _faults(_sent(south, entry(method="keep_survey", agreed=None), community=SOUTH))
    assert list(refused) == ["body.entries.0.method"]


def test_methods_tell_the_score_that_they_keep(villages: Villages) -> None:
    admin = villages.server.enrol(Role.ADMIN)
    entries = [
        entry(method="keep_survey", agreed=None),
        entry(node="shelter", method="keep_group", agreed=None, reason="Bridges"),
        entry(node="total", method="no_agreement", agreed=None),
    ]
    told = _sent(admin, *entries).json()["entries"]
    assert [each["agreed"] for each in told] == [told[0]["survey"]["estimate"], 3, None]


def test_every_fault_is_told_at_once_and_nothing_is_kept(coordinator: Caller) -> None:
    entries = [
        entry(node="warnng"),
        entry(agreed=6, scores=[{"group": "womn", "before": 0}, {"group": "men"}, {"group": "men"}]),
        entry(node="shelter", method="keep_group", agreed=4),
        entry(node="total", method="no_agreement"),
        entry(node="shelter", method="new_evidence", agreed=5),
        entry(node="shelter", method="compromise", agreed=None),
    ]
    answer = _sent(coordinator, *entries, community=SOUTH, held_on="2999-01-01", corrects=NOBODY)
    assert list(_faults(answer)) == [
        "body.community",
        "body.held_on",
        "body.entries",
        "body.entries.0.node",
        "body.entries.1.scores",
        "body.entries.1.scores.0.group",
        "body.entries.1.scores.0.before",
        "body.entries.1.agreed",
        "body.entries.2.agreed",
        "body.entries.3.agreed",
        "body.entries.4.evidence",
        "body.entries.5.agreed",
        "body.corrects",
    ]
    assert coordinator.get("/workshops").json() == {"workshops": [], "next_cursor": None}


NOBODY = "00000000-0000-0000-0000-000000000007"


def test_a_correction_names_a_workshop_of_the_same_place(villages: Villages, coordinator: Caller) -> None:
    first = _sent(coordinator).json()["id"]
    assert _sent(coordinator, corrects=first).json()["corrects"] == first
    elsewhere = _faults(_sent(villages.server.enrol(Role.ADMIN), community=SOUTH, corrects=first))
    assert list(elsewhere) == ["body.corrects"]
    listed = coordinator.get("/workshops", params={"community": NORTH}).json()["workshops"]
    assert [each["corrects"] for each in listed] == [None, first], "both stay"


def test_workshop_of_the_other_side_is_like_none(villages: Villages, coordinator: Caller) -> None:
    told = _sent(coordinator).json()["id"]
    for reader in (villages.south[Role.COORDINATOR], villages.south[Role.ANALYST], villages.south[Role.ADMIN]):
        others, absent = reader.get(f"/workshops/{told}"), reader.get(f"/workshops/{NOBODY}")
        assert (others.status_code, others.content) == (404, absent.content)
        assert reader.get("/workshops").json()["workshops"] == []
