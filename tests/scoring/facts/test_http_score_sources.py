"""`GET /scores?score=`: whose number each row is, what all of them make together, and how sure that is."""

import csv
import io
from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Caller
from tests.support.village import FRAMEWORK, NORTH, SOUTH, Villages, interview, version_of
from tests.support.workshops import entry, fact, facts, workshop


@pytest.fixture
def admin(villages: Villages) -> Caller:
    return villages.server.enrol(Role.ADMIN)


def _rows(caller: Caller, score: str, **parameters: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """The rows by node and community; '' is all of them together."""
    answer = caller.get("/scores", params={"by": "community", "framework": "safety", **parameters, "score": score})
    assert answer.status_code == 200
    assert answer.json()["score"] == score
    return {(row["node"], row["domain"].get("community", "")): row for row in answer.json()["scores"]}


def _record(caller: Caller, *own: dict[str, Any]) -> None:
    assert caller.post("/facts", json=facts(*own)).status_code == 201


def _meet(caller: Caller, *entries: dict[str, Any], **members: Any) -> None:
    answer = caller.post("/workshops", json=workshop(*entries, **members))
    assert answer.status_code == 201, answer.text


def test_facts_never_touch_the_survey(admin: Caller) -> None:
    before = admin.get("/scores", params={"by": "community"}).content
    _record(admin, fact(), fact(source="group", node="total"))
    _meet(admin)
    assert admin.get("/scores", params={"by": "community"}).content == before


def test_rows_of_a_source_hold_what_it_says_and_nothing_else(admin: Caller) -> None:
    _record(admin, fact(value=4), fact(value=2, community=SOUTH), fact(value=1, source="group"))
    rows = _rows(admin, "external")
    assert [rows["warning", code]["estimate"] for code in ("", NORTH, SOUTH)] == [3, 4, 2]
    assert [rows["total", code]["estimate"] for code in ("", NORTH, SOUTH)] == [3, 4, 2]
    for row in rows.values():
        assert (row["standard_error"], row["ci_low"], row["n"]) == (None, None, 0)
        assert row["source"] == (None if row["node"] == "shelter" else "external")
        assert ("no_data" in row["flags"]) is (row["estimate"] is None)
    assert rows["total", NORTH]["coverage"] == 0.5
    assert _rows(admin, "group")["warning", NORTH]["estimate"] == 1


def test_a_figure_is_scored_by_the_rule(admin: Caller) -> None:
    _record(admin, fact(node="shelter", value=40, unit="minutes"))
    assert _rows(admin, "external")["shelter", NORTH]["estimate"] == 3


def test_a_value_that_was_taken_back_is_gone(admin: Caller) -> None:
    _record(admin, fact(), fact(value=None))
    assert _rows(admin, "external")["warning", NORTH]["estimate"] is None


def test_rounds_are_looked_at_alone(admin: Caller) -> None:
    _record(admin, fact(value=2, round="baseline"), fact(value=4, round="endline"))
    told = {asked: _rows(admin, "external", round=asked) for asked in ("baseline", "endline", "never")}
    assert told["baseline"]["warning", NORTH]["estimate"] == 2
    assert told["endline"]["warning", NORTH]["estimate"] == 4
    assert ("warning", NORTH) not in told["never"]


def test_groups_have_the_last_word_after_they_saw_the_survey(admin: Caller) -> None:
    _meet(admin)
    assert _rows(admin, "group")["warning", NORTH]["estimate"] == 3, "the median of 4 after and 2 before"
    _record(admin, fact(source="group", value=1))
    assert _rows(admin, "group")["warning", NORTH]["estimate"] == 1, "what was recorded last"


def test_agreed_scores_stand_among_those_of_the_survey(admin: Caller) -> None:
    _meet(admin, entry(agreed=4.6))
    rows = _rows(admin, "agreed")
    total, warning, shelter = (rows[node, NORTH] for node in ("total", "warning", "shelter"))
    assert (warning["estimate"], warning["source"], warning["standard_error"]) == (4.6, "agreed", None)
    assert (shelter["estimate"], shelter["source"]) == (5, "survey")
    assert total["estimate"] == pytest.approx((4.6 + 5) / 2)
    assert (total["source"], "mixed_sources" in total["flags"], total["standard_error"]) == ("mixed", True, None)
    assert [child["source"] for child in total["children"]] == ["agreed", "survey"]
    assert sum(child["contribution"] for child in total["children"]) == total["estimate"]
    assert "mixed_sources" not in warning["flags"] + shelter["flags"]


def test_all_communities_weigh_as_their_interviews_do(admin: Caller) -> None:
    _meet(admin, entry(agreed=4.6))
    rows = _rows(admin, "agreed")
    assert rows["warning", SOUTH]["source"] == "survey"
    assert rows["warning", ""]["estimate"] == pytest.approx((1 * 4.6 + 2 * 3) / 3)
    assert (rows["warning", ""]["source"], rows["warning", ""]["standard_error"]) == ("mixed", None)


def test_communities_that_nobody_met_in_are_those_of_the_survey(admin: Caller) -> None:
    survey, agreed = _rows(admin, "survey"), _rows(admin, "agreed")
    assert survey.keys() == agreed.keys()
    for place, row in survey.items():
        told = agreed[place]
        assert (told.pop("source"), [child.pop("source") for child in told["children"]]) == (
            "survey",
            ["survey"] * len(row["children"]),
        )
        assert told == row


def test_a_kept_survey_score_keeps_its_error(villages: Villages, admin: Caller) -> None:
    villages.north[Role.ENUMERATOR].send(*(interview(warned=each) for each in ("no", "yes", "yes", "no")))
    survey = _rows(admin, "survey")["warning", NORTH]
    _meet(admin, entry(method="keep_survey", agreed=None))
    kept = _rows(admin, "agreed")["warning", NORTH]
    assert survey["standard_error"] is not None
    assert (kept["estimate"], kept["standard_error"], kept["source"]) == (
        survey["estimate"],
        survey["standard_error"],
        "survey",
    )


def test_a_newer_workshop_counts_instead(admin: Caller) -> None:
    _meet(admin, entry(agreed=4.6))
    _meet(admin, entry(agreed=4.7))
    assert _rows(admin, "agreed")["warning", NORTH]["estimate"] == 4.7
    _meet(admin, entry(method="no_agreement", agreed=None))
    assert _rows(admin, "agreed")["warning", NORTH]["source"] == "survey"


def test_a_node_may_be_agreed_on_as_a_whole(admin: Caller) -> None:
    _meet(admin, entry(node="total", agreed=4.9))
    rows = _rows(admin, "agreed")
    total = rows["total", NORTH]
    assert (total["estimate"], total["source"], "mixed_sources" in total["flags"]) == (4.9, "agreed", False)
    assert [child["contribution"] for child in total["children"]] == [None, None]
    assert rows["total", ""]["estimate"] == pytest.approx((1 * 4.9 + 2 * 3) / 3)


def test_a_record_stands_where_the_framework_wants_one(villages: Villages, admin: Caller) -> None:
    """An indicator of records takes facts of records, and the total mixes them with the survey."""
    indicators = [FRAMEWORK["indicators"][0], {**FRAMEWORK["indicators"][1], "source": "external"}]
    villages.server.publish(version_of(FRAMEWORK, "2", indicators=indicators))
    villages.north[Role.ENUMERATOR].send(interview())
    _record(admin, fact(node="shelter", value=2), fact(node="warning", value=1))
    rows = _rows(admin, "agreed")
    assert (rows["shelter", NORTH]["estimate"], rows["shelter", NORTH]["source"]) == (2, "external")
    assert (rows["warning", NORTH]["estimate"], rows["warning", NORTH]["source"]) == (5, "survey")
    assert [child["source"] for child in rows["total", NORTH]["children"]] == ["survey", "external"]


def test_forms_of_records_feed_their_source(villages: Villages, admin: Caller) -> None:
    villages.server.publish(
        version_of(FRAMEWORK, "2", indicators=[{**each, "source": "group"} for each in FRAMEWORK["indicators"]])
    )
    villages.south[Role.ENUMERATOR].send(interview(SOUTH), interview(SOUTH, warned="no"))
    from_forms = _rows(admin, "group")["warning", SOUTH]
    assert (from_forms["estimate"], from_forms["n"], from_forms["standard_error"]) == (3, 2, None)
    assert _rows(admin, "external")["warning", SOUTH]["estimate"] is None
    _record(admin, fact(community=SOUTH, source="group", value=2))
    assert _rows(admin, "group")["warning", SOUTH]["estimate"] == 2, "a fact goes before what forms say"


def test_agreed_scores_are_told_by_community_alone(admin: Caller) -> None:
    answer = admin.get("/scores", params={"by": "sex", "score": "agreed"})
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")
    assert admin.get("/scores", params={"by": "sex", "score": "group"}).status_code == 200
    assert admin.get("/scores", params={"score": "guess"}).status_code == 422


def test_watermark_moves_with_facts(admin: Caller) -> None:
    def watermark(score: str) -> Any:
        return admin.get("/scores", params={"score": score}).json()["watermark"]

    before = watermark("external")
    assert (before["seq"], before["values"]) == (3, 0)
    _record(admin, fact(), fact(node="total"))
    after = watermark("external")
    assert (after["values"], after["submissions"]) == (2, 3)
    assert after["seq"] > before["seq"]
    assert after["as_of"] > before["as_of"]
    assert watermark("survey") == before


def test_csv_tells_score_and_source(admin: Caller) -> None:
    _meet(admin)
    answer = admin.get("/scores.csv", params={"by": "community", "score": "agreed"})
    table = {(row["node"], row["domain"]): row for row in csv.DictReader(io.StringIO(answer.text))}
    row = table["warning", '{"community": "north.1"}']
    assert (row["score"], row["source"], row["estimate"]) == ("agreed", "agreed", "4.8")


def test_synthetic_facts_mark_the_rows_they_are_in(villages: Villages, admin: Caller) -> None:
    _record(villages.server.enrol(Role.ADMIN, synthetic=True), fact())
    rows = _rows(admin, "external")
    assert "synthetic" in rows["warning", NORTH]["flags"]
    assert "synthetic" not in _rows(admin, "survey")["warning", NORTH]["flags"]


def test_the_other_side_is_not_in_it(villages: Villages, admin: Caller) -> None:
    _record(admin, fact(), fact(community=SOUTH, value=1))
    rows = _rows(villages.north[Role.ANALYST], "external")
    assert {code for _, code in rows} == {"", NORTH}
    assert rows["warning", ""]["estimate"] == 4
