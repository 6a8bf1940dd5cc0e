"""`GET /scores/{node}/lineage`: from a number to its formula and the interviews behind it."""

import copy
import math
from typing import Any

import pytest

from app.access.policy import Role
from app.access.tables import Holder
from app.scoring.ask import ask
from app.scoring.tracing.trace import trace
from tests.support.server import Caller, Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, NORTH, SOUTH, interview, version_of

GUARDED = version_of(FRAMEWORK, "1", policy={"n_suppress": 5})


@pytest.fixture
def analyst(server: Server) -> Caller:
    """Nine interviews in the north, of them one that does not know; six in the south at the end line."""
    server.publish(COMMUNITIES, FORM, GUARDED)
    north = [interview(NORTH, warned="no" if turn % 3 else "yes", weight=turn + 1, minutes=20) for turn in range(8)]
    south = [interview(SOUTH, round="endline") for _ in range(6)]
    tablet = server.enrol()
    tablet.send(*north, interview(NORTH, warned="dk", weight=2), *south)
    return server.enrol(Role.ANALYST)


def _traced(caller: Caller, node: str = "warning", **parameters: Any) -> Any:
    answer = caller.get(f"/scores/{node}/lineage", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _estimate(caller: Caller, node: str, community: str | None) -> float:
    rows = caller.get("/scores", params={"by": "community"}).json()["scores"]
    domain = {"community": community} if community else {}
    return next(row["estimate"] for row in rows if (row["node"], row["domain"]) == (node, domain))


def _worked_out(told: Any) -> float:
    """The estimate by hand: the values in their shares, indicator by indicator in their weights."""
    return math.fsum(
        told["weights"][score["indicator"]] * score["share"] * score["value"]
        for each in told["interviews"]
        for score in each["scores"]
        if score["share"] is not None
    )


@pytest.mark.parametrize("node", ["warning", "shelter", "total"])
@pytest.mark.parametrize("community", [None, NORTH])
def test_interviews_in_their_shares_make_the_estimate(analyst: Caller, node: str, community: str | None) -> None:
    told = _traced(analyst, node, community=community) if community else _traced(analyst, node)
    assert told["estimate"] == _estimate(analyst, node, community)
    assert math.isclose(_worked_out(told), told["estimate"], abs_tol=1e-12)
    assert math.isclose(math.fsum(each["share"] or 0 for each in told["interviews"]), 1, abs_tol=1e-12)


def test_formula_leads_down_to_the_questions(analyst: Caller) -> None:
    formula = _traced(analyst, "total")["formula"]
    assert (formula["node"], formula["combine"]) == ("total", "arithmetic")
    warning, shelter = formula["children"]
    assert (warning["node"], warning["weight"], warning["rule"]["map"]) == ("warning", 0.5, {"yes": 5, "no": 1})
    assert shelter["questions"] == [{"form_id": "household", "name": "minutes"}]


def test_missing_answers_say_why_and_have_no_share(analyst: Caller) -> None:
    told = _traced(analyst, community=NORTH)
    assert (told["n"], len(told["interviews"])) == (8, 9)
    last = told["interviews"][-1]
    assert (last["weight"], last["share"]) == (2, None)
    (score,) = last["scores"]
    assert (score["value"], score["missing"], score["withheld"]) == (None, "dont_know", None)


def test_pages_join_without_gap_or_overlap(analyst: Caller) -> None:
    everything = _traced(analyst, limit=1000)
    assert everything["next_cursor"] is None
    found, cursor = [], 0
    while cursor is not None:
        page = _traced(analyst, limit=4, cursor=cursor)
        assert len(page["interviews"]) <= 4
        found += page["interviews"]
        cursor = page["next_cursor"]
    assert found == everything["interviews"]
    assert len(found) == 15
    assert [each["seq"] for each in found] == sorted(each["seq"] for each in found)


def test_domain_is_that_of_a_row(analyst: Caller) -> None:
    assert _traced(analyst, round="endline")["domain"] == {"round": "endline"}
    assert len(_traced(analyst, round="endline", community=SOUTH)["interviews"]) == 6
    assert _traced(analyst, dimension="sex=m")["interviews"] == []
    for odd in ({"dimension": "sex"}, {"dimension": "weight=1"}, {"dimension": ["sex=f", "sex=m"]}):
        assert analyst.get("/scores/warning/lineage", params=odd).status_code == 422
    three = {"community": NORTH, "round": "endline", "dimension": "sex=f"}
    assert analyst.get("/scores/warning/lineage", params=three).status_code == 422


def test_unknown_nodes_lead_nowhere(analyst: Caller, server: Server) -> None:
    assert analyst.get("/scores/nothing/lineage").status_code == 404
    assert analyst.get("/scores/warning/lineage", params={"version": "9"}).json()["slug"] == "unknown_framework"
    server.publish(version_of(GUARDED, "2", total="off"))
    assert analyst.get("/scores/total/lineage").status_code == 404


def test_only_interviews_that_count_are_there(analyst: Caller, server: Server) -> None:
    first = interview(NORTH)
    edit = interview(NORTH, deprecated_id=first["instance_id"])
    server.enrol().send(first, edit, interview(NORTH, consent="no"))
    ids = {each["instance_id"] for each in _traced(analyst)["interviews"]}
    assert edit["instance_id"] in ids
    assert first["instance_id"] not in ids
    assert len(ids) == 16


def test_who_is_limited_to_a_side_sees_none_of_the_other(analyst: Caller, server: Server) -> None:
    north = _traced(server.enrol(Role.ANALYST, ["north"]))
    assert {each["community"] for each in north["interviews"]} == {NORTH}
    assert north["estimate"] == _estimate(analyst, "warning", NORTH)
    assert _traced(server.enrol(Role.ANALYST, ["north"]), community=SOUTH)["interviews"] == []
    for role in (Role.ENUMERATOR, Role.COORDINATOR):
        assert server.enrol(role).get("/scores/warning/lineage").status_code == 403


def test_few_people_are_told_by_their_ids_alone(analyst: Caller, server: Server) -> None:
    """Three men in the north: nothing of them is told, by whatever domain one asks, nor of those who share a line."""
    men = [interview(NORTH, sex="m", warned="no", weight=7) for _ in range(3)]
    server.enrol().send(*men)
    own = {each["instance_id"] for each in men}
    hidden = _traced(analyst, dimension="sex=m")
    assert hidden["estimate"] is hidden["n"] is hidden["weights"] is None
    assert hidden["suppressed"] == "suppressed:n"
    assert {each["instance_id"] for each in hidden["interviews"]} == own
    for told in (hidden, _traced(analyst), _traced(analyst, community=NORTH)):
        for each in told["interviews"]:
            if each["instance_id"] in own:
                (score,) = each["scores"]
                assert score == {
                    "indicator": "warning",
                    "value": None,
                    "missing": None,
                    "share": None,
                    "withheld": "suppressed",
                }
                assert each["weight"] is each["psu"] is each["share"] is None


def test_rest_of_a_line_does_not_give_the_hidden_away(analyst: Caller, server: Server) -> None:
    """The women in the north, less whom the north would be the men, are not told either."""
    server.enrol().send(*(interview(NORTH, sex="m", warned="no") for _ in range(3)))
    told = _traced(analyst, community=NORTH)
    assert {score["withheld"] for each in told["interviews"] for score in each["scores"]} == {"suppressed"}


def test_number_less_what_is_told_is_not_that_of_one(server: Server) -> None:
    """One woman of the north is of a round that hides; the others' values would leave hers of the women's number."""
    server.publish(COMMUNITIES, FORM, GUARDED)
    answers: list[dict[str, Any]] = [
        *({"sex": "f", "round": "first"} for _ in range(9)),
        {"sex": "f", "round": "second", "warned": "no"},
        *({"sex": "m", "round": "first"} for _ in range(9)),
        *({"sex": "m", "round": "second"} for _ in range(2)),
    ]
    server.enrol().send(*(interview(NORTH, **each) for each in answers))
    server.enrol().send(*(interview(SOUTH, **each) for each in answers for _ in range(2)))
    analyst = server.enrol(Role.ANALYST)
    told = _traced(analyst, community=NORTH, dimension="sex=f")
    assert (told["estimate"], told["n"]) == (4.6, 10)
    assert {score["withheld"] for each in told["interviews"] for score in each["scores"]} == {"suppressed"}


def test_who_may_see_no_interviews_is_told_none(server: Server, analyst: Caller) -> None:
    """No role reads scores and no submissions as yet; the formula would be all that it is told."""
    request = ask(server.app.state, Holder(name="reader", role=Role.ANALYST), "safety", None)
    with server.database.read() as session:
        told = trace(session, request, "warning", {}, None, None)
    assert (told["interviews"], told["next_cursor"]) == ([], None)
    assert told["estimate"] == _estimate(analyst, "warning", None)


@pytest.mark.parametrize("kind", ["sensitive", "personal"])
def test_sensitive_values_are_never_told(server: Server, kind: str) -> None:
    form = copy.deepcopy(FORM)
    form["fieldwork"][kind] = ["minutes"]
    server.publish(COMMUNITIES, form, GUARDED)
    server.enrol().send(*(interview() for _ in range(10)))
    for role in (Role.ANALYST, Role.ADMIN):
        told = _traced(server.enrol(role), "total")
        for each in told["interviews"]:
            values = {score["indicator"]: (score["value"], score["withheld"]) for score in each["scores"]}
            assert values == {"warning": (5, None), "shelter": (None, "sensitive")}
