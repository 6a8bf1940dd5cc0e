"""`tangguh publish`: told apart by content, checked together, and published together or not at all."""

import hashlib
import json
from pathlib import Path

import pytest

from app.forms.document import canonical_bytes
from app.settings import Settings
from tests.cli.conftest import Tangguh, Write
from tests.support.commands import call, environment
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, version_of

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FAULTY = {"settings": {"form_id": "faulty", "form_title": "Faulty", "version": "1"}, "survey": [{"type": "texte"}]}


def test_a_folder_is_published_in_the_order_that_works(tangguh: Tangguh, write: Write, tmp_path: Path) -> None:
    """A framework needs its form, whatever the files are called and however deep they lie."""
    write("a/framework.json", FRAMEWORK)
    write("b/form.json", FORM)
    write("z.json", COMMUNITIES)
    write("readme.txt", "not a document")
    done = tangguh("publish", tmp_path / "documents")
    assert (done.code, done.err) == (0, "")
    assert done.out.split("\n") == [
        "published  communities  5 communities",
        "published  form         household 1",
        "published  framework    safety 1",
        "",
    ]


def test_same_content_changes_nothing(tangguh: Tangguh, write: Write) -> None:
    path = write("form.json", FORM)
    tangguh("publish", path)
    path.write_text(json.dumps(dict(reversed(FORM.items())), indent=7))
    assert tangguh("publish", path).out == "unchanged  form         household 1\n"


def test_other_content_under_the_same_version_is_refused(tangguh: Tangguh, write: Write) -> None:
    tangguh("publish", write("form.json", FORM), write("framework.json", FRAMEWORK))
    form = {**FORM, "settings": {**FORM["settings"], "form_title": "Other"}}
    framework = {**FRAMEWORK, "provenance": "other"}
    new = write("new.json", version_of(FORM, "2"))
    for command in ("check", "publish"):
        done = tangguh(command, write("form.json", form), write("framework.json", framework), new)
        assert (done.code, done.err) == (1, "error 2 faults; nothing was published.\n")
        faults = [line for line in done.out.splitlines() if not line.endswith("pyxform accepts it")]
        for line, before, after in zip(faults, (FORM, FRAMEWORK), (form, framework), strict=True):
            assert line.startswith(str(new.parent))
            assert "version '1' is published with other content" in line
            assert _sha256(before) in line
            assert _sha256(after) in line
    assert tangguh("publish", new).out == "published  form         household 2\n", "it was not published before"


def _sha256(document: dict[str, object]) -> str:
    return hashlib.sha256(canonical_bytes(document)).hexdigest()


def test_all_faults_are_told_at_once_and_nothing_is_published(tangguh: Tangguh, write: Write) -> None:
    good = write("good.json", FORM)
    files = [
        write("faulty.json", FAULTY),
        write("broken.json", '{"survey": ['),
        write("places.json", [{"code": "a", "name": "A"}, {"code": "b", "name": "", "level": "x"}]),
        write("framework.json", {**FRAMEWORK, "form": "no-such-form"}),
        write("number.json", "7"),
    ]
    missing = good.parent / "missing[/bold].json"
    done = tangguh("publish", *files, good, missing)
    assert done.code == 1
    assert done.err.endswith("faults; nothing was published.\n")
    for file in (*files, missing):
        assert any(line.startswith(str(file)) for line in done.out.splitlines()), file
    assert tangguh("publish", good).out.startswith("published"), "it was not published before"


@on_sqlite
def test_text_that_no_database_keeps_is_a_fault(tangguh: Tangguh, write: Write) -> None:
    tangguh("publish", write("form.json", FORM))
    for text in ("a\0b", "\ud800"):
        for document in (
            [{**COMMUNITIES[0], "name": text}],
            {**FRAMEWORK, "note": text},
            {**FORM, "choices": [{"a": text}]},
        ):
            done = tangguh("publish", write("odd.json", document))
            assert (done.code, done.err.count("\n")) == (1, 1)
            assert "odd.json" in done.out


@on_sqlite
def test_two_files_that_contradict_each_other_are_refused(tangguh: Tangguh, write: Write) -> None:
    other = {**FORM, "settings": {**FORM["settings"], "form_title": "Other"}}
    done = tangguh("publish", write("a.json", FORM), write("b.json", other))
    assert done.code == 1
    assert "b.json" in done.out
    assert tangguh("export-xlsform", "household").code == 1


@on_sqlite
def test_folder_without_documents_is_a_fault(tangguh: Tangguh, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = tangguh("publish", tmp_path / "empty")
    assert (done.code, done.out) == (1, f"{tmp_path / 'empty'}: there is no JSON file in this folder.\n")


@on_sqlite
def test_communities_are_a_register_whose_entries_are_replaced(tangguh: Tangguh, write: Write) -> None:
    tangguh("publish", write("places.json", COMMUNITIES))
    assert tangguh("publish", write("places.json", COMMUNITIES)).out.startswith("unchanged")
    renamed = [{**COMMUNITIES[0], "name": "Kota Lama"}]
    assert tangguh("publish", "--json", write("places.json", renamed)).json["published"][0]["new"]
    assert tangguh("enrol", "x", "--role", "analyst", "--community", "south.1").code == 0, "the others stay"


@on_sqlite
def test_json_is_for_programs(tangguh: Tangguh, write: Write) -> None:
    done = tangguh("publish", "--json", write("form.json", FORM))
    published = [{"kind": "form", "name": "household 1", "new": True}]
    assert done.json == {"published": published, "rescored": 0, "replayed": 0, "warnings": []}
    refused = tangguh("publish", "--json", write("faulty.json", FAULTY))
    assert refused.code == 1
    assert [str(fault) for fault in refused.json["faults"]] == refused.json["faults"] != []


def test_new_database_is_made_on_the_way(tmp_path: Path, write: Write) -> None:
    settings = Settings(data=tmp_path / "deep" / "data")
    done = call(environment(settings), "publish", write("form.json", FORM))
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "deep" / "data" / "tangguh.db").is_file()


@on_sqlite
def test_instruments_of_the_project_are_published(tangguh: Tangguh) -> None:
    done = tangguh("publish", Path(__file__).parents[2] / "survey_forms")
    assert (done.code, done.err) == (0, "")
    assert {"communities", "form", "framework"} == {line.split()[1] for line in done.out.splitlines()}
