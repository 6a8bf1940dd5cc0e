"""`GET /scores/{node}/sensitivity`: what a score owes to choices."""

from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Caller, Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, SOUTH, interview, version_of


@pytest.fixture
def analyst(server: Server) -> Caller:
    """Nine are warned and near (5, 5), one weighs 11 and is not, nor near (1, 1), two do not know whether warned."""
    server.publish(COMMUNITIES, FORM, version_of(FRAMEWORK, "1", policy={"n_suppress": 5}))
    people = [
        *(interview() for _ in range(9)),
        interview(weight=11, warned="no", minutes=90),
        *(interview(warned="dk", minutes=30) for _ in range(2)),
    ]
    assert server.enrol(Role.ENUMERATOR).send(*people)["summary"]["accepted"] == 12
    return server.enrol(Role.ANALYST)


def _row(caller: Caller, node: str = "total", **parameters: Any) -> Any:
    answer = caller.get(f"/scores/{node}/sensitivity", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()["sensitivity"][0]


def test_every_choice(analyst: Caller) -> None:
    row = _row(analyst)
    warning, shelter = (9 * 5 + 11 * 1) / 20, (9 * 5 + 11 * 1 + 2 * 3) / 22
    assert row["estimate"] == pytest.approx((warning + shelter) / 2)
    found = {(each["variant"], each.get("indicator")): each["estimate"] for each in row["variants"]}
    assert found == pytest.approx(
        {
            ("left_out", "warning"): shelter,
            ("left_out", "shelter"): warning,
            ("equal_weights", None): row["estimate"],
            ("geometric", None): (warning * shelter) ** 0.5,
            ("unweighted", None): ((9 * 5 + 1) / 10 + (9 * 5 + 1 + 2 * 3) / 12) / 2,
            ("trimmed", None): ((9 * 5 + 5) / 14 + (9 * 5 + 5 + 2 * 3) / 16) / 2,
            ("worst", None): ((9 * 5 + 11 + 2) / 22 + shelter) / 2,
            ("best", None): ((9 * 5 + 11 + 10) / 22 + shelter) / 2,
        }
    )
    for each in row["variants"]:
        assert each["change"] == each["estimate"] - row["estimate"]
        assert each["standard_error"] is not None


def test_a_share_beside_the_tree_forbids_no_geometric_mean(analyst: Caller, server: Server) -> None:
    share: dict[str, Any] = {"type": "map", "question": "warned", "map": {"yes": 1, "no": 0}}
    beside = {"id": "share", "scale": {"min": 0, "max": 1}, "rule": share}
    indicators = [*FRAMEWORK["indicators"], beside]
    server.publish(version_of(FRAMEWORK, "2", indicators=indicators, policy={"n_suppress": 5}))
    server.enrol(Role.ENUMERATOR).send(*(interview() for _ in range(5)))
    found = {each["variant"]: each["estimate"] for each in _row(analyst, version="2")["variants"]}
    assert found["geometric"] == pytest.approx(5)


def test_the_estimate_is_that_of_the_scores(analyst: Caller) -> None:
    score = analyst.get("/scores").json()["scores"][0]
    row = _row(analyst)
    assert (row["estimate"], row["standard_error"]) == (score["estimate"], score["standard_error"])


def test_who_may_not_be_told_is_not_told_by_other_weights(analyst: Caller, server: Server) -> None:
    server.enrol(Role.ENUMERATOR).send(*(interview(SOUTH, minutes=None) for _ in range(9)), interview(SOUTH))
    score = analyst.get("/scores", params={"by": "community"}).json()["scores"]
    assert any(row["domain"] == {"community": SOUTH} and row["suppressed"] for row in score)
    answer = analyst.get("/scores/total/sensitivity", params={"by": "community"}).json()["sensitivity"]
    hidden = {row["domain"]["community"] for row in answer if row["domain"] and row["suppressed"]}
    assert SOUTH in hidden
    for row in answer:
        assert not row["suppressed"] or (row["estimate"], row["variants"]) == (None, [])


def test_only_nodes_are_put_together(analyst: Caller) -> None:
    assert analyst.get("/scores/warning/sensitivity").json()["slug"] == "invalid_request"
    assert analyst.get("/scores/nothing/sensitivity").status_code == 404


def test_a_restricted_analyst_sees_the_own_part(analyst: Caller, server: Server) -> None:
    other = server.enrol(Role.ANALYST, ["south"])
    assert _row(other)["estimate"] is None
    assert _row(server.enrol(Role.ANALYST, ["north"]), by="community")["estimate"] == _row(analyst)["estimate"]
