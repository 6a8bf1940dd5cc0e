"""`include=approved`: every analysis of what coordinators have approved, and nothing of anybody by subtraction."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Caller, Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, NORTH, SOUTH, interview, version_of

People = list[dict[str, Any]]


@pytest.fixture
def guarded(server: Server) -> Server:
    server.publish(COMMUNITIES, FORM, version_of(FRAMEWORK, "1", policy={"n_suppress": 5}))
    return server


def _people(count: int, /, community: str = NORTH, **answers: Any) -> People:
    both = ({"warned": "no", "minutes": 20}, {"warned": "yes", "minutes": 5})
    return [interview(community, **{**both[at % 2], **answers}) for at in range(count)]


def _reviewed(server: Server, approved: Sequence[dict[str, Any]], rest: Sequence[dict[str, Any]] = ()) -> Caller:
    tablet, coordinator = server.enrol(Role.ENUMERATOR), server.enrol(Role.COORDINATOR)
    assert tablet.send(*approved, *rest)["summary"]["accepted"] == len(approved) + len(rest)
    body = {"state": "approved", "instance_ids": [each["instance_id"] for each in approved]}
    assert coordinator.post("/reviews", json=body).json()["reviewed"] == len(approved)
    return server.enrol(Role.ANALYST)


def _asked(analyst: Caller, path: str = "/scores", **parameters: Any) -> Any:
    answer = analyst.get(path, params={"include": "approved", **parameters})
    assert answer.status_code == 200, answer.text
    return answer.json()


def _rows(analyst: Caller, **parameters: Any) -> dict[str, dict[str, Any]]:
    rows = _asked(analyst, **{"by": "community", **parameters})["scores"]
    return {row["domain"].get("community", ""): row for row in rows if row["node"] == "warning"}


def _hidden(analyst: Caller, **parameters: Any) -> dict[str, str]:
    rows = _rows(analyst, **parameters)
    return {place: row["suppressed"] for place, row in rows.items() if row["suppressed"]}


def test_every_analysis_is_of_what_is_approved(guarded: Server) -> None:
    approved = [*_people(10), *_people(12, SOUTH, warned="yes")]
    analyst = _reviewed(guarded, approved, [*_people(9, warned="no"), *_people(9, SOUTH, warned="no")])
    rows = _rows(analyst)
    assert {place: (row["estimate"], row["n"]) for place, row in rows.items()} == {
        "": (pytest.approx((10 * 3 + 12 * 5) / 22), 22),
        NORTH: (3, 10),
        SOUTH: (5, 12),
    }
    table = analyst.get("/scores.csv", params={"include": "approved", "by": "community"}).text
    assert f"{rows['']['estimate']}," in table
    (pair,) = _asked(analyst, "/scores/differences", node="warning")["differences"]
    assert (pair["estimate_a"], pair["estimate_b"], pair["difference"]) == (3, 5, 2)
    assert _asked(analyst, "/scores/total/reliability")["reliability"][0]["n"] == 22
    (varied,) = _asked(analyst, "/scores/total/sensitivity")["sensitivity"]
    assert varied["variants"][1]["estimate"] == pytest.approx(rows[""]["estimate"]), "all but the shelter"
    for path in ("/scores", "/scores/differences", "/scores/total/reliability", "/scores/total/sensitivity"):
        about = _asked(analyst, path)
        assert (about["include"], about["watermark"]["submissions"]) == ("approved", 22)
        assert analyst.get(path, params={"include": "rejected"}).status_code == 422


def test_where_nothing_is_approved_yet_nothing_is_told(guarded: Server) -> None:
    row = _rows(_reviewed(guarded, _people(10), _people(10, SOUTH)))[SOUTH]
    assert (row["estimate"], row["n"], "no_data" in row["flags"]) == (None, 0, True)


def test_few_who_are_approved_are_hidden_after_the_filter(guarded: Server) -> None:
    analyst = _reviewed(guarded, [*_people(4), *_people(20, SOUTH)], [*_people(20), *_people(20, SOUTH)])
    assert _hidden(analyst, include="all") == {}
    assert _hidden(analyst) == {NORTH: "suppressed:n", SOUTH: "suppressed:complementary"}


def test_few_who_are_not_approved_are_no_difference(guarded: Server) -> None:
    """All less what is approved would be these two."""
    analyst = _reviewed(guarded, [*_people(20), *_people(20, SOUTH)], [*_people(2), *_people(20, SOUTH)])
    assert _hidden(analyst, include="all") == {}
    assert _hidden(analyst) == {NORTH: "suppressed:n", SOUTH: "suppressed:complementary"}
    assert _asked(analyst, "/scores/differences", node="warning")["differences"] == []
    assert _asked(analyst, "/scores/total/reliability", by="community")["reliability"][1]["suppressed"]
    assert _asked(analyst, "/scores/total/sensitivity", by="community")["sensitivity"][1]["suppressed"]


def test_a_single_one_who_is_not_approved_hides_the_whole(guarded: Server) -> None:
    analyst = _reviewed(guarded, [*_people(20), *_people(20, SOUTH)], _people(1))
    assert set(_hidden(analyst)) == {"", NORTH}, "in the south all are approved, and stand under all as well"


def test_what_all_keeps_hidden_stays_hidden(guarded: Server) -> None:
    analyst = _reviewed(guarded, [*_people(3), *_people(20, SOUTH)])
    assert _hidden(analyst) == _hidden(analyst, include="all")
    assert set(_hidden(analyst)) == {NORTH, SOUTH}


def test_reviews_hide_nothing_of_all(guarded: Server) -> None:
    analyst = _reviewed(guarded, _people(1), [*_people(20), *_people(6, SOUTH)])
    assert _hidden(analyst, include="all") == {}
