"""Our findings are those of the tablets' own engine, but for a short list of differences that were looked into.

What the engine finds was recorded by `make oracle`; nothing is asked here, so no Node is needed.
"""

import json
import re
from collections import Counter
from datetime import datetime
from functools import cache
from typing import Any

import pytest

from app.forms import logic
from app.forms.logic import Logic
from tests.oracle.ask import HERE
from tests.oracle.examples import INSTRUMENTS, all_examples
from tests.oracle.recordings import NOW, Interview, names, read

LEAST_EQUAL = 0.995
LEAST_ASKED = 4_000
EXPLAINED: list[dict[str, str]] = json.loads((HERE / "explained.json").read_text())
Verdict = tuple[str, str]


@pytest.fixture(autouse=True)
def all_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logic, "MOST_FLAGS", 1_000_000)


def ours(form_logic: Logic, answers: dict[str, Any]) -> Counter[Verdict]:
    found = form_logic.judge(answers, datetime.fromisoformat(NOW)).flags
    return Counter((flag.code, flag.path) for flag in found)


def theirs(interview: Interview) -> Counter[Verdict]:
    return Counter((code, path) for code, paths in interview.found.items() for path in paths)


@cache
def differences(name: str) -> Counter[Verdict]:
    """How often we and the engine differ, by code and by path without the numbers of turns."""
    example = all_examples().get(name)
    if example is None:
        pytest.skip(f"the form of {name} is not at hand: see requirements-samples.txt")
    form_logic = Logic(example.document, example.tables)
    found: Counter[Verdict] = Counter()
    for interview in read(name).interviews:
        here, there = ours(form_logic, interview.answers), theirs(interview)
        for code, path in ((here - there) + (there - here)).elements():
            found[code, re.sub(r"\[\d+\]", "", path)] += 1
    return found


@pytest.mark.parametrize("name", names())
def test_we_find_what_the_engine_finds(name: str) -> None:
    assert differences(name).total() <= (1 - LEAST_EQUAL) * read(name).asked


@pytest.mark.parametrize("name", names())
def test_every_difference_is_explained_and_every_explanation_needed(name: str) -> None:
    explained = {(each["code"], each["path"]) for each in EXPLAINED if each["form"] == name and each["reason"]}
    assert set(differences(name)) == explained


def test_explanations_are_of_recorded_forms() -> None:
    assert {each["form"] for each in EXPLAINED} <= set(names())


def test_every_instrument_was_asked_about_thousands_of_times() -> None:
    documents = [json.loads(path.read_text()) for path in INSTRUMENTS.rglob("*.json")]
    instruments = {document["settings"]["form_id"] for document in documents if "survey" in document}
    assert all(read(name).asked >= LEAST_ASKED for name in instruments)


def test_everything_was_found_many_times_and_missed_many_times() -> None:
    """Recordings of good interviews, or of bad ones only, would prove little."""
    interviews = [interview for name in names() for interview in read(name).interviews]
    found = Counter(code for interview in interviews for code, _ in theirs(interview).elements())
    assert set(found) == {"relevance", "required", "constraint", "calculation", "choice_filter"}
    assert min(found.values()) > 200
    assert found.total() < 0.5 * sum(interview.asked for interview in interviews)
