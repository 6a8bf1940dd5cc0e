"""Two profiles, qualitative and quantitative, that never mix and never shrink to one number."""

from collections.abc import Iterator
from typing import Any

import pytest

PROFILES = [
    ("cri/framework", "cri_qualitative", "group", "c", "q", "map"),
    ("cri/framework_quantitative", "cri_quantitative", "external", "k", "m", "goalposts"),
]


def leaves(node: dict[str, Any]) -> Iterator[str]:
    for child in node["children"]:
        if "indicator" in child:
            yield child["indicator"]
        else:
            yield from leaves(child)


def shape(node: dict[str, Any]) -> Any:
    """A node without what is its profile's own: the letter of its indicators."""
    if "indicator" in node:
        return node["indicator"][1:], node["weight"]
    return node["id"], node.get("weight"), [shape(child) for child in node["children"]]


@pytest.mark.parametrize(("name", "form_id", "source", "letter", "asked", "rule"), PROFILES)
def test_an_indicator_is_the_mean_of_its_three_answers(
    name: str, form_id: str, source: str, letter: str, asked: str, rule: str, documents: dict[str, Any]
) -> None:
    framework = documents[name]
    assert framework["form"] == form_id
    assert len(framework["indicators"]) == 52
    for each in framework["indicators"]:
        number = each["id"].removeprefix(letter)
        assert (each["unit"], each["source"]) == ("community", source)
        assert {**each["rule"], "items": None} == {"type": "scale", "combine": "mean", "min_answered": 1, "items": None}
        assert [item["question"] for item in each["rule"]["items"]] == [f"{asked}{number}_{part}" for part in "abc"]
        assert {item["type"] for item in each["rule"]["items"]} == {rule}


def test_ratings_count_as_they_are(documents: dict[str, Any]) -> None:
    framework = documents["cri/framework"]
    for each in framework["indicators"]:
        for item in each["rule"]["items"]:
            assert item["map"] == {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}, each["id"]
            assert item["not_applicable"] == ["na"], each["id"]
    assert framework["missing"]["codes"] == {"dk": "dont_know"}


def test_both_profiles_have_the_same_tree(documents: dict[str, Any]) -> None:
    qualitative, quantitative = (documents[name]["tree"] for name, *_ in PROFILES)
    assert shape(qualitative) == shape(quantitative)
    assert [len(node["children"]) for node in (qualitative, *qualitative["children"])] == [4, 3, 3, 3, 3]


@pytest.mark.parametrize("name", [name for name, *_ in PROFILES])
def test_every_indicator_has_one_place(name: str, documents: dict[str, Any]) -> None:
    framework = documents[name]
    assert list(leaves(framework["tree"])) == [each["id"] for each in framework["indicators"]]


@pytest.mark.parametrize("name", [name for name, *_ in PROFILES])
def test_a_city_gets_a_profile_and_no_grade(name: str, documents: dict[str, Any]) -> None:
    framework = documents[name]
    assert framework["total"] == "off"
    assert "bands" not in framework
    assert framework["scale"] == {"min": 1, "max": 5, "higher_is_better": True}
    assert (framework["policy"]["n_suppress"], framework["policy"]["n_flag"]) == (0, 0)


@pytest.mark.parametrize("name", [name for name, *_ in PROFILES])
def test_uncertain_names_are_named(name: str, documents: dict[str, Any]) -> None:
    for note in documents[name]["note"].values():
        assert all(number in note for number in ("2.5", "8.3", "8.4", "10.2", "10.3")), name


def test_names_are_those_of_the_forms(documents: dict[str, Any]) -> None:
    groups = {
        row["name"]: {"id": row["label::Bahasa Indonesia (id)"], "en": row["label::English (en)"]}
        for row in documents["cri/qualitative"]["survey"]
        if row["type"] == "begin_group"
    }
    for name, *_ in PROFILES:
        framework = documents[name]
        for each in framework["indicators"]:
            assert each["label"] == groups[f"indicator_{each['id'][1:]}"], each["id"]
        for dimension in framework["tree"]["children"]:
            for node in (dimension, *dimension["children"]):
                assert node["label"] == groups[node["id"]], node["id"]
