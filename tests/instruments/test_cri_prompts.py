"""A prompt is rated from 1 to 5 between a worst and a best case, which its hint describes."""

import re
from collections import Counter
from typing import Any

import pytest

LANGUAGES = ("Bahasa Indonesia (id)", "English (en)")
BOTH_ENDS = re.compile(r"1: (\S.+\.)\n5: (\S.+\.)")


@pytest.fixture
def form(forms: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return forms["cri_qualitative"]


@pytest.fixture
def prompts(form: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in form["survey"] if row["type"] == "select_one rating"]


def test_ratings_run_from_one_to_five_with_a_way_out(form: dict[str, Any]) -> None:
    ratings = [choice["name"] for choice in form["choices"] if choice["list_name"] == "rating"]
    assert ratings == ["1", "2", "3", "4", "5", "dk", "na"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_prompt_describes_both_ends(language: str, prompts: list[dict[str, Any]]) -> None:
    hints = {row["name"]: row[f"hint::{language}"] for row in prompts}
    assert [name for name, hint in hints.items() if not BOTH_ENDS.fullmatch(hint)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_wording_is_used_twice(language: str, prompts: list[dict[str, Any]]) -> None:
    wordings = [row[f"label::{language}"] for row in prompts]
    wordings += [end for row in prompts for end in BOTH_ENDS.findall(row[f"hint::{language}"])[0]]
    assert len(wordings) == 3 * 156
    assert [wording for wording, times in Counter(wordings).items() if times > 1] == []


def test_a_prompt_asks_for_a_degree(prompts: list[dict[str, Any]]) -> None:
    """A question of yes or no could not be rated from 1 to 5."""
    for row in prompts:
        assert row["label::Bahasa Indonesia (id)"].startswith("Seberapa "), row["name"]
        assert row["label::English (en)"].startswith("How "), row["name"]


def test_a_session_may_leave_prompts_to_another(prompts: list[dict[str, Any]]) -> None:
    assert [row["name"] for row in prompts if "required" in row or "relevant" in row] == []


def test_every_goal_keeps_what_its_ratings_rest_on(form: dict[str, Any]) -> None:
    texts = [row["name"] for row in form["survey"] if row["type"] == "text" and row["name"].startswith("goal_")]
    assert texts == [f"goal_{goal}_evidence" for goal in range(1, 13)]
