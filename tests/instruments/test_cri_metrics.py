"""A metric is a number of the whole city: what it counts, its limits, and whether more is better or worse.

A metric of which more is worse needs its line here, so that nobody turns one round unnoticed.
"""

import re
from collections import Counter
from typing import Any

import pytest

MORE_IS_WORSE = {
    "m1_1_a": "homes are unfit",
    "m1_1_b": "spending goes on housing",
    "m1_1_c": "slum settlements",
    "m1_2_b": "spending goes on electricity",
    "m1_5_a": "spending goes on food",
    "m1_5_b": "stunted",
    "m2_2_c": "not in school, work or training",
    "m2_5_b": "first cash assistance",
    "m3_1_b": "dengue",
    "m3_2_c": "mothers died",
    "m3_3_a": "an ambulance take",
    "m3_4_a": "a fire engine take",
    "m4_2_c": "incidents of conflict",
    "m5_1_a": "crimes",
    "m5_1_c": "feel unsafe",
    "m5_2_c": "an unofficial fee",
    "m5_3_a": "the police take",
    "m5_4_a": "a civil case take",
    "m6_2_c": "businesses closed",
    "m6_3_a": "from its largest sector",
    "m6_3_b": "ten largest employers",
    "m6_4_a": "to obtain a business licence",
    "m6_5_b": "single largest country",
    "m7_1_b": "map was last updated",
    "m7_3_b": "degraded land",
    "m7_4_c": "for floodwater to recede",
    "m8_1_c": "PM2.5",
    "m8_2_a": "single largest source",
    "m8_4_a": "lost before it reaches customers",
    "m8_4_b": "power out",
    "m8_5_c": "to restore water and power",
    "m9_1_b": "spending goes on transport",
    "m9_2_b": "traffic accidents",
    "m9_4_c": "cyber incident",
    "m10_2_c": "until help from the province",
    "m10_4_b": "risk assessment was last updated",
    "m12_1_c": "their publication",
    "m12_3_a": "high-hazard zones",
    "m12_3_c": "against the spatial plan",
    "m12_4_c": "breach their conditions",
}
LIMITS = re.compile(r"\. >= 0 and \. <= (\d+)")


@pytest.fixture
def metrics(forms: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in forms["cri_quantitative"]["survey"] if row["type"] == "decimal"}


@pytest.fixture
def goalposts(documents: dict[str, Any]) -> dict[str, dict[str, Any]]:
    indicators = documents["cri/framework_quantitative"]["indicators"]
    return {item["question"]: item for each in indicators for item in each["rule"]["items"]}


def test_more_is_worse_only_where_this_list_says_so(
    metrics: dict[str, dict[str, Any]], goalposts: dict[str, dict[str, Any]]
) -> None:
    for name, words in MORE_IS_WORSE.items():
        assert words in metrics[name]["label::English (en)"], name
    assert {name for name, item in goalposts.items() if item["direction"] == -1} == MORE_IS_WORSE.keys()
    assert {item["direction"] for item in goalposts.values()} == {1, -1}


def test_worst_and_best_lie_within_what_may_be_entered(
    metrics: dict[str, dict[str, Any]], goalposts: dict[str, dict[str, Any]]
) -> None:
    for name, item in goalposts.items():
        highest = LIMITS.fullmatch(metrics[name]["constraint"])
        assert highest, name
        assert 0 <= item["low"] < item["high"] <= float(highest[1]), name
        assert item["clip"] is True, name


def test_shares_end_at_a_hundred(metrics: dict[str, dict[str, Any]]) -> None:
    """Only spare power and exports may exceed what they are measured against."""
    shares = {name for name, row in metrics.items() if "What percentage" in row["label::English (en)"]}
    ends = {name: metrics[name]["constraint"] for name in shares}
    assert {name for name, end in ends.items() if not end.endswith(" 100")} == set()
    spoken = {name for name, row in metrics.items() if "percent" in row["constraint_message::English (en)"]}
    assert spoken - shares == {"m6_4_b", "m6_5_a", "m8_3_a"}


def test_the_message_says_the_limit(metrics: dict[str, dict[str, Any]]) -> None:
    for name, row in metrics.items():
        limit = int(row["constraint"].split()[-1])
        assert row["constraint_message::English (en)"].startswith(f"Enter 0 to {limit:,} "), name
        indonesian = f"{limit:,}".replace(",", ".")
        assert row["constraint_message::Bahasa Indonesia (id)"].startswith(f"Isi 0 sampai {indonesian} "), name


def test_no_metric_is_forced_into_a_number(metrics: dict[str, dict[str, Any]]) -> None:
    for name, row in metrics.items():
        assert "required" not in row, name
        assert row["hint::English (en)"] == "Leave blank if there are no data.", name


def test_no_metric_is_asked_twice(metrics: dict[str, dict[str, Any]]) -> None:
    for language in ("Bahasa Indonesia (id)", "English (en)"):
        labels = Counter(row[f"label::{language}"] for row in metrics.values())
        assert [label for label, times in labels.items() if times > 1] == []
        assert all(label.endswith("?") for label in labels)


@pytest.mark.parametrize("goal", range(1, 13))
def test_the_figures_of_a_goal_need_a_source_and_a_year(
    goal: int, forms: dict[str, dict[str, Any]], metrics: dict[str, dict[str, Any]]
) -> None:
    rows = {row["name"]: row for row in forms["cri_quantitative"]["survey"] if "name" in row}
    assert rows[f"goal_{goal}_source"]["required"] == rows[f"goal_{goal}_year"]["required"] == "yes"
    asked_with = re.findall(r"\$\{(\w+)\}", rows[f"goal_{goal}_record"]["relevant"])
    assert asked_with == [name for name in metrics if name.startswith(f"m{goal}_")]
