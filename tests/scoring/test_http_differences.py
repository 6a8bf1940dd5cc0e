"""`GET /scores/differences`: two by two, as sure as R's survey says, and never of who may not be told."""

import csv
from pathlib import Path
from typing import Any

import pytest

from app.access.policy import Role
from app.scoring import compare
from app.scoring.significance import holm
from tests.support import golden
from tests.support.server import Caller, Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, NORTH, SOUTH, interview, version_of


@pytest.fixture
def analyst(server: Server) -> Caller:
    server.publish(COMMUNITIES, FORM, version_of(FRAMEWORK, "1", policy={"n_suppress": 5}))
    return server.enrol(Role.ANALYST)


def _send(server: Server, *items: dict[str, Any]) -> None:
    assert server.enrol(Role.ENUMERATOR).send(*items)["summary"]["accepted"] == len(items)


def _asked(caller: Caller, **parameters: Any) -> Any:
    answer = caller.get("/scores/differences", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _refused(caller: Caller, **parameters: Any) -> tuple[int, str]:
    answer = caller.get("/scores/differences", params=parameters)
    return answer.status_code, answer.json()["slug"]


def test_the_golden_differences(server: Server, shared: Path) -> None:
    folder = shared / "golden" / "open"
    server.publish(*(golden.load(folder / name) for name in ("communities.json", "form.json", "scoring_spec.json")))
    _send(server, *golden.items(folder))
    analyst = server.enrol(Role.ANALYST)
    with (folder / "expected" / "ucra_open_differences.csv").open(newline="") as source:
        expected = [row for row in csv.DictReader(source) if row["case_id"] == "ucrao_full"]
    assert len(expected) == 3
    for row in expected:
        b, a = row["domain"].split(" - ")
        answer = _asked(analyst, between=row["domain_var"], node=row["variable"])
        got = next(each for each in answer["differences"] if (each["a"], each["b"]) == (a, b))
        for member, column in [
            ("difference", "estimate"),
            ("standard_error", "se"),
            ("df", "df"),
            ("n", "n"),
            ("ci_low", "ci_low"),
            ("ci_high", "ci_high"),
        ]:
            assert got[member] == pytest.approx(float(row[column]), abs=1e-9), (member, row)


def test_every_pair_once_and_the_family_is_adjusted(analyst: Caller, server: Server) -> None:
    people = [
        interview(place, warned="yes" if at < warned else "no")
        for place, warned in ((NORTH, 3), (SOUTH, 9), ("north", 6))
        for at in range(10)
    ]
    _send(server, *people)
    rows = _asked(analyst, node="warning")["differences"]
    assert [(row["a"], row["b"]) for row in rows] == [("north", NORTH), ("north", SOUTH), (NORTH, SOUTH)]
    for row in rows:
        assert row["difference"] == pytest.approx(row["estimate_b"] - row["estimate_a"])
        assert row["domain"] == {}
    assert [row["p_holm"] for row in rows] == holm([row["p"] for row in rows])
    assert rows[2]["p"] < rows[2]["p_holm"] < 0.05 < rows[0]["p_holm"]


def test_more_pairs_than_anybody_reads(analyst: Caller, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "MOST_PAIRS", 3)
    _send(server, *[interview(place) for place in (NORTH, SOUTH, "north") for _ in range(5)])
    assert len(_asked(analyst, node="warning")["differences"]) == 3
    answer = analyst.get("/scores/differences")
    assert answer.status_code == 422
    assert "9 pairs" in answer.text


def test_rounds_within_communities(analyst: Caller, server: Server) -> None:
    _send(
        server,
        *(interview(place, round=when) for place in (NORTH, SOUTH) for when in ("first", "second") for _ in range(6)),
    )
    rows = _asked(analyst, between="round", by="community", node="total")["differences"]
    assert [(row["domain"], row["a"], row["b"]) for row in rows] == [
        ({"community": NORTH}, "first", "second"),
        ({"community": SOUTH}, "first", "second"),
    ]
    assert {row["difference"] for row in rows} == {0}
    assert {row["p"] for row in rows} == {None}, "without any spread there is nothing to test"


def test_who_may_not_be_told_takes_no_part(analyst: Caller, server: Server) -> None:
    _send(server, *(interview(NORTH) for _ in range(4)), *(interview(SOUTH) for _ in range(9)))
    answer = _asked(analyst, node="warning")
    assert answer["differences"] == []
    assert answer["hidden"] == [
        {"node": "warning", "domain": {"community": NORTH}, "suppressed": "suppressed:n"},
        {"node": "warning", "domain": {"community": SOUTH}, "suppressed": "suppressed:complementary"},
    ]


def test_versions_are_not_compared(analyst: Caller, server: Server) -> None:
    server.publish(version_of(FRAMEWORK, "2"))
    assert _refused(analyst, version=["1", "2"]) == (422, "unequal_versions")
    assert _asked(analyst, version=["1", "1"])["framework"]["version"] == "1"


@pytest.mark.parametrize(
    "parameters",
    [
        {"between": "weight"},
        {"between": "sex", "by": "sex"},
        {"between": "sex*community"},
        {"between": "sex", "by": "community", "round": "first"},
        {"between": "sex", "by": "community*round"},
        {"node": "nobody"},
    ],
)
def test_odd_parameters_are_refused(analyst: Caller, parameters: dict[str, str]) -> None:
    assert _refused(analyst, **parameters) == (422, "invalid_request")


def test_a_restricted_analyst_compares_the_own_communities(analyst: Caller, server: Server) -> None:
    _send(server, *(interview(place) for place in (NORTH, "north", SOUTH) for _ in range(9)))
    rows = _asked(server.enrol(Role.ANALYST, ["north"]))["differences"]
    assert {(row["a"], row["b"]) for row in rows} == {("north", NORTH)}
