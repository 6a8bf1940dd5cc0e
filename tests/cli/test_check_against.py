"""`tangguh check --against`: what a new version changes, and whether the answers of both can still be joined."""

import copy
from typing import Any

import pytest

from tests.cli.conftest import Tangguh, Write
from tests.support.commands import call
from tests.support.village import FORM, version_of

NO_DATABASE = {"TANGGUH_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _changed(**cells: Any) -> dict[str, Any]:
    """Version 2, in which the row `minutes` has these cells."""
    form = version_of(FORM, "2")
    next(row for row in form["survey"] if row["name"] == "minutes").update(cells)
    return copy.deepcopy(form)


SAFER = _changed(required="yes")
RENAMED = _changed(name="walking_minutes")
RETYPED = _changed(type="text")
MAPPING = {
    "spec": "mapping/1",
    "form_id": "household",
    "from": "1",
    "to": "2",
    "questions": {"minutes": "walking_minutes"},
}


@on_sqlite
def test_classes_decide_the_exit_code(tangguh: Tangguh, write: Write) -> None:
    tangguh("publish", write("old.json", FORM))
    for form, code, word in ((FORM, 0, "asks the same"), (SAFER, 0, "safe"), (RENAMED, 1, "needs mapping")):
        done = tangguh("check", write("new.json", form), "--against", "household")
        assert (done.code, done.err) == (code, "")
        assert word in done.out
    done = tangguh("check", write("new.json", RETYPED), "--against", "household@1")
    assert done.code == 1
    assert "breaking" in done.out
    assert "minutes" in done.out


@on_sqlite
def test_mapping_among_the_paths_settles_what_needs_one(tangguh: Tangguh, write: Write) -> None:
    old, new, mapping = write("o.json", FORM), write("n.json", RENAMED), write("m.json", MAPPING)
    for against in (old, "household"):
        done = tangguh("check", new, mapping, "--against", against, "--json")
        assert (done.code, done.json["settled"]) == (0, True)
        assert done.json["changes"][0]["settled"] is True
        tangguh("publish", old)
    assert "mapped" in tangguh("check", new, mapping, "--against", "household").out


@on_sqlite
def test_draft_can_be_saved_and_used(tangguh: Tangguh, write: Write) -> None:
    old, new = write("o.json", FORM), write("n.json", RENAMED)
    draft = tangguh("check", new, "--against", old, "--json").json["mapping"]
    assert draft == {**MAPPING, "choices": {}}
    assert tangguh("check", new, write("m.json", draft), "--against", old).code == 0


def test_two_files_are_compared_without_any_database(write: Write) -> None:
    old, new, mapping = write("o.json", FORM), write("n.json", RENAMED), write("m.json", MAPPING)
    assert call(NO_DATABASE, "check", "--offline", new, "--against", old).code == 1
    assert call(NO_DATABASE, "check", "--offline", new, mapping, "--against", old).code == 0


@on_sqlite
def test_json_names_class_questions_and_what_to_do(tangguh: Tangguh, write: Write) -> None:
    done = tangguh("check", write("n.json", RETYPED), "--against", write("o.json", FORM), "--json")
    assert done.json["against"] == {"form_id": "household", "version": "1"}
    (change,) = done.json["changes"]
    assert change.pop("message")
    assert change.pop("remedy")
    assert change == {"class": "breaking", "change": "type_changed", "questions": ["minutes"], "settled": False}
    assert done.json["mapping"] is None


@on_sqlite
def test_what_cannot_be_compared_is_one_clear_line(tangguh: Tangguh, write: Write) -> None:
    new, old = write("n.json", SAFER), write("o.json", FORM)
    other = write("x.json", {**FORM, "settings": {**FORM["settings"], "form_id": "other"}})
    broken = write("b.json", "{")
    for arguments in (
        (new, "--against", "nothing"),
        (new, "--against", "household@9"),
        (new, "--against", other),
        (new, "--against", broken),
        (new, old, "--against", old),
        (new, "--offline", "--against", "household"),
    ):
        done = tangguh("check", *arguments)
        assert (done.code, done.err.count("\n")) == (1, 1), arguments


@on_sqlite
def test_publishing_warns_and_publishes(tangguh: Tangguh, write: Write) -> None:
    tangguh("publish", write("o.json", FORM))
    done = tangguh("publish", write("n.json", RETYPED))
    assert (done.code, done.out) == (0, "published  form         household 2\n")
    (line,) = done.err.splitlines()
    for part in ("warning", "household 2 after 1", "breaking", "minutes"):
        assert part in line
    assert tangguh("publish", write("n.json", RETYPED)).err == "", "it is told once"


@on_sqlite
def test_publishing_with_the_mapping_is_silent(tangguh: Tangguh, write: Write) -> None:
    tangguh("publish", write("o.json", FORM))
    done = tangguh("publish", write("n.json", RENAMED), write("m.json", MAPPING), "--json")
    assert done.json["warnings"] == []
    assert [each["name"] for each in done.json["published"]] == ["household 2", "household 1 to 2"]
