"""A published framework with a ratio scores interviews, and its numbers are those that a hand works out."""

from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Caller, Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, NORTH, SOUTH, interview, version_of

QUESTIONS = [
    {"type": "decimal", "name": "income", "label::English (en)": "Income"},
    {"type": "integer", "name": "members", "label::English (en)": "Members"},
]
RULE = {
    "type": "ratio",
    "numerator": "income",
    "denominator": "members",
    "goalposts": {"low": 100, "high": 500},
}
WEALTH = version_of(
    FRAMEWORK,
    "1",
    indicators=[{"id": "wealth", "rule": RULE}],
    tree={"id": "total", "children": [{"indicator": "wealth"}]},
)


@pytest.fixture
def analyst(server: Server) -> Caller:
    """In the north three interviews with a ratio (200, 400 and 600 a head) and three without; in the south one."""
    server.publish(COMMUNITIES, version_of(FORM, "1", survey=[*FORM["survey"], *QUESTIONS]), WEALTH)
    server.enrol().send(
        interview(NORTH, income=800, members=4, weight=3),
        interview(NORTH, income=800, members=2),
        interview(NORTH, income=3000, members=5),
        interview(NORTH, income=800, members=0),
        interview(NORTH, income=800),
        interview(NORTH, members=4),
        interview(SOUTH, income=50.5, members=1),
    )
    return server.enrol(Role.ANALYST)


def test_the_mean_of_the_ratios_scores(analyst: Caller) -> None:
    rows = analyst.get("/scores", params={"by": "community"}).json()["scores"]
    found: dict[str, Any] = {row["domain"].get("community"): row for row in rows if row["node"] == "wealth"}
    # From 100 to 500 a head, 200 is a quarter of the way, 400 three and 600 beyond the end: 2, 4 and 5 on the scale.
    assert found[NORTH]["estimate"] == pytest.approx((3 * 2 + 4 + 5) / 5, abs=1e-12)
    assert (found[NORTH]["n"], found[NORTH]["missing"]) == (3, {"invalid": 1, "not_answered": 2})
    assert (found[SOUTH]["estimate"], found[SOUTH]["n"]) == (1, 1)


def test_its_formula_leads_down_to_both_questions(analyst: Caller) -> None:
    formula = analyst.get("/scores/wealth/lineage").json()["formula"]
    assert formula["rule"].items() >= (RULE | {"goalposts": formula["rule"]["goalposts"]}).items()
    assert formula["rule"]["goalposts"] == {"low": 100, "high": 500, "direction": None, "clip": True}
    assert formula["questions"] == [
        {"form_id": "household", "name": "income"},
        {"form_id": "household", "name": "members"},
    ]
