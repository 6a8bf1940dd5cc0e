"""As in Semarang: all 156 ratings and 103 of 156 figures are in, which is told for each kind alone."""

from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Caller, Server

CITY = "33.74"


def _interview(form: dict[str, Any], number: int, values: dict[str, Any], year: int = 2026) -> dict[str, Any]:
    """An item of a batch with these values where the form asks for them."""
    given = {"community": CITY, "assessment_year": year, **values}
    answers: dict[str, Any] = {}
    stack = [answers]
    for row in form["survey"]:
        if row["type"] == "begin_group":
            stack.append(stack[-1].setdefault(row["name"], {}))
        elif row["type"] == "end_group":
            stack.pop()
        elif row.get("name") in given:
            stack[-1][row["name"]] = given[row["name"]]
    about = form["settings"]
    return {
        "instance_id": f"uuid:00000000-0000-4000-8000-{number:012d}",
        "form_id": about["form_id"],
        "version": about["version"],
        "answers": answers,
    }


def _asked(framework: dict[str, Any]) -> list[str]:
    return [item["question"] for each in framework["indicators"] for item in each["rule"]["items"]]


@pytest.fixture
def city(server: Server, documents: dict[str, Any]) -> tuple[Caller, Caller]:
    """A tablet, and somebody who reads scores."""
    names = ("cri/qualitative", "cri/quantitative", "cri/framework", "cri/framework_quantitative")
    server.publish(documents["communities/semarang"], *(documents[name] for name in names))
    return server.enrol(), server.enrol(Role.ANALYST)


def _completeness(analyst: Caller, framework: str, **parameters: Any) -> dict[str, Any]:
    answer = analyst.get("/scores", params={"framework": framework, **parameters})
    told: dict[str, Any] = answer.json()["completeness"]
    return told


def test_each_kind_has_its_own(city: tuple[Caller, Caller], documents: dict[str, Any]) -> None:
    tablet, analyst = city
    ratings, figures = (_asked(documents[name]) for name in ("cri/framework", "cri/framework_quantitative"))
    assert (len(ratings), len(figures)) == (156, 156)
    sent = tablet.send(
        _interview(documents["cri/qualitative"], 1, dict.fromkeys(ratings, "3")),
        _interview(documents["cri/quantitative"], 2, dict.fromkeys(figures[:103], 10)),
    )
    assert sent["summary"]["accepted"] == 2
    for framework in ("cri", "cri-quantitative"):
        told = _completeness(analyst, framework)
        assert told["qualitative"] == {"values": 156, "of": 156, "share": 1.0}
        assert told["quantitative"] == {"values": 103, "of": 156, "share": 103 / 156}
        assert f"{told['quantitative']['share']:.2%}" == "66.03%"
        assert set(told) == {"qualitative", "quantitative"}, "never both together"


def test_records_of_one_assessment_add_to_each_other(city: tuple[Caller, Caller], documents: dict[str, Any]) -> None:
    tablet, analyst = city
    form, ratings = documents["cri/qualitative"], _asked(documents["cri/framework"])
    tablet.send(
        _interview(form, 1, dict.fromkeys(ratings[:100], "3")),
        _interview(form, 2, dict.fromkeys(ratings[50:120], "4") | {ratings[120]: "dk", ratings[121]: "na"}),
    )
    assert _completeness(analyst, "cri")["qualitative"] == {"values": 120, "of": 155, "share": 120 / 155}
    tablet.send(_interview(form, 3, dict.fromkeys(ratings[:30], "3"), year=2030))
    assert _completeness(analyst, "cri")["qualitative"]["of"] == 155 + 156
    assert _completeness(analyst, "cri", round="2030")["qualitative"]["values"] == 30


def test_nothing_is_in_before_anything_came(city: tuple[Caller, Caller]) -> None:
    nothing = {"values": 0, "of": 156, "share": 0.0}
    assert _completeness(city[1], "cri") == {"qualitative": nothing, "quantitative": nothing}


def test_only_what_is_approved_is_in_where_it_is_asked_for(
    city: tuple[Caller, Caller], server: Server, documents: dict[str, Any]
) -> None:
    tablet, analyst = city
    ratings = _asked(documents["cri/framework"])
    records = [_interview(documents["cri/qualitative"], at, {each: "3"}) for at, each in enumerate(ratings[:2])]
    tablet.send(*records)
    body = {"state": "approved", "instance_ids": [records[0]["instance_id"]]}
    assert server.enrol(Role.COORDINATOR).post("/reviews", json=body).status_code == 200
    assert _completeness(analyst, "cri")["qualitative"]["values"] == 2
    assert _completeness(analyst, "cri", include="approved")["qualitative"]["values"] == 1
