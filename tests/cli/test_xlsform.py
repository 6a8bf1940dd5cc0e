"""An XLSForm becomes a form, is published and answered, and goes home as the XLSForm that it was."""

import json
import tarfile
import uuid
from pathlib import Path
from typing import Any

import pytest

from app.forms.questions import Form, Group, compile_form
from app.forms.spreadsheet import read_spreadsheet
from tests.cli.conftest import Tangguh, Write
from tests.forms.conftest import SAMPLES
from tests.support.server import Server
from tests.support.village import FORM

ARCHIVE = next(iter(SAMPLES.glob("pyxform-*.tar.gz")), None)
EXAMPLES: dict[str, list[tuple[str, str]]] = {
    "blank_second_row.xls": [],
    "choice_filter_test.xlsx": [],
    "or_other.xlsx": [("choice_filter", "fav_pastel")],
    "repeat_date_test.xls": [],
    "table-list.xls": [],
    "warnings.xls": [],
    "xml_escaping.xls": [],
}
"""With what is flagged when every question is answered with the first choice of its list."""

ANSWERS = {
    "text": "Siti",
    "integer": 7,
    "decimal": 2.5,
    "date": "2026-11-21",
    "datetime": "2026-11-21T10:00:00+07:00",
    "dateTime": "2026-11-21T10:00:00+07:00",
    "time": "10:00:00",
    "geopoint": "-6.95 110.42 1 5",
    "barcode": "899",
}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def example(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if ARCHIVE is None:
        pytest.skip(f"no pyxform-*.tar.gz in {SAMPLES}: see requirements-samples.txt")
    with tarfile.open(ARCHIVE) as contents:
        member = next(each for each in contents if "/tests/" in each.name and each.name.endswith(f"/{request.param}"))
        contents.extract(member, tmp_path, filter="data")
    return tmp_path / member.name


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
def test_example_goes_all_the_way(example: Path, tangguh: Tangguh, server: Server, tmp_path: Path) -> None:
    imported = tangguh("import-xlsform", example, "-o", tmp_path / "form.json")
    assert (imported.code, imported.err) == (0, "")
    document = json.loads((tmp_path / "form.json").read_text())
    assert document == read_spreadsheet(example)
    document["settings"] = {"form_id": "example", **document.get("settings", {}), "version": "1"}
    form_id = document["settings"]["form_id"]
    (tmp_path / "form.json").write_text(json.dumps(document))
    assert tangguh("publish", tmp_path / "form.json").out == f"published  form         {form_id} 1\n"

    tablet = server.enrol()
    assert tablet.get(f"/forms/{form_id}").json() == document
    answers = _answered(compile_form(document))
    assert answers
    item = {"instance_id": f"uuid:{uuid.uuid4()}", "form_id": form_id, "version": "1", "answers": answers}
    (receipt,) = tablet.send(item)["receipts"]
    assert receipt["status"] == "accepted"
    assert [(flag["code"], flag["path"]) for flag in receipt["flags"]] == EXAMPLES[example.name]
    assert tablet.get(f"/submissions/{item['instance_id']}").json()["answers"] == answers

    exported = tangguh("export-xlsform", form_id, "-o", tmp_path / "again.xlsx")
    assert (exported.code, exported.err) == (0, "")
    assert read_spreadsheet(tmp_path / "again.xlsx") == document


def _answered(form: Form) -> dict[str, Any]:
    return _group(form.root, form)


def _group(group: Group, form: Form) -> dict[str, Any]:
    """Something plausible for every question that has an example answer."""
    answers: dict[str, Any] = {}
    for name, child in group.children.items():
        if isinstance(child, Group):
            inside = _group(child, form)
            answers[name] = [inside, inside] if child.repeat else inside
        elif child.type in ("select_one", "select_multiple") and (choices := form.choices.get(child.list_name or "")):
            answers[name] = next(iter(choices)) if child.type == "select_one" else list(choices)
        elif child.type in ANSWERS and not child.calculated:
            answers[name] = ANSWERS[child.type]
    return answers


def test_form_survives_the_way_through_a_spreadsheet(tangguh: Tangguh, write: Write, tmp_path: Path) -> None:
    tangguh("publish", write("form.json", FORM))
    tangguh("export-xlsform", "household", "--version", "1", "-o", tmp_path / "again.xlsx")
    done = tangguh("import-xlsform", tmp_path / "again.xlsx")
    target = tmp_path / "again.json"
    assert done.out == f"wrote {target}. Next: tangguh check {target}\n"
    assert tangguh("publish", target).out == "unchanged  form         household 1\n"


def test_what_cannot_be_is_one_clear_line(tangguh: Tangguh, write: Write, tmp_path: Path) -> None:
    for arguments in (
        ("import-xlsform", tmp_path / "none.xlsx"),
        ("import-xlsform", tmp_path),
        ("import-xlsform", write("text.xlsx", "no spreadsheet")),
        ("export-xlsform", "unpublished"),
        ("export-xlsform", "unpublished", "--version", "7"),
    ):
        done = tangguh(*arguments)
        assert (done.code, done.out, done.err.count("\n")) == (1, "", 1), arguments
