"""Anchors by hand: for every UCRA indicator, which answer is the worst and which the best.

A new indicator needs its line here, so that nobody turns exposure or dependency round unnoticed.
"""

from typing import Any

import pytest

WORST_AND_BEST = {
    "i_hazard_frequency": ("weekly", "never"),
    "i_water_depth": ("above", "dry"),
    "i_house_damage": ("unlivable", "none"),
    "i_tenure": ("no_papers", "certificate"),
    "i_building_permit": ("no", "yes"),
    "i_water_source": ("open", "piped"),
    "i_sanitation": ("no_toilet", "septic"),
    "i_drainage": ("stagnant", "flowing"),
    "i_waste": ("dumped", "collected"),
    "i_evac_help": ("nobody", "not_needed"),
    "i_gotong_royong": ("never", "monthly"),
    "i_rt_meetings": ("never", "monthly"),
    "i_mutual_help": ("none", "all"),
    "i_inclusion": ("none", "all"),
    "i_contact_known": ("no", "number"),
    "i_agency_contact": ("never", "monthly"),
    "i_report_response": ("ignored", "solved"),
    "i_ksb_known": ("dk", "yes"),
    "i_ksb_exists": ("none", "decreed"),
    "i_ksb_state": ("none", "equipped"),
    "i_response_time": ("never", "hours"),
    "i_warning_reach": ("never", "always"),
    "i_route_known": ("no", "yes"),
    "i_shelter_known": ("no", "yes"),
    "i_drill_joined": ("no", "yes"),
    "i_route_state": ("none", "tested"),
    "i_shelter_state": ("none", "accessible"),
    "i_drill_frequency": ("never", "yearly"),
    "i_risk_expected": ("very_unlikely", "very_likely"),
    "i_risk_severity": ("none", "very_heavy"),
    "i_risk_talk": ("never", "always"),
    "i_training": ("no", "yes"),
    "i_first_aid": ("no", "trained"),
    "i_wa_group": ("no", "yes"),
    "i_alert_last": ("no", "early"),
    "i_income": ("under_1_5", "from_8"),
    "i_savings": ("none", "weeks_13_up"),
    "i_debt": ("unable", "none"),
}
MORE_IS_WORSE = {
    *("i_hazard_area", "i_subsidence", "i_hazard_events", "i_hazards_met", "i_days_disrupted"),
    *("i_health_minutes", "i_dependents", "i_evac_minutes"),
}
MORE_IS_BETTER = {
    *("i_health_workers", "i_piped_water", "i_drainage_working", "i_shelters", "i_warning_channels"),
    *("i_prep_steps", "i_house_adapted", "i_warning_signs", "i_devices", "i_income_sources", "i_insurance"),
}


@pytest.fixture
def rules(documents: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["id"]: each["rule"] for each in documents["ucra/framework"]["indicators"]}


def from_little_to_much(rule: dict[str, Any]) -> list[float]:
    """The scores that a growing number or count passes through."""
    if rule["type"] == "goalposts":
        return [1, 5] if rule["direction"] == 1 else [5, 1]
    return list(rule["scores"] if rule["type"] == "bins" else rule["to"])


def test_every_indicator_has_an_anchor(rules: dict[str, dict[str, Any]]) -> None:
    assert rules.keys() == {*WORST_AND_BEST, *MORE_IS_WORSE, *MORE_IS_BETTER, "i_trust"}


@pytest.mark.parametrize(("indicator", "worst", "best"), [(each, *ends) for each, ends in WORST_AND_BEST.items()])
def test_worst_is_one_and_best_is_five(indicator: str, worst: str, best: str, rules: dict[str, dict[str, Any]]) -> None:
    rule = rules[indicator]
    assert (rule["map"][worst], rule["map"][best]) == (1, 5)
    assert "reverse" not in rule


@pytest.mark.parametrize("indicator", sorted(MORE_IS_WORSE))
def test_more_of_a_burden_scores_lower(indicator: str, rules: dict[str, dict[str, Any]]) -> None:
    scores = from_little_to_much(rules[indicator])
    assert scores == sorted(scores, reverse=True)
    assert (scores[0], scores[-1]) == (5, 1)


@pytest.mark.parametrize("indicator", sorted(MORE_IS_BETTER))
def test_more_of_a_capacity_scores_higher(indicator: str, rules: dict[str, dict[str, Any]]) -> None:
    scores = from_little_to_much(rules[indicator])
    assert scores == sorted(scores)
    assert (scores[0], scores[-1]) == (1, 5)


def test_only_the_statement_against_trust_is_reversed(rules: dict[str, dict[str, Any]]) -> None:
    trust = rules["i_trust"]
    assert trust["alpha"] is True
    assert [item["question"] for item in trust["items"] if item.get("reverse")] == ["trust_selfish"]
    assert all(item["map"] == {"sd": 1, "d": 2, "n": 3, "a": 4, "sa": 5} for item in trust["items"])


def test_no_indicator_is_mirrored_as_a_whole(documents: dict[str, Any]) -> None:
    assert [each["id"] for each in documents["ucra/framework"]["indicators"] if each.get("direction", 1) != 1] == []
