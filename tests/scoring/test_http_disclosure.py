"""Nobody is recognised in what an analyst may ask for, whatever the order of the questions."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Caller, Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, NORTH, SOUTH, interview, version_of

NUMBERS = ("estimate", "standard_error", "df", "ci_low", "ci_high", "n", "n_psu", "n_strata", "n_effective", "cv")


@pytest.fixture
def guarded(server: Server) -> Server:
    server.publish(COMMUNITIES, FORM, version_of(FRAMEWORK, "1", policy={"n_suppress": 5}))
    return server


def _people(count: int, /, community: str = NORTH, **answers: Any) -> list[dict[str, Any]]:
    return [interview(community, **{"warned": "yes" if at % 2 else "no", **answers}) for at in range(count)]


def _sent(server: Server, *people: Iterable[dict[str, Any]]) -> Caller:
    items = [each for group in people for each in group]
    assert server.enrol(Role.ENUMERATOR).send(*items)["summary"]["accepted"] == len(items)
    return server.enrol(Role.ANALYST)


def _rows(analyst: Caller, node: str = "warning", **parameters: Any) -> dict[tuple[str, ...], dict[str, Any]]:
    answer = analyst.get("/scores", params=parameters)
    assert answer.status_code == 200
    return {tuple(row["domain"].values()): row for row in answer.json()["scores"] if row["node"] == node}


def _hidden(analyst: Caller, node: str = "warning", **parameters: Any) -> dict[tuple[str, ...], str]:
    rows = _rows(analyst, node, **parameters)
    return {domain: row["suppressed"] for domain, row in rows.items() if row["suppressed"]}


def test_a_hidden_row_holds_a_code_and_no_number(guarded: Server) -> None:
    analyst = _sent(guarded, _people(4), _people(20, SOUTH), _people(1, NORTH, warned="dk"))
    row = _rows(analyst, by="community")[NORTH,]
    assert row["suppressed"] == "suppressed:n"
    assert {row[member] for member in (*NUMBERS, "design_effect", "coverage")} == {None}
    assert (row["missing"], row["children"], row["flags"]) == ({}, [], [])
    assert (row["node"], row["domain"], row["level"]) == ("warning", {"community": NORTH}, "indicator")


def test_a_neighbour_hides_too_where_the_margin_is_published(guarded: Server) -> None:
    analyst = _sent(guarded, _people(4), _people(20, SOUTH))
    assert _hidden(analyst, by="community") == {(NORTH,): "suppressed:n", (SOUTH,): "suppressed:complementary"}


def test_few_people_are_flagged(guarded: Server) -> None:
    rows = _rows(_sent(guarded, _people(9), _people(20, SOUTH)), by="community")
    assert "small_n" in rows[NORTH,]["flags"]
    assert "small_n" not in rows[SOUTH,]["flags"]
    assert not any(row["suppressed"] for row in rows.values())


def test_a_flag_is_told_once(guarded: Server) -> None:
    assert _rows(_sent(guarded, _people(20, minutes=None)), "shelter")[()]["flags"].count("no_data") == 1


def test_verdicts_do_not_depend_on_what_is_asked(guarded: Server) -> None:
    people = [_people(4, sex="f"), _people(21, sex="m"), _people(30, SOUTH, sex="f"), _people(30, SOUTH, sex="m")]
    analyst = _sent(guarded, *people)
    together = _hidden(analyst, by=["community", "sex", "round", "community*sex"])
    assert set(together) == {(NORTH, "f"), (NORTH, "m"), (SOUTH, "f"), (SOUTH, "m")}
    assert _hidden(analyst, by=["community*sex"]) == together
    assert _hidden(analyst, by=["sex*community"]).keys() == {(sex, place) for place, sex in together}
    assert not _hidden(analyst, by=["community", "sex"])


def test_one_who_said_nothing_of_a_dimension_is_not_the_difference(guarded: Server) -> None:
    analyst = _sent(guarded, _people(12, sex="f"), _people(20, sex="m"), _people(1, sex=None))
    assert _hidden(analyst, by="sex") == {("f",): "suppressed:complementary"}


def test_a_round_is_a_dimension_and_its_filter_too(guarded: Server) -> None:
    analyst = _sent(guarded, _people(20, round="first"), _people(20, SOUTH, round="first"), _people(3, round="second"))
    assert _hidden(analyst, by="round") == {("second",): "suppressed:n", ("first",): "suppressed:complementary"}
    assert _hidden(analyst, round="second", by="community") == {(): "suppressed:n", (NORTH,): "suppressed:n"}
    assert _hidden(analyst, round="first") == {(): "suppressed:complementary"}


def test_a_parent_does_not_give_its_child_away(guarded: Server) -> None:
    """Three say how far the shelter is: from the whole and the other half it would follow."""
    analyst = _sent(guarded, _people(3), _people(20, minutes=None))
    hidden = {node: _hidden(analyst, node) for node in ("total", "warning", "shelter")}
    assert hidden["shelter"] == {(): "suppressed:n"}
    assert hidden["warning"] == {(): "suppressed:complementary"}
    total = _rows(analyst, "total")[()]
    assert total["estimate"] is not None
    for child in total["children"]:
        assert (child["estimate"], child["contribution"]) == (None, None)
        assert child["suppressed"] == hidden[child["node"]][()]


def test_all_the_same_answer_to_a_sensitive_question(server: Server) -> None:
    form = version_of(FORM, "1", fieldwork=FORM["fieldwork"] | {"sensitive": ["warned"]})
    server.publish(COMMUNITIES, form, version_of(FRAMEWORK, "1", policy={"n_suppress": 5}))
    analyst = _sent(server, _people(9, warned="yes"), _people(9, SOUTH), _people(9, "north"))
    assert _hidden(analyst, by="community")[NORTH,] == "suppressed:homogeneous"
    assert len(_hidden(analyst, by="community")) == 2
    assert _hidden(analyst, "shelter", by="community")[NORTH,] == "suppressed:complementary", "the total less it"


def test_ten_who_agree_are_no_secret(server: Server) -> None:
    form = version_of(FORM, "1", fieldwork=FORM["fieldwork"] | {"sensitive": ["warned"]})
    server.publish(COMMUNITIES, form, version_of(FRAMEWORK, "1", policy={"n_suppress": 5}))
    assert not _hidden(_sent(server, _people(10, warned="yes"), _people(9, SOUTH)), by="community")


@pytest.mark.parametrize("members", [{"unit": "community"}, {"source": "group"}, {"source": "external"}])
def test_what_is_said_of_communities_is_public(server: Server, members: dict[str, str]) -> None:
    indicators = [each | members for each in FRAMEWORK["indicators"]]
    server.publish(COMMUNITIES, FORM, version_of(FRAMEWORK, "1", policy={"n_suppress": 5}, indicators=indicators))
    assert not _hidden(_sent(server, _people(1), _people(1, SOUTH)), by="community")


def test_more_than_two_dimensions_at_once_are_refused(guarded: Server) -> None:
    analyst = _sent(guarded, _people(1))
    for parameters in ({"by": "community*sex*round"}, {"by": "community*sex", "round": "first"}, {"by": "sex*weight"}):
        answer = analyst.get("/scores", params=parameters)
        assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")
    assert analyst.get("/scores", params={"by": "round*community", "round": "first"}).status_code == 200


def test_the_table_hides_the_same(guarded: Server) -> None:
    analyst = _sent(guarded, _people(4), _people(20, SOUTH))
    lines = csv.DictReader(io.StringIO(analyst.get("/scores.csv", params={"by": "community"}).text))
    for line in lines:
        if line["domain"] != "{}":
            assert line["suppressed"] in ("suppressed:n", "suppressed:complementary")
            assert (line["estimate"], line["n"], line["standard_error"], line["missing"]) == ("", "", "", "{}")


def test_a_part_of_the_city_has_the_same_error_as_in_the_whole(guarded: Server) -> None:
    _sent(guarded, _people(20), _people(20, SOUTH))
    own, every = (guarded.enrol(Role.ANALYST, communities) for communities in (["north"], []))
    assert _rows(own, by="community")[NORTH,] == _rows(every, by="community")[NORTH,]
