"""`POST /frameworks/preview`: what a framework would move, and why, before it is published."""

import copy
from typing import Any

import pytest

from app.access.policy import Role
from app.submissions.incoming import Library
from app.submissions.previewing import routes
from app.submissions.rebuild import score_new_frameworks
from tests.support.server import Server
from tests.support.village import FORM, FRAMEWORK, NORTH, SOUTH, Villages, at_work, interview, version_of

HARSHER = version_of(FRAMEWORK, "2", indicators=copy.deepcopy(FRAMEWORK["indicators"]))
HARSHER["indicators"][0]["rule"]["map"]["no"] = 3
"""Version 2 gives those who were not warned 3 instead of 1."""


@pytest.fixture
def villages(server: Server) -> Villages:
    """Six were warned and six were not in the north, eight were warned in the south."""
    villages = at_work(server)
    villages.north[Role.ENUMERATOR].send(*(interview(NORTH, warned="yes") for _ in range(5)))
    villages.north[Role.ENUMERATOR].send(*(interview(NORTH, warned="no") for _ in range(6)))
    villages.south[Role.ENUMERATOR].send(*(interview(SOUTH) for _ in range(7)))
    return villages


def _previewed(villages: Villages, document: Any, **parameters: Any) -> Any:
    answer = villages.server.enrol(Role.ADMIN).post("/frameworks/preview", json=document, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _row(told: Any, node: str, community: str | None = None) -> Any:
    domain = {"community": community} if community else {}
    return next(row for row in told["rows"] if (row["node"], row["domain"]) == (node, domain))


def test_numbers_that_move_say_how_far_and_why(villages: Villages) -> None:
    told = _previewed(villages, HARSHER)
    assert (told["framework"]["version"], told["against"]["version"]) == ("2", "1")
    assert told["watermark"]["submissions"] == 20
    (change,) = told["changes"]
    assert change == {"node": "warning", "change": "choices", "before": {"no": 1}, "after": {"no": 3}}
    north = _row(told, "warning", NORTH)
    assert (north["old"]["estimate"], north["new"]["estimate"], north["difference"]) == (3, 4, 1)
    assert (north["old"]["n"], north["moved"], north["because"]) == (12, True, [0])
    assert north["beyond_ci"] is (north["old"]["ci_high"] < 4)
    assert _row(told, "total", NORTH)["because"] == [0]
    south = _row(told, "warning", SOUTH)
    assert (south["difference"], south["moved"]) == (0, False)
    assert _row(told, "shelter")["because"] == []
    assert told["moved"] == sum(row["moved"] for row in told["rows"]) == 4


def test_what_a_preview_says_comes_true(villages: Villages) -> None:
    """The new numbers are those of `/scores` after the publication; the old ones are those of now."""
    told = _previewed(villages, HARSHER)
    analyst = villages.server.enrol(Role.ANALYST)
    villages.server.publish(HARSHER)
    score_new_frameworks(villages.server.database, Library.of(villages.server.database))
    for version, side in (("1", "old"), ("2", "new")):
        parameters = {"framework": "safety", "version": version, "by": "community"}
        for row in analyst.get("/scores", params=parameters).json()["scores"]:
            previewed = _row(told, row["node"], row["domain"].get("community"))[side]
            assert previewed == {name: row[name] for name in previewed}


def test_nothing_is_kept(villages: Villages) -> None:
    analyst = villages.server.enrol(Role.ANALYST)
    before = analyst.get("/scores").content
    generation = villages.server.database.generation()
    _previewed(villages, HARSHER)
    assert analyst.get("/scores").content == before
    assert analyst.get("/scores", params={"version": "2"}).status_code == 404
    assert villages.server.database.generation() == generation + 1, "the admin's enrolment alone"


def test_indicator_that_comes_has_no_old_number(villages: Villages) -> None:
    document = copy.deepcopy(HARSHER)
    document["indicators"].append({"id": "women", "rule": {"type": "map", "question": "sex", "map": {"f": 5, "m": 1}}})
    names = [child["indicator"] for child in document["tree"]["children"]]
    document["tree"]["children"] = [
        {"indicator": name, "weight": weight} for name, weight in zip([*names, "women"], (0.25, 0.25, 0.5), strict=True)
    ]
    told = _previewed(villages, document)
    row = _row(told, "women")
    assert (row["old"], row["new"]["estimate"], row["difference"], row["moved"]) == (None, 5, None, True)
    assert {told["changes"][number]["change"] for number in row["because"]} == {"added"}
    assert {told["changes"][number]["change"] for number in _row(told, "total")["because"]} == {
        "added",
        "weights",
        "choices",
    }


def test_any_published_version_may_be_the_measure(villages: Villages) -> None:
    villages.server.publish(HARSHER)
    again = version_of(HARSHER, "3")
    assert _previewed(villages, again)["changes"] == []
    assert len(_previewed(villages, again, against="1")["changes"]) == 1
    answer = villages.server.enrol(Role.ADMIN).post("/frameworks/preview", json=again, params={"against": "9"})
    assert (answer.status_code, answer.json()["slug"]) == (404, "unknown_framework")


def test_a_framework_with_the_version_that_is_published_can_be_tried(villages: Villages) -> None:
    told = _previewed(villages, version_of(HARSHER, "1"))
    assert _row(told, "warning", NORTH)["difference"] == 1


def test_only_what_counts_is_read(villages: Villages) -> None:
    first = interview(NORTH, warned="no")
    edit = interview(NORTH, warned="yes", deprecated_id=first["instance_id"])
    villages.north[Role.ENUMERATOR].send(first, edit, interview(NORTH, consent="no"))
    told = _previewed(villages, HARSHER)
    assert _row(told, "warning", NORTH)["old"]["n"] == 13


def test_a_round_is_looked_at_alone(villages: Villages) -> None:
    villages.north[Role.ENUMERATOR].send(*(interview(NORTH, warned="no", round="endline") for _ in range(6)))
    assert _row(_previewed(villages, HARSHER, round="endline"), "warning")["old"]["n"] == 6


def test_few_people_are_told_in_neither_version(villages: Villages) -> None:
    """Four answer in the south of what the draft asks anew: their number is hidden, and then the north's, too."""
    form = version_of(FORM, "2")
    form["survey"].append({"type": "integer", "name": "drills", "label::English (en)": "Drills"})
    villages.server.publish(form)
    for community, count in ((SOUTH, 4), (NORTH, 9)):
        items = [interview(community, version="2", drills=2) for _ in range(count)]
        villages.server.enrol().send(*items)
    document = copy.deepcopy(HARSHER)
    document["indicators"][1]["rule"]["question"] = "drills"
    document["policy"] = {"n_suppress": 5}
    told = _previewed(villages, document)
    for community, code in ((SOUTH, "suppressed:n"), (NORTH, "suppressed:complementary")):
        row = _row(told, "shelter", community)
        for side in ("old", "new"):
            assert (row[side]["estimate"], row[side]["n"], row[side]["suppressed"]) == (None, None, code)
        assert (row["difference"], row["beyond_ci"]) == (None, None)
    assert _row(told, "shelter")["new"]["estimate"] is not None


def test_faults_are_told_before_anything_is_read(villages: Villages) -> None:
    document = copy.deepcopy(HARSHER)
    document["indicators"][0]["rule"]["question"] = "warnd"
    answer = villages.server.enrol(Role.ADMIN).post("/frameworks/preview", json=document)
    assert (answer.status_code, answer.json()["slug"]) == (422, "faulty_framework")
    assert 'Did you mean "warned"?' in answer.json()["faults"][0]
    for odd in ({}, {"spec": "score/1"}, []):
        answer = villages.server.enrol(Role.ADMIN).post("/frameworks/preview", json=odd)
        assert answer.status_code == 422


def test_one_preview_at_a_time(villages: Villages) -> None:
    admin = villages.server.enrol(Role.ADMIN)
    with routes._one_at_a_time:
        answer = admin.post("/frameworks/preview", json=HARSHER)
    assert (answer.status_code, answer.json()["slug"]) == (429, "another_preview")
    assert answer.headers["retry-after"]
    assert admin.post("/frameworks/preview", json=HARSHER).status_code == 200


def test_each_sees_the_own_communities_and_others_none(villages: Villages) -> None:
    for role in (Role.ENUMERATOR, Role.COORDINATOR, Role.ANALYST):
        assert villages.north[role].post("/frameworks/preview", json=HARSHER).status_code == 403
    told = villages.south[Role.ADMIN].post("/frameworks/preview", json=HARSHER).json()
    assert told["watermark"]["submissions"] == 8
    assert {row["domain"].get("community") for row in told["rows"]} == {None, SOUTH}
