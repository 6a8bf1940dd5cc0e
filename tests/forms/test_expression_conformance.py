"""Expressions mean what they mean to the OpenRosa clients, but for a short list of reviewed exceptions."""

import json
from collections import Counter
from pathlib import Path

from tests.support.conformance import FOLDER, load, what_is_wrong

CORPUS = "conformance/openrosa-xpath.json"
LEAST_HOLDING = 0.97


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


def test_nearly_all_hold(shared: Path) -> None:
    assertions = load(shared / CORPUS)
    assert len(exceptions()) <= (1 - LEAST_HOLDING) * len(assertions)


def test_every_inferred_document_is_needed(shared: Path, tmp_path: Path) -> None:
    none = tmp_path / "none.json"
    none.write_text("[]")
    failing = [assertion for assertion in load(shared / CORPUS, none) if what_is_wrong(assertion)]
    documents = json.loads((FOLDER / "conformance_documents.json").read_text())
    needed = {
        (each["file"], each["test"])
        for each in documents
        for assertion in failing
        if assertion["file"] == each["file"] and assertion["test"].startswith(each["test"])
    }
    assert needed == {(each["file"], each["test"]) for each in documents}
