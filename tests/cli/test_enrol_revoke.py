"""`tangguh enrol` and `tangguh revoke`: a token on the screen once, and out again."""

import stat
from io import StringIO
from pathlib import Path

import pytest
import segno

from app.access.collect import code_of, settings_of
from app.access.tokens import PREFIX
from tests.cli.conftest import Tangguh, Write
from tests.support.village import COMMUNITIES, NORTH

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_token_is_the_last_line(tangguh: Tangguh) -> None:
    done = tangguh("enrol", "tablet [7]", "--role", "enumerator")
    assert (done.code, done.err) == (0, "")
    first, token = done.out.splitlines()
    assert first == "tablet [7] (enumerator) has this token for 180 days. It is shown once:"
    assert token.startswith(PREFIX)


def test_json_tells_all(tangguh: Tangguh, write: Write) -> None:
    tangguh("publish", write("c.json", COMMUNITIES))
    arguments = ["--role", "coordinator", "--community", "north", "--community", NORTH, "--days", "3", "--json"]
    told = tangguh("enrol", "Ibu Ratna", *arguments).json
    token = told.pop("token")
    assert token.startswith(PREFIX)
    assert told == {"name": "Ibu Ratna", "role": "coordinator", "communities": ["north", NORTH], "days": 3}


def test_a_tablet_scans_its_settings(tangguh: Tangguh) -> None:
    done = tangguh("enrol", "tablet", "--role", "enumerator", "--qr")
    token, picture = done.out.split("\n", 2)[1:]
    expected = StringIO()
    code_of(settings_of("http://127.0.0.1:8000", "tablet", token)).terminal(out=expected, compact=True)
    assert picture == expected.getvalue()


def test_who_sends_nothing_scans_the_token(tangguh: Tangguh) -> None:
    done = tangguh("enrol", "office", "--role", "analyst", "--qr")
    token, picture = done.out.split("\n", 2)[1:]
    expected = StringIO()
    segno.make_qr(token).terminal(out=expected, compact=True)
    assert picture == expected.getvalue()


@pytest.mark.parametrize(("name", "begin"), [("code.png", b"\x89PNG"), ("code.svg", b"<?xml")])
def test_the_code_is_saved_for_nobody_else(tangguh: Tangguh, tmp_path: Path, name: str, begin: bytes) -> None:
    tangguh("enrol", "tablet", "--role", "enumerator", "--save-qr", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begin)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


@pytest.mark.parametrize("file", ["code.docx", "nowhere/code.png"])
def test_a_code_that_cannot_be_saved_enrols_nobody(tangguh: Tangguh, tmp_path: Path, file: str) -> None:
    done = tangguh("enrol", "tablet", "--role", "enumerator", "--save-qr", tmp_path / file)
    assert (done.code, done.out) == (1, "")
    assert tangguh("enrol", "tablet", "--role", "enumerator").code == 0, "the name is still free"


def test_unknown_community_is_named(tangguh: Tangguh, write: Write) -> None:
    tangguh("publish", write("c.json", COMMUNITIES))
    done = tangguh(
        "enrol", "x", "--role", "analyst", "--community", NORTH, "--community", "west", "--community", "east"
    )
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error no community east, west is published.")


def test_active_name_is_taken_and_revoked_one_is_free_again(tangguh: Tangguh) -> None:
    assert tangguh("enrol", "x", "--role", "analyst").code == 0
    taken = tangguh("enrol", "x", "--role", "analyst")
    assert (taken.code, taken.out) == (1, "")
    assert taken.err.startswith("error 'x' is taken")
    assert tangguh("revoke", "x").out == "x: 1 token revoked\n"
    assert tangguh("revoke", "x", "--json").json == {"name": "x", "revoked": 0}
    assert tangguh("enrol", "x", "--role", "admin").code == 0


def test_revoking_a_stranger_is_an_error(tangguh: Tangguh) -> None:
    done = tangguh("revoke", "stranger")
    assert (done.code, done.out, done.err) == (1, "", "error nobody is enrolled as 'stranger'.\n")


@pytest.mark.parametrize("arguments", [["--role", "king"], [], ["--role", "analyst", "--days", "0"]])
def test_odd_arguments_are_usage_errors(tangguh: Tangguh, arguments: list[str]) -> None:
    done = tangguh("enrol", "x", *arguments)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
