"""The files that a form names are published with it: served to tablets, and looked at when interviews come."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.access.policy import Role
from app.forms.files import files_named, read_table
from app.forms.sheets import read_sheets
from tests.cli.conftest import Tangguh
from tests.support.commands import call, environment
from tests.support.server import Server
from tests.support.village import COMMUNITIES, NORTH

FORM: dict[str, Any] = {
    "settings": {"form_id": "visit", "version": "1"},
    "survey": [
        {"type": "text", "name": "community", "label": "Community"},
        {"type": "select_one_from_file rt.csv", "name": "rt", "label": "RT", "choice_filter": "village = ${community}"},
        {"type": "calculate", "name": "head", "calculation": "pulldata('rt', 'head', 'name', ${rt})"},
        {"type": "text", "name": "map", "label": "Seen?", "image": "map.png", "required": "${rt} = '3'"},
    ],
}
ROWS = f"name,label,village,head\n1,RT 1,{NORTH},Ketua A\n2,RT 2,elsewhere,Ketua B\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "visit.json").write_text(json.dumps(FORM))
    (tmp_path / "rt.csv").write_text(ROWS, encoding="utf-8-sig")
    return tmp_path


@pytest.fixture
def tangguh(server: Server, tmp_path: Path) -> Tangguh:
    server.publish(COMMUNITIES)
    return lambda *arguments: call(environment(server.app.state.settings), *arguments)


def test_the_files_that_a_form_names() -> None:
    assert files_named(read_sheets(FORM)) == ["rt.csv", "map.png"]


def test_a_table_is_read_with_or_without_a_mark() -> None:
    assert read_table(b"\xef\xbb\xbfname,label\r\n1,a\r\n2\r\n") == [
        {"name": "1", "label": "a"},
        {"name": "2", "label": ""},
    ]


def test_tablets_get_them_and_missing_ones_are_told(tangguh: Tangguh, folder: Path, server: Server) -> None:
    published = tangguh("publish", folder / "visit.json")
    assert "map.png is not beside it" in published.err
    tablet = server.enrol()
    (rt,) = tablet.get("/forms/visit/versions/1/files").json()
    answer = tablet.get(rt["url"].removeprefix("/api/v1"))
    assert answer.content == (folder / "rt.csv").read_bytes()
    assert answer.headers["content-type"].startswith("text/csv")
    assert (
        tablet.get(
            "/forms/visit/versions/1/files/rt.csv", headers={"If-None-Match": answer.headers["etag"]}
        ).status_code
        == 304
    )
    assert tablet.get("/forms/visit/versions/1/files/map.png").status_code == 404
    assert tablet.get("/forms/visit/versions/2/files").status_code == 404


def test_they_are_as_lasting_as_the_version(tangguh: Tangguh, folder: Path) -> None:
    tangguh("publish", folder / "visit.json")
    assert "unchanged" in tangguh("publish", folder / "visit.json").out
    (folder / "rt.csv").write_text(ROWS + "3,RT 3,south.1,Ketua C\n")
    refused = tangguh("publish", folder / "visit.json")
    assert (refused.code, "rt.csv" in refused.err + refused.out) == (1, True)


@pytest.mark.parametrize(
    ("answers", "flags"),
    [
        ({"rt": "1", "head": "Ketua A"}, []),
        ({"rt": "1", "head": "Ketua B"}, [("calculation", "head")]),
        ({"rt": "2", "head": "Ketua B"}, [("choice_filter", "rt")]),
        ({"rt": "9"}, [("choice", "rt")]),
    ],
)
def test_interviews_are_held_against_them(
    answers: dict[str, str], flags: list[tuple[str, str]], tangguh: Tangguh, folder: Path, server: Server
) -> None:
    tangguh("publish", folder / "visit.json")
    instance_id = "uuid:0196b2a4-7d1c-7c3e-9a51-0d6f3f2b8c11"
    item = {"instance_id": instance_id, "form_id": "visit", "version": "1", "answers": {"community": NORTH, **answers}}
    (receipt,) = server.enrol().send(item)["receipts"]
    assert [(flag["code"], flag["path"]) for flag in receipt["flags"]] == flags
    assert server.enrol(Role.ADMIN).get("/integrity").json()["ok"]
