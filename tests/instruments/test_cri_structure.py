"""4 dimensions, 12 goals, 52 indicators with three prompts and three metrics each: twice 156 inputs."""

from collections.abc import Iterator
from typing import Any

import pytest

DIMENSIONS = {
    "dim_health": range(1, 4),
    "dim_economy": range(4, 7),
    "dim_infrastructure": range(7, 10),
    "dim_leadership": range(10, 13),
}
INDICATORS_OF_GOAL = dict(enumerate((5, 5, 4, 4, 4, 5, 4, 5, 4, 5, 3, 4), start=1))
KINDS = [("cri_qualitative", "q", "select_one rating"), ("cri_quantitative", "m", "decimal")]


def expected(letter: str) -> Iterator[tuple[str, ...]]:
    """Every input with the groups around it, in order."""
    for dimension, goals in DIMENSIONS.items():
        for goal in goals:
            for number in range(1, INDICATORS_OF_GOAL[goal] + 1):
                for part in "abc":
                    indicator = f"indicator_{goal}_{number}"
                    yield dimension, f"goal_{goal}", indicator, f"{letter}{goal}_{number}_{part}"


def placed(form: dict[str, Any], kind: str) -> Iterator[tuple[str, ...]]:
    """Every question of a type with the groups around it."""
    around: list[str] = []
    for row in form["survey"]:
        if row["type"] == "begin_group":
            around.append(row["name"])
        elif row["type"] == "end_group":
            around.pop()
        elif row["type"] == kind:
            yield *around, row["name"]


def group_labels(form: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """What dimensions, goals and indicators are called in Indonesian and in English."""
    return {
        row["name"]: (row["label::Bahasa Indonesia (id)"], row["label::English (en)"])
        for row in form["survey"]
        if row["type"] == "begin_group" and row["name"].startswith(("dim_", "goal_", "indicator_"))
        if not row["name"].endswith("_record")
    }


@pytest.mark.parametrize(("form_id", "letter", "kind"), KINDS)
def test_every_indicator_asks_three_things(
    form_id: str, letter: str, kind: str, forms: dict[str, dict[str, Any]]
) -> None:
    found = list(placed(forms[form_id], kind))
    assert len(found) == 156
    assert found == list(expected(letter))


def test_both_forms_use_the_same_names(forms: dict[str, dict[str, Any]]) -> None:
    qualitative, quantitative = (group_labels(forms[form_id]) for form_id, _, _ in KINDS)
    assert qualitative == quantitative
    assert len(qualitative) == 4 + 12 + 52


def test_goals_and_indicators_say_their_number(forms: dict[str, dict[str, Any]]) -> None:
    for name, labels in group_labels(forms["cri_qualitative"]).items():
        level, _, number = name.partition("_")
        if level != "dim":
            assert all(label.startswith(f"{number.replace('_', '.')} ") for label in labels), name


@pytest.mark.parametrize("form_id", ["cri_qualitative", "cri_quantitative"])
def test_an_assessment_belongs_to_a_city_and_a_year(form_id: str, forms: dict[str, dict[str, Any]]) -> None:
    form = forms[form_id]
    assert [choice["name"] for choice in form["choices"] if choice["list_name"] == "community"] == ["33.74"]
    assert form["fieldwork"]["round"] == "assessment_year"
    asked = {row["name"]: row for row in form["survey"] if row.get("name") in ("community", "assessment_year")}
    assert {row["required"] for row in asked.values()} == {"yes"}
