"""`GET /scores/{node}/reliability`: whether what is added up belongs together."""

import csv
from pathlib import Path
from typing import Any

import pytest

from app.access.policy import Role
from tests.support import golden
from tests.support.server import Caller, Server


@pytest.fixture
def analyst(server: Server, shared: Path) -> Caller:
    folder = shared / "golden" / "open"
    server.publish(*(golden.load(folder / name) for name in ("communities.json", "form.json", "scoring_spec.json")))
    server.enrol(Role.ENUMERATOR).send(*golden.items(folder))
    return server.enrol(Role.ANALYST)


def _asked(caller: Caller, node: str, **parameters: Any) -> Any:
    answer = caller.get(f"/scores/{node}/reliability", params=parameters)
    assert answer.status_code == 200, answer.text
    return {next(iter(row["domain"].values()), ""): row for row in answer.json()["reliability"]}


def test_alpha_is_that_of_psych(analyst: Caller, shared: Path) -> None:
    with (shared / "golden" / "open" / "expected" / "ucra_open_alpha.csv").open(newline="") as source:
        expected = [row for row in csv.DictReader(source) if row["use"] == "complete"]
    got = _asked(analyst, "i_trust", by="community")
    assert len(expected) == len(got) == 4
    for row in expected:
        own = got[row["domain"]]
        assert (own["n"], own["k"]) == (int(row["n"]), int(row["k"]))
        assert own["alpha"] == pytest.approx(float(row["raw_alpha"]), rel=1e-12)
        assert own["standardised"] == pytest.approx(float(row["std_alpha"]), rel=1e-12)
        assert [each["item"] for each in own["items"]] == ["q_trust1", "q_trust2", "q_trust3", "q_trust4"]
        for member, column in (("item_rest", "r_drop"), ("alpha_if_dropped", "alpha_if_dropped")):
            numbers = [float(each) for each in row[column].split()]
            assert [each[member] for each in own["items"]] == pytest.approx(numbers, rel=1e-12)


def test_items_of_a_node_are_its_indicators(analyst: Caller) -> None:
    row = _asked(analyst, "comp_individual")[""]
    assert [each["item"] for each in row["items"]] == ["i_warning", "i_evac", "i_trust", "i_prepared"]
    assert row["alpha"] is not None
    assert row["n"] > 100


def test_what_has_no_items_is_refused(analyst: Caller) -> None:
    assert analyst.get("/scores/i_evac/reliability").json()["slug"] == "invalid_request"
    assert analyst.get("/scores/nothing/reliability").status_code == 404


def test_few_people_have_no_alpha(analyst: Caller) -> None:
    row = _asked(analyst, "i_trust", round="never")[""]
    assert (row["n"], row["alpha"], row["items"][0]["item_rest"]) == (0, None, None)
