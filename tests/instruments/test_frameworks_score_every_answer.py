from collections.abc import Iterator
from typing import Any

import pytest


def plain_rules(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from rule["items"] if rule["type"] == "scale" else [rule]


def rules(framework: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(each["id"], rule) for each in framework["indicators"] for rule in plain_rules(each["rule"])]


def question(reference: str, framework: dict[str, Any], forms: dict[str, dict[str, Any]]) -> tuple[str, set[str]]:
    """The base type of a question and the names of its choices."""
    form_id, colon, name = reference.rpartition(":")
    form = forms[form_id if colon else framework["form"]]
    row = next(row for row in form["survey"] if row.get("name") == name)
    kind, _, list_name = row["type"].partition(" ")
    return kind, {choice["name"] for choice in form["choices"] if choice["list_name"] == list_name}


def test_every_choice_has_a_score_or_a_reason(framework: dict[str, Any], forms: dict[str, dict[str, Any]]) -> None:
    for indicator, rule in rules(framework):
        kind, choices = question(rule["question"], framework, forms)
        missing = set(framework["missing"]["codes"])
        match rule["type"]:
            case "map":
                assert kind == "select_one", indicator
                scored = set(rule["map"])
                assert scored.isdisjoint(rule.get("not_applicable", [])), indicator
                assert scored <= choices <= scored | missing | set(rule.get("not_applicable", [])), indicator
            case "count":
                assert kind == "select_multiple", indicator
                assert choices - missing == {*rule["options"], *rule["none"]}, indicator
                assert len(rule["to"]) == len(rule["options"]) + 1, indicator
            case _:
                assert kind in ("integer", "decimal"), indicator


def test_bins_have_a_score_for_each_stretch(framework: dict[str, Any]) -> None:
    for indicator, rule in rules(framework):
        if rule["type"] == "bins":
            assert rule["edges"] == sorted(set(rule["edges"])), indicator
            assert len(rule["scores"]) == len(rule["edges"]) + 1, indicator


def test_scores_stay_on_the_scale(framework: dict[str, Any]) -> None:
    low, high = framework["scale"]["min"], framework["scale"]["max"]
    for indicator, rule in rules(framework):
        scores = [*rule.get("map", {}).values(), *rule.get("scores", []), *rule.get("to", [])]
        assert all(low <= score <= high for score in scores), indicator


def test_weights_of_siblings_are_equal_and_make_one(framework: dict[str, Any]) -> None:
    nodes = [framework["tree"]]
    while nodes:
        node = nodes.pop()
        weights = [child["weight"] for child in node["children"]]
        assert sum(weights) == pytest.approx(1), node["id"]
        assert len(set(weights)) == 1, node["id"]
        nodes += [child for child in node["children"] if "children" in child]


def test_every_ucra_indicator_has_one_place_in_the_tree(documents: dict[str, Any]) -> None:
    framework = documents["ucra/framework"]
    components = framework["tree"]["children"]
    leaves = [
        leaf["indicator"] for component in components for each in component["children"] for leaf in each["children"]
    ]
    assert sorted(leaves) == sorted(indicator["id"] for indicator in framework["indicators"])


def test_households_alone_fill_half_of_every_category(documents: dict[str, Any]) -> None:
    """Else no category would have a score before the group discussions and the city's records are in."""
    framework = documents["ucra/framework"]
    survey = {each["id"] for each in framework["indicators"] if each["source"] == "survey"}
    for component in framework["tree"]["children"]:
        for category in component["children"]:
            share = sum(leaf["weight"] for leaf in category["children"] if leaf["indicator"] in survey)
            assert share >= framework["policy"]["min_child_share"] - 1e-9, category["id"]


def test_the_source_of_an_indicator_is_the_form_it_asks(documents: dict[str, Any]) -> None:
    sources = {"": "survey", "ucra_focus_group": "group", "ucra_city_records": "external"}
    for each in documents["ucra/framework"]["indicators"]:
        for rule in plain_rules(each["rule"]):
            assert each["source"] == sources[rule["question"].rpartition(":")[0]], each["id"]


def test_the_design_names_questions(framework: dict[str, Any], forms: dict[str, dict[str, Any]]) -> None:
    design = framework["design"]
    named = [design[each] for each in ("strata", "psu", "weight", "fpc_psu") if design[each]] + design["dimensions"]
    assert {*named} <= {row.get("name") for row in forms[framework["form"]]["survey"]}
