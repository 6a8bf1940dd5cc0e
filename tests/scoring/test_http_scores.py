"""`GET /scores`: what an answer holds, for all together and by what was asked."""

import csv
import io
import json
from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Caller, Server
from tests.support.village import FRAMEWORK, NORTH, SOUTH, Villages, at_work, interview, version_of

ROW = {"node", "level", "domain", "estimate", "n", "missing", "coverage", "flags", "suppressed", "children"}


@pytest.fixture
def villages(server: Server) -> Villages:
    """In the north a woman who was warned, in the south one and a man who was not."""
    villages = at_work(server)
    villages.south[Role.ENUMERATOR].send(interview(SOUTH, sex="m", warned="no", minutes=90, round="endline"))
    return villages


@pytest.fixture
def analyst(villages: Villages) -> Caller:
    return villages.server.enrol(Role.ANALYST)


def _asked(analyst: Caller, **parameters: Any) -> Any:
    answer = analyst.get("/scores", params=parameters)
    assert answer.status_code == 200
    return answer.json()


def _estimates(answer: Any, node: str) -> dict[str, float | None]:
    """The estimates of a node by its domain; the domain of everything is ''."""
    rows = [row for row in answer["scores"] if row["node"] == node]
    return {next(iter(row["domain"].values()), ""): row["estimate"] for row in rows}


def test_an_answer_says_what_it_rests_on(analyst: Caller) -> None:
    answer = _asked(analyst)
    assert answer["framework"] | {"sha256": "", "complete": True} == {
        "id": "safety",
        "version": "1",
        "sha256": "",
        "provenance": "test",
        "label": FRAMEWORK["label"],
        "note": None,
        "complete": True,
    }
    assert len(answer["framework"]["sha256"]) == 64
    assert (answer["round"], answer["include"], answer["synthetic"]) == (None, "all", False)
    assert answer["watermark"]["submissions"] == 3
    assert answer["watermark"]["seq"] == 3
    assert answer["design"]["declared"] is True
    assert (answer["design"]["weight"], answer["design"]["dimensions"]) == ("weight", ["sex"])


def test_a_row_has_the_members_of_the_contract(analyst: Caller) -> None:
    rows = _asked(analyst, by="community")["scores"]
    assert len(rows) == 9
    for row in rows:
        assert row.keys() >= ROW
        assert row["label"] == {}
    total, warning, _ = rows[:3]
    assert (total["node"], total["level"], total["domain"], total["n"]) == ("total", "total", {}, 3)
    assert [child["node"] for child in total["children"]] == ["warning", "shelter"]
    assert total["estimate"] == sum(child["contribution"] for child in total["children"])
    assert (warning["level"], warning["children"], warning["missing"]) == ("indicator", [], {})


def test_domains_stand_beside_the_whole(analyst: Caller) -> None:
    assert _estimates(_asked(analyst), "warning") == {"": 11 / 3}
    by_both = _asked(analyst, by=["community", "sex"])
    assert _estimates(by_both, "warning") == {"": 11 / 3, NORTH: 5, SOUTH: 3, "f": 5, "m": 1}


def test_a_round_is_looked_at_alone(analyst: Caller) -> None:
    endline = _asked(analyst, round="endline", by="community")
    assert (endline["round"], endline["watermark"]["submissions"]) == ("endline", 1)
    assert _estimates(endline, "warning") == {"": 1, SOUTH: 1}
    assert _estimates(_asked(analyst, round="never"), "warning") == {"": None}


def test_weights_count(villages: Villages, analyst: Caller) -> None:
    villages.north[Role.ENUMERATOR].send(interview(weight=3, warned="no"))
    assert _estimates(_asked(analyst, by="community"), "warning")[NORTH] == (5 + 3 * 1) / 4


def test_unusable_weight_counts_as_missing_and_not_as_one(villages: Villages, analyst: Caller) -> None:
    for weight in (0, -1, None):
        villages.north[Role.ENUMERATOR].send(interview(weight=weight, warned="no"))
    row = next(r for r in _asked(analyst, by="community")["scores"] if r["domain"] and r["node"] == "warning")
    assert (row["estimate"], row["n"], row["missing"]) == (5, 1, {"invalid_weight": 3})
    assert "invalid_weight" in row["flags"]


def test_missing_answers_are_counted_by_reason(villages: Villages, analyst: Caller) -> None:
    villages.north[Role.ENUMERATOR].send(interview(warned="dk"), interview(warned=None))
    row = next(row for row in _asked(analyst)["scores"] if row["node"] == "warning")
    assert (row["n"], row["missing"]) == (3, {"dont_know": 1, "not_answered": 1})


def test_synthetic_interviews_mark_the_rows_they_are_in(villages: Villages, analyst: Caller) -> None:
    villages.server.enrol(synthetic=True).send(interview(SOUTH))
    answer = _asked(analyst, by="community")
    assert answer["synthetic"] is True
    marked = {next(iter(row["domain"].values()), "") for row in answer["scores"] if "synthetic" in row["flags"]}
    assert marked == {"", SOUTH}


def test_unknown_framework_names_those_there_are(villages: Villages, analyst: Caller) -> None:
    villages.server.publish(version_of(FRAMEWORK, "2"))
    for parameters in ({"framework": "ucra"}, {"framework": "safety", "version": "3"}, {"version": "3"}):
        answer = analyst.get("/scores", params=parameters)
        assert (answer.status_code, answer.json()["slug"]) == (404, "unknown_framework")
        assert answer.json()["published"] == "safety 1, safety 2"


def test_framework_must_be_named_where_there_are_several(villages: Villages, analyst: Caller) -> None:
    villages.server.publish(version_of(FRAMEWORK, "1", id="other"))
    assert analyst.get("/scores").status_code == 404
    assert _asked(analyst, framework="safety")["framework"]["id"] == "safety"


def test_odd_parameters_are_refused(analyst: Caller) -> None:
    for parameters in ({"by": "weight"}, {"by": ["community", ""]}, {"include": "none"}):
        for path in ("/scores", "/scores.csv"):
            answer = analyst.get(path, params=parameters)
            assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")
    detail = analyst.get("/scores", params={"by": "weight"}).json()["detail"]
    assert "'weight' is none of community, round, sex" in detail


def test_csv_holds_the_same_rows(analyst: Caller) -> None:
    answer = analyst.get("/scores.csv", params={"by": "community"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(io.StringIO(answer.text)))
    rows = _asked(analyst, by="community")["scores"]
    assert len(table) == len(rows)
    for line, row in zip(table, rows, strict=True):
        assert (line["framework"], line["version"], line["provenance"]) == ("safety", "1", "test")
        assert (line["node"], line["level"], int(line["n"])) == (row["node"], row["level"], row["n"])
        assert (json.loads(line["domain"]), json.loads(line["missing"])) == (row["domain"], row["missing"])
        assert line["flags"].split() == row["flags"]
        assert float(line["estimate"]) == row["estimate"], "not rounded"
