"""Expressions mean what they mean to the OpenRosa clients, but for a short list of reviewed exceptions."""

import json
from collections import Counter
from pathlib import Path

from tests.support.conformance import FOLDER, load, what_is_wrong

CORPUS = "conformance/openrosa-xpath.json"


def exceptions() -> Counter[tuple[str, ...]]:
    listed = json.loads((FOLDER / "conformance_exceptions.json").read_text())
    assert all(exception["reason"] for exception in listed)
    return Counter((exception["file"], exception["test"], exception["expr"]) for exception in listed)


def test_all_assertions_hold_but_the_exceptions(shared: Path) -> None:
    wrong = {
        (assertion["file"], assertion["test"], assertion["expr"]): reason
        for assertion in load(shared / CORPUS)
        if (reason := what_is_wrong(assertion))
    }
    assert {place: reason for place, reason in wrong.items() if place not in exceptions()} == {}


def test_no_exception_holds(shared: Path) -> None:
    wrong = Counter(
        (assertion["file"], assertion["test"], assertion["expr"])
        for assertion in load(shared / CORPUS)
        if what_is_wrong(assertion)
    )
    assert wrong == exceptions()
