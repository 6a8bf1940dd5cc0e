"""A framework that forbids a total (`total: off`) has none, whatever is asked."""

import pytest

from app.access.policy import Role
from tests.support.server import Caller, Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, interview, version_of


@pytest.fixture
def admin(server: Server) -> Caller:
    server.publish(COMMUNITIES, FORM, version_of(FRAMEWORK, "1", total="off"))
    server.enrol().send(*(interview(warned="no" if turn % 2 else "yes") for turn in range(12)))
    return server.enrol(Role.ADMIN)


@pytest.mark.parametrize("score", ["survey", "group", "external", "agreed"])
def test_no_row_is_told(admin: Caller, score: str) -> None:
    rows = admin.get("/scores", params={"by": "community", "score": score}).json()["scores"]
    assert {row["node"] for row in rows} == {"warning", "shelter"}


@pytest.mark.parametrize("analysis", ["sensitivity", "reliability", "lineage"])
def test_nothing_is_told_about_it(admin: Caller, analysis: str) -> None:
    assert admin.get(f"/scores/total/{analysis}").status_code == 404


def test_it_is_not_compared(admin: Caller) -> None:
    assert admin.get("/scores/differences", params={"node": "total"}).json()["slug"] == "invalid_request"
    told = admin.get("/scores/differences", params={"between": "sex"}).json()
    assert "total" not in {row["node"] for row in told["differences"]}
