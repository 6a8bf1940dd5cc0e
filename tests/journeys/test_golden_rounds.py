"""Two rounds in the same PSUs, sent as interviews: what they say together, apart, and how far they differ."""

import csv
import json
import random
import uuid
from pathlib import Path
from typing import Any

import pytest

from app.access.policy import Role
from tests.support import golden
from tests.support.server import Caller, Server

INDICATORS = ("i_trust", "i_drain", "i_warning")
PLACES = {"community": "text", "stratum": "text", "rt": "text", "n_rt_total": "integer", "weight": "decimal"}
FORM: dict[str, Any] = {
    "settings": {"form_id": "panel", "form_title": "Panel", "version": "1", "default_language": "English (en)"},
    "survey": [
        {"type": kind, "name": name, "label::English (en)": name}
        for name, kind in {**PLACES, "round": "text", **dict.fromkeys(INDICATORS, "decimal")}.items()
    ],
}
FRAMEWORK: dict[str, Any] = {
    "spec": "score/1",
    "id": "panel",
    "version": "1",
    "form": "panel",
    "scale": {"min": 1, "max": 5},
    "indicators": [
        {"id": name, "rule": {"type": "goalposts", "question": name, "low": 1, "high": 5}} for name in INDICATORS
    ],
    "tree": {"id": "total", "children": [{"indicator": name} for name in INDICATORS]},
    "policy": {"n_suppress": 0},
    "design": {"strata": "stratum", "psu": "rt", "weight": "weight", "fpc_psu": "n_rt_total"},
}
MEAN = {
    "estimate": "estimate",
    "standard_error": "se",
    "df": "df",
    "ci_low": "ci_t_low",
    "ci_high": "ci_t_high",
    "n": "n",
    "n_psu": "n_psu",
    "n_strata": "n_strata",
    "n_effective": "n_eff_kish",
    "design_effect": "deff_wr",
    "cv": "cv",
}
DIFFERENCE = {
    "difference": "estimate",
    **{name: MEAN[name] for name in ("standard_error", "df", "ci_low", "ci_high", "n", "n_psu", "n_strata")},
}


@pytest.fixture
def folder(shared: Path) -> Path:
    return shared / "golden" / "open"


@pytest.fixture
def analyst(server: Server, folder: Path) -> Caller:
    server.publish(json.loads((folder / "communities.json").read_text(encoding="utf-8")), FORM, FRAMEWORK)
    items = [_item(row) for row in _table(folder / "inputs" / "ucra_rounds_open.csv")]
    random.Random(1).shuffle(items)
    tablet = server.enrol(Role.ENUMERATOR)
    for start in range(0, len(items), 40):
        assert {each["status"] for each in tablet.send(*items[start : start + 40])["receipts"]} == {"accepted"}
    return server.enrol(Role.ANALYST)


def test_rounds_and_their_differences_are_the_golden_ones(analyst: Caller, folder: Path) -> None:
    scores = analyst.get("/scores", params={"by": "round"}).json()["scores"]
    means = {(row["node"], row["domain"].get("round", "")): row for row in scores}
    found = {(row["node"], ""): row for row in _differences(analyst)}
    found |= {(row["node"], row["domain"]["community"]): row for row in _differences(analyst, by="community")}
    compared = 0
    for row in _table(folder / "expected" / "ucra_rounds_open_estimates.csv"):
        if row["statistic"] == "mean":
            _assert_same(means[row["variable"], row["domain"]], row, MEAN)
        else:
            own = found[row["variable"], row["case_id"].partition("@")[2]]
            assert f"{own['b']} - {own['a']}" == row["domain"]
            _assert_same(own, row, DIFFERENCE)
        compared += 1
    assert compared == 21


def _differences(analyst: Caller, **by: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = analyst.get("/scores/differences", params={"between": "round", **by}).json()[
        "differences"
    ]
    return told


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as source:
        return list(csv.DictReader(source))


def _item(row: dict[str, str]) -> dict[str, Any]:
    types = {each["name"]: each["type"] for each in FORM["survey"]}
    return {
        "instance_id": f"uuid:{uuid.uuid5(uuid.NAMESPACE_URL, row['round'] + row['submission_id'])}",
        "form_id": "panel",
        "version": "1",
        "answers": {
            name: float(value) if types[name] in golden.NUMBERS else value
            for name, value in row.items()
            if name in types and value not in ("", "NA")
        },
    }


def _assert_same(score: dict[str, Any], row: dict[str, str], columns: dict[str, str]) -> None:
    for member, column in columns.items():
        expected = float(row[column])
        assert score[member] == pytest.approx(expected, abs=1e-6 * max(1, abs(expected))), (member, row)
