"""`tangguh check`: what `publish` would say, with nothing published, and offline without any database."""

import pytest

from tests.cli.conftest import Tangguh, Write
from tests.support.commands import call
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NO_DATABASE = {"TANGGUH_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}


def test_good_documents_are_in_order_and_not_published(tangguh: Tangguh, write: Write) -> None:
    files = write("c.json", COMMUNITIES), write("f.json", FORM), write("s.json", FRAMEWORK)
    done = tangguh("check", *files)
    assert (done.code, done.out, done.err) == (0, f"{files[1]}: pyxform accepts it\n3 documents are in order.\n", "")
    assert all(each["new"] for each in tangguh("publish", "--json", *files).json["published"])


@on_sqlite
def test_framework_is_checked_against_what_is_published(tangguh: Tangguh, write: Write) -> None:
    framework = write("s.json", FRAMEWORK)
    alone = tangguh("check", framework)
    assert (alone.code, "household" in alone.out) == (1, True)
    tangguh("publish", write("f.json", FORM))
    assert tangguh("check", framework).code == 0
    assert tangguh("check", "--offline", framework).out == alone.out


def test_offline_needs_no_database(write: Write) -> None:
    path = write("f.json", FORM)
    assert call(NO_DATABASE, "check", "--offline", path).code == 0
    assert call(NO_DATABASE, "check", path).code == 1


@on_sqlite
def test_fault_says_file_sheet_row_and_remedy(tangguh: Tangguh, write: Write) -> None:
    survey = [*FORM["survey"], {"type": "text", "name": "remark", "label::English (en)": "Remark", "labell": "x"}]
    path = write("f.json", {**FORM, "survey": survey})
    done = tangguh("check", path)
    opinion, line = done.out.splitlines()
    assert opinion == f"{path}: pyxform accepts it", "it does not look at unknown columns"
    assert line.startswith(f"{path}")
    for part in ("survey", str(len(survey) + 1), "labell"):
        assert part in line
    assert tangguh("check", "--json", path).json == {"faults": [line], "pyxform": {str(path): "accepts it"}}


@on_sqlite
def test_json_counts_documents(tangguh: Tangguh, write: Write) -> None:
    told = tangguh("check", "--json", write("f.json", FORM)).json
    assert (told["faults"], told["warnings"], told["documents"]) == ([], [], 1)
