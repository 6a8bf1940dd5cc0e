"""Twenty triplets (begun, exists, works): a no leads to the next triplet, the score is the number of yes."""

from typing import Any

import pytest

QUESTIONS = [f"q{number:02d}" for number in range(1, 61)]


@pytest.fixture
def asked(forms: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in forms["destana"]["survey"] if row.get("name") in QUESTIONS}


@pytest.fixture
def framework(documents: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = documents["destana/framework"]
    return document


def test_there_are_sixty_questions_in_order_answered_yes_or_no(asked: dict[str, dict[str, Any]]) -> None:
    assert list(asked) == QUESTIONS
    assert {row["type"] for row in asked.values()} == {"select_one yes_no"}
    assert {row["required"] for row in asked.values()} == {"yes"}


@pytest.mark.parametrize("first", range(0, 60, 3))
def test_a_no_leads_to_the_next_triplet(first: int, asked: dict[str, dict[str, Any]]) -> None:
    begun, exists, works = QUESTIONS[first : first + 3]
    assert "relevant" not in asked[begun]
    assert asked[exists]["relevant"] == f"${{{begun}}} = 'yes'"
    assert asked[works]["relevant"] == f"${{{exists}}} = 'yes'"


def test_each_triplet_is_a_group_of_its_own(forms: dict[str, dict[str, Any]]) -> None:
    groups: dict[str, list[str]] = {}
    for row in forms["destana"]["survey"]:
        if row["type"] == "begin_group":
            groups[row["name"]] = []
        elif row.get("name") in QUESTIONS:
            groups[list(groups)[-1]].append(row["name"])
    triplets = {name: inside for name, inside in groups.items() if inside}
    assert triplets == {f"t{number + 1:02d}": QUESTIONS[3 * number : 3 * number + 3] for number in range(20)}


def test_the_score_counts_the_yes_of_all_sixty(framework: dict[str, Any]) -> None:
    rules = {each["id"]: each["rule"] for each in framework["indicators"]}
    assert [item["question"] for item in rules["yes_count"]["items"]] == QUESTIONS
    assert [item["question"] for number in range(1, 21) for item in rules[f"t{number:02d}"]["items"]] == QUESTIONS
    for rule in rules.values():
        assert {**rule, "items": None} == {
            "type": "scale",
            "combine": "sum",
            "min_answered": 1,
            "blank": 0,
            "items": None,
        }
        assert all(item["map"] == {"yes": 1, "no": 0} for item in rule["items"])


def test_only_the_count_makes_the_total(framework: dict[str, Any]) -> None:
    assert framework["tree"]["children"] == [{"indicator": "yes_count", "weight": 1}]
    assert (framework["scale"]["min"], framework["scale"]["max"]) == (0, 60)
    triplets = [each for each in framework["indicators"] if each["id"] != "yes_count"]
    assert all((each["scale"]["min"], each["scale"]["max"]) == (0, 3) for each in triplets)


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0, None),
        (19, None),
        (20, "pratama"),
        (35, "pratama"),
        (36, "madya"),
        (50, "madya"),
        (51, "utama"),
        (60, "utama"),
    ],
)
def test_bands_meet_without_gap_or_overlap(score: int, band: str | None, framework: dict[str, Any]) -> None:
    found = [each["id"] for each in framework["bands"] if each["min"] <= score <= each["max"]]
    assert found == ([band] if band else [])
