"""What was agreed is public, and gives nobody away of whom the survey tells nothing."""

from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Caller, Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, NORTH, SOUTH, interview, version_of
from tests.support.workshops import entry, fact, facts, workshop

EAST = "east.1"
HIDDEN = "suppressed:complementary"
Rows = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture
def admin(server: Server) -> Caller:
    """Three people of the north, and twenty in the south and in the east: the survey hides the north and the south."""
    east = {"code": EAST, "name": "Timur", "level": "kelurahan", "parent": "city"}
    server.publish([*COMMUNITIES, east], FORM, version_of(FRAMEWORK, "1", policy={"n_suppress": 5}))
    places = [NORTH] * 3 + [SOUTH] * 20 + [EAST] * 21
    sent = [interview(code, warned="yes" if at % 2 else "no") for at, code in enumerate(places)]
    assert server.enrol().send(*sent)["summary"]["accepted"] == len(sent)
    return server.enrol(Role.ADMIN)


def _rows(caller: Caller, score: str, **parameters: Any) -> Rows:
    answer = caller.get("/scores", params={"by": "community", **parameters, "score": score})
    assert answer.status_code == 200
    return {(row["node"], row["domain"].get("community", "")): row for row in answer.json()["scores"]}


def _meet(caller: Caller, *entries: dict[str, Any], **members: Any) -> dict[str, Any]:
    answer = caller.post("/workshops", json=workshop(*entries, **members))
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_where_nothing_was_agreed_the_same_is_hidden(admin: Caller) -> None:
    survey, agreed = _rows(admin, "survey"), _rows(admin, "agreed")
    assert {place: row["suppressed"] for place, row in agreed.items()} == {
        place: row["suppressed"] for place, row in survey.items()
    }
    assert survey["warning", NORTH]["suppressed"] == "suppressed:n"
    assert survey["warning", SOUTH]["suppressed"] == HIDDEN
    assert survey["warning", EAST]["suppressed"] is survey["warning", ""]["suppressed"] is None


def test_what_was_agreed_is_told_and_the_survey_in_its_node_is_not(admin: Caller) -> None:
    """From the whole and the agreed half, the other half of three people would follow."""
    _meet(admin)
    rows = _rows(admin, "agreed")
    warning, shelter, total = (rows[node, NORTH] for node in ("warning", "shelter", "total"))
    assert (warning["estimate"], warning["n"], warning["suppressed"]) == (4.8, 0, None)
    assert (shelter["suppressed"], shelter["estimate"], shelter["n"]) == ("suppressed:n", None, None)
    assert (total["suppressed"], total["estimate"], total["children"]) == ("suppressed:n", None, [])


def test_all_together_does_not_tell_one_of_them(admin: Caller) -> None:
    """The survey hides the north among itself and the south; once the south is given, the north would be left."""
    _meet(admin, community=SOUTH)
    rows = _rows(admin, "agreed")
    assert rows["warning", SOUTH]["estimate"] == 4.8
    assert (rows["warning", ""]["suppressed"], rows["warning", ""]["estimate"]) == (HIDDEN, None)
    assert rows["total", ""]["suppressed"] == HIDDEN
    assert rows["shelter", ""]["suppressed"] is None, "this is the survey's own"


def test_how_many_were_asked_does_not_follow_from_weights(admin: Caller) -> None:
    """Everything is given or told, but that three were asked in the north, as many as what was agreed there weighs."""
    _meet(admin)
    _meet(admin, community=SOUTH)
    assert _rows(admin, "agreed")["warning", ""]["suppressed"] == HIDDEN


def test_a_node_of_nothing_but_agreed_scores_is_told(admin: Caller) -> None:
    _meet(admin, entry(), entry(node="shelter", agreed=2))
    total = _rows(admin, "agreed")["total", NORTH]
    assert (total["estimate"], total["n"], total["missing"]) == (pytest.approx(3.4), 0, {})
    assert [child["estimate"] for child in total["children"]] == [4.8, 2]


def test_a_node_that_was_agreed_on_tells_nothing_of_its_parts(admin: Caller) -> None:
    _meet(admin, entry(node="total"))
    total = _rows(admin, "agreed")["total", NORTH]
    assert (total["estimate"], total["n"], total["missing"]) == (4.8, 0, {})
    assert [(child["estimate"], child["suppressed"]) for child in total["children"]] == [(None, "suppressed:n")] * 2


def test_many_people_mix_with_what_was_agreed(admin: Caller) -> None:
    _meet(admin, entry(reason="Sirens"), community=EAST)
    rows = _rows(admin, "agreed")
    assert rows["total", EAST]["estimate"] == pytest.approx((4.8 + 5) / 2)
    assert (rows["total", EAST]["source"], rows["total", EAST]["n"]) == ("mixed", 21)
    assert "mixed_sources" in rows["total", EAST]["flags"]


def test_a_workshop_does_not_see_what_may_not_be_told(admin: Caller) -> None:
    """Twenty were asked in the south, but with all together they would give the north away."""
    told = _meet(admin, entry(agreed=1), community=SOUTH)["entries"][0]
    assert {told["survey"][name] for name in ("estimate", "standard_error", "n", "ci_low")} == {None}
    assert "deviation" not in told
    refused = admin.post("/workshops", json=workshop(entry(method="keep_survey", agreed=None), community=SOUTH))
    assert [fault["where"] for fault in refused.json()["errors"]] == ["body.entries.0.method"]


@pytest.mark.parametrize("source", ["group", "external"])
def test_facts_are_no_people(admin: Caller, source: str) -> None:
    assert admin.post("/facts", json=facts(fact(source=source), framework="safety")).status_code == 201
    rows = _rows(admin, source)
    assert (rows["warning", NORTH]["estimate"], rows["warning", ""]["estimate"]) == (4, 4)
    assert {row["suppressed"] for row in rows.values()} == {None}


def test_a_round_has_what_was_agreed_of_it(admin: Caller) -> None:
    _meet(admin, round="first", community=EAST)
    answer = admin.get("/scores", params={"by": ["round", "community*round"], "score": "agreed"}).json()["scores"]
    warning = [(row["domain"], row["estimate"]) for row in answer if row["node"] == "warning"]
    assert warning[1:] == [({"round": "first"}, 4.8), ({"community": EAST, "round": "first"}, 4.8)]
    assert _rows(admin, "agreed", round="second") == {
        place: row | {"source": None, "children": [child | {"source": None} for child in row["children"]]}
        for place, row in _rows(admin, "survey", round="second").items()
    }


def test_who_sees_a_part_learns_nothing_from_a_workshop_that_it_hides(server: Server, admin: Caller) -> None:
    """To all, the east is told. Who sees nothing but the east and the north is told both together, and so neither."""
    kept = _meet(admin, entry(method="keep_survey", agreed=None), entry(node="shelter", agreed=4.8), community=EAST)
    assert kept["entries"][0]["survey"]["n"] == 21
    for communities, is_told in (([EAST, NORTH], False), ([EAST], True), ([EAST, NORTH, SOUTH], True)):
        reader = server.enrol(Role.ANALYST, communities)
        told = reader.get(f"/workshops/{kept['id']}").json()
        warning = told["entries"][0]
        assert (_rows(reader, "survey")["warning", EAST]["suppressed"] is None) is is_told
        assert (warning["survey"] is not None, warning["agreed"] is not None, "deviation" in warning) == (is_told,) * 3
        assert (told["agreement"]["before"]["mean_absolute_deviation"] is not None) is is_told
        assert told["entries"][1]["agreed"] == 4.8
