"""A coordinator uploads a questionnaire: checked first if asked, told what is wrong where, published for everybody."""

import io
import json
import zipfile
from typing import Any

import openpyxl
import pytest
from sqlmodel import select

from app.access.policy import Role
from app.access.tables import AuditEntry
from app.forms.spreadsheet import parse_spreadsheet, write_spreadsheet
from app.forms.tables import XForm
from app.forms.upload import LARGEST_UPLOAD
from tests.support.server import Caller, Server

Json = dict[str, Any]
CHECK = {"check": "true"}


@pytest.fixture
def coordinator(server: Server) -> Caller:
    return server.enrol(Role.COORDINATOR)


@pytest.fixture
def tablet(server: Server) -> Caller:
    return server.enrol(Role.ENUMERATOR)


def as_xlsx(document: Json) -> bytes:
    file = io.BytesIO()
    write_spreadsheet(document, file)
    return file.getvalue()


def as_json(document: Json) -> bytes:
    return json.dumps(document).encode()


WRITTEN = pytest.mark.parametrize("written", [as_xlsx, as_json], ids=["xlsx", "json"])


@WRITTEN
def test_a_form_is_published(
    server: Server, coordinator: Caller, tablet: Caller, good_form: Json, written: Any
) -> None:
    answer = coordinator.post("/forms", content=written(good_form))
    assert answer.status_code == 201
    told = answer.json()
    assert (told["form_id"], told["version"], told["published"], told["is_new"]) == ("household", "1", True, True)
    assert (told["faults"], told["warnings"], told["changes"]) == ([], [], [])
    served = tablet.get("/forms/household").json()
    assert served["survey"] == good_form["survey"]
    with server.database.read() as session:
        assert session.get(XForm, ("household", "1")) is not None
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == "form_published")).all()
    assert entry.holder_id is not None
    again = coordinator.post("/forms", content=written(good_form))
    assert (again.status_code, again.json()["is_new"]) == (200, False)


@WRITTEN
def test_a_check_publishes_nothing(coordinator: Caller, tablet: Caller, good_form: Json, written: Any) -> None:
    answer = coordinator.post("/forms", params=CHECK, content=written(good_form))
    assert (answer.status_code, answer.json()["is_new"], answer.json()["published"]) == (200, True, False)
    assert tablet.get("/forms").json() == []


@WRITTEN
def test_faults_are_told_with_their_place(coordinator: Caller, tablet: Caller, good_form: Json, written: Any) -> None:
    good_form["survey"][4]["constraint"] = ". >= "
    good_form["survey"][1]["type"] = "select_one yes_noo"
    checked = coordinator.post("/forms", params=CHECK, content=written(good_form))
    assert checked.status_code == 200
    faults = checked.json()["faults"]
    assert [(fault["sheet"], fault["row"], fault["column"]) for fault in faults] == [
        ("survey", 3, "type"),
        ("survey", 6, "constraint"),
    ]
    assert all(fault["message"] and fault["remedy"] for fault in faults)
    refused = coordinator.post("/forms", content=written(good_form))
    assert (refused.status_code, refused.json()["slug"]) == (422, "form_has_faults")
    assert refused.json()["faults"] == faults
    assert tablet.get("/forms").json() == []


def test_what_only_pyxform_objects_to_is_a_fault(
    coordinator: Caller, good_form: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ValueError("no")

    monkeypatch.setattr("pyxform.xls2xform.convert", refuse)
    assert coordinator.post("/forms", content=as_json(good_form)).json()["slug"] == "form_has_faults"


def test_a_new_version_is_compared_with_the_last(coordinator: Caller, good_form: Json) -> None:
    coordinator.post("/forms", content=as_json(good_form))
    good_form["settings"]["version"] = "2"
    good_form["survey"][4]["type"] = "text"
    changes = coordinator.post("/forms", params=CHECK, content=as_json(good_form)).json()["changes"]
    assert next((change["questions"], change["class"], change["settled"]) for change in changes) == (
        ["house/people"],
        "breaking",
        False,
    )


def test_a_version_never_changes(coordinator: Caller, good_form: Json) -> None:
    coordinator.post("/forms", content=as_json(good_form))
    good_form["survey"].append({"type": "note", "name": "bye", "label::English (en)": "Bye"})
    good_form["survey"][-1]["label::Bahasa Indonesia (id)"] = "Dah"
    (fault,) = coordinator.post("/forms", params=CHECK, content=as_json(good_form)).json()["faults"]
    assert (fault["sheet"], fault["column"]) == ("settings", "version")
    assert coordinator.post("/forms", content=as_json(good_form)).status_code == 422


def test_a_file_that_cannot_come_with_it_is_a_warning(coordinator: Caller, good_form: Json) -> None:
    good_form["survey"][1]["media::image"] = "flood.jpg"
    (warning,) = coordinator.post("/forms", content=as_json(good_form)).json()["warnings"]
    assert "flood.jpg" in warning


def test_interviews_that_waited_for_it_are_used(
    server: Server, coordinator: Caller, tablet: Caller, good_form: Json
) -> None:
    server.publish([{"code": "1", "name": "Here", "level": "kelurahan"}])
    item = {"instance_id": f"uuid:{'0' * 8}-0000-4000-8000-{'0' * 12}", "form_id": "household", "version": "1"}
    (held,) = tablet.send({**item, "answers": {"consent": "yes", "community": "1"}})["receipts"]
    assert held["status"] == "held"
    coordinator.post("/forms", content=as_json(good_form))
    assert tablet.get(f"/submissions/{item['instance_id']}").json()["state"] == "current"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"PK",
        b"PK\x03\x04 nothing",
        b"settings,survey",
        b'{"settings": ',
        b'{"survey": "\\ud800"}',
        b"[" * 5_000,
        b"\xd0\xcf\x11\xe0",
    ],
    ids=range(8),
)
def test_what_is_no_form_is_refused(coordinator: Caller, body: bytes) -> None:
    answer = coordinator.post("/forms", content=body)
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")


@pytest.mark.parametrize("document", [[], 5, "form", None, {}, {"settings": []}, {"survey": [5], "settings": {}}])
def test_json_that_is_no_form_has_faults(coordinator: Caller, document: Any) -> None:
    assert coordinator.post("/forms", content=as_json(document)).json()["slug"] == "form_has_faults"


def bomb() -> bytes:
    """An .xlsx of 60 kB whose sheet unpacks to 60 MB."""
    book = zipfile.ZipFile(io.BytesIO(as_xlsx({"survey": [{"type": "note"}]})))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in book.namelist():
            content = book.read(name)
            padding = b" " * 60_000_000 if name.endswith("sheet1.xml") else b""
            packed.writestr(name, content.replace(b"</sheetData>", padding + b"</sheetData>"))
    return file.getvalue()


def vast() -> bytes:
    """An .xlsx that says that it has a million rows."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("survey")
    for row in range(1, 1_000_000, 9_000):
        sheet.cell(row, 16_000, "x")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("made", [bomb, vast])
def test_a_bomb_is_refused(coordinator: Caller, made: Any) -> None:
    body = made()
    assert len(body) < 200_000
    answer = coordinator.post("/forms", content=body)
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")


def test_a_form_too_large_is_refused(coordinator: Caller) -> None:
    pieces = (b" " * 100_000 for _ in range(LARGEST_UPLOAD // 100_000 + 1))
    answer = coordinator.post("/forms", content=pieces)
    assert (answer.status_code, answer.json()["max_bytes"]) == (413, LARGEST_UPLOAD)


def test_a_form_as_large_as_people_write_is_taken(coordinator: Caller, good_form: Json) -> None:
    for number in range(1_500):
        labels = {"label::Bahasa Indonesia (id)": "x" * 100, "label::English (en)": "y" * 100}
        good_form["survey"].append({"type": "text", "name": f"q{number}", **labels})
    assert len(as_json(good_form)) > 400_000
    assert coordinator.post("/forms", content=as_json(good_form)).status_code == 201


def test_what_is_downloaded_is_the_same_form(coordinator: Caller, tablet: Caller, good_form: Json) -> None:
    coordinator.post("/forms", content=as_json(good_form))
    second = {**good_form, "settings": {**good_form["settings"], "version": "2", "form_title": "Second"}}
    coordinator.post("/forms", content=as_json(second))
    latest = coordinator.get("/forms/household.xlsx")
    assert latest.headers["content-disposition"] == 'attachment; filename="household-2.xlsx"'
    assert parse_spreadsheet("it", latest.content) == second
    assert parse_spreadsheet("it", tablet.get("/forms/household.xlsx", params={"version": "1"}).content) == good_form
    again = coordinator.post("/forms", content=latest.content)
    assert (again.status_code, again.json()["is_new"]) == (200, False)
    assert tablet.get("/forms/shops.xlsx").status_code == 404
    assert tablet.get("/forms/household.xlsx", params={"version": "9"}).status_code == 404
