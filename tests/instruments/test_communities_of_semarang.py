import re
from typing import Any

import pytest

PARENT_LEVEL = {"province": None, "city": "province", "kecamatan": "city", "kelurahan": "kecamatan"}
KEMENDAGRI = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?")
BPS_OF_KELURAHAN = {
    "33.74.02.1008": "3374120009",
    "33.74.04.1002": "3374100006",
    "33.74.12.1010": "3374020015",
}


@pytest.fixture
def areas(documents: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {area["code"]: area for area in documents["communities/semarang"]}


@pytest.fixture
def kelurahan(areas: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {code: area for code, area in areas.items() if area["level"] == "kelurahan"}


def test_codes_are_unique(documents: dict[str, Any], areas: dict[str, dict[str, Any]]) -> None:
    assert len(areas) == len(documents["communities/semarang"])
    assert len({area["bps_code"] for area in areas.values()}) == len(areas)


def test_a_code_begins_with_its_parents_code(areas: dict[str, dict[str, Any]]) -> None:
    for code, area in areas.items():
        assert KEMENDAGRI.fullmatch(code)
        assert area["parent"] == (code.rpartition(".")[0] or None)
        parent = areas.get(area["parent"])
        assert (parent and parent["level"]) == PARENT_LEVEL[area["level"]]


def test_bps_codes_are_looked_up_not_computed(kelurahan: dict[str, dict[str, Any]]) -> None:
    assert {code: area["bps_code"] for code, area in kelurahan.items()} == BPS_OF_KELURAHAN


def test_every_kelurahan_says_where_when_and_how_many(
    kelurahan: dict[str, dict[str, Any]], forms: dict[str, dict[str, Any]]
) -> None:
    for area in kelurahan.values():
        assert -7.2 < area["centroid"]["lat"] < -6.9
        assert 110.2 < area["centroid"]["lon"] < 110.6
        assert area["period"]["from"] < area["period"]["until"]
        assert area["targets"].keys() <= forms.keys()
        assert area["targets"]["ucra_household"] > 0


def test_forms_offer_every_community_of_one_level_by_its_code(
    form: dict[str, Any], areas: dict[str, dict[str, Any]]
) -> None:
    offered = {choice["name"] for choice in form["choices"] if choice["list_name"] == "community"}
    level = "city" if form["settings"]["form_id"].startswith("cri_") else "kelurahan"
    assert offered == {code for code, area in areas.items() if area["level"] == level}
    asked = next(row for row in form["survey"] if row.get("name") == "community")
    assert (asked["type"], asked["required"]) == ("select_one community", "yes")
