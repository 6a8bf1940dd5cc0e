"""The catalogue of problems: stable, complete, in both languages, and told to readers in docs/problems.md."""

import re
import string
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.problems import Problem, catalogue

PAGE = (Path(__file__).parents[1] / "docs" / "problems.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines() if re.match(r"\| `\w+` \| \d", line)
]
PROBLEMS = pytest.mark.parametrize("problem", catalogue(), ids=lambda problem: problem.slug)


def test_page_tells_every_problem_and_no_other() -> None:
    told = [(slug.strip("`"), status, retry) for slug, status, retry, *_ in ROWS]
    assert told == [(each.slug, str(each.status), each.retry) for each in catalogue()]
    assert all(len(row) == 5 and all(row) for row in ROWS)


def test_slugs_are_unique() -> None:
    slugs = Counter(each.slug for each in catalogue())
    assert set(slugs.values()) == {1}
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", slug) for slug in slugs)


def test_nothing_is_a_problem_outside_of_the_catalogue() -> None:
    assert not [below for each in catalogue() for below in each.__subclasses__()]


@PROBLEMS
def test_problem_says_the_same_in_both_languages(problem: type[Problem]) -> None:
    assert problem.id != problem.en
    assert _facts(problem.id) == _facts(problem.en)
    assert problem.title
    assert not problem.title.endswith(".")


@PROBLEMS
def test_problem_is_a_whole_document(problem: type[Problem]) -> None:
    facts = {name: f"<{name}>" for name in _facts(problem.en)}
    document = problem(**facts).document()
    assert document.items() >= facts.items()
    assert document["type"] == f"/problems/{problem.slug}"
    assert document["retry"] in ("later", "never", "after_fix")
    assert set(document["message"]) == {"id", "en"}
    assert document["detail"] == document["message"]["en"] == str(problem(**facts))
    for fact in facts.values():
        assert all(fact in message for message in document["message"].values())


def test_only_what_may_pass_by_itself_is_tried_again_unchanged() -> None:
    again = {each.slug for each in catalogue() if each.retry == "later"}
    cut = {f"{how}_{what}" for how in ("truncated", "invalid") for what in ("gzip", "zstd")} | {"truncated_json"}
    load = {"too_slow", "too_much_at_once", "busy"}
    scoring = {"another_preview", "still_scoring"}
    assert again == cut | load | scoring | {"unavailable", "internal_error"}


def _facts(text: str) -> set[str]:
    fields: list[Any] = [field for _, field, _, _ in string.Formatter().parse(text) if field]
    return set(fields)
