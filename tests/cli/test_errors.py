"""What goes wrong is one clear line on the error output and a non-zero exit, never a traceback."""

import os
import re
import socket
from pathlib import Path

import pytest

from tests.support.commands import call, call_elsewhere

CASES: dict[str, tuple[dict[str, str], list[str], str]] = {
    "a setting of the wrong kind": ({"TANGGUH_PORT": "many"}, ["revoke", "x"], "TANGGUH_PORT: .*integer"),
    "a setting out of range": ({"TANGGUH_MAX_ITEMS": "0"}, ["revoke", "x"], "TANGGUH_MAX_ITEMS: .*greater"),
    "another database": (
        {"TANGGUH_DATABASE_URL": "mysql://a/b"},
        ["revoke", "x"],
        "TANGGUH_DATABASE_URL: .*sqlite:///",
    ),
    "no database": ({"TANGGUH_DATABASE_URL": "nonsense"}, ["revoke", "x"], "TANGGUH_DATABASE_URL: .*sqlite:///"),
    "one in memory": (
        {"TANGGUH_DATABASE_URL": "sqlite:///:memory:"},
        ["revoke", "x"],
        "TANGGUH_DATABASE_URL: .*sqlite:///",
    ),
    "nobody listens": ({"TANGGUH_DATABASE_URL": "postgresql://a@127.0.0.1:1/b"}, ["revoke", "x"], "database.*refused"),
    "not a database": ({"TANGGUH_DATABASE_URL": f"sqlite:///{__file__}"}, ["revoke", "x"], "database.*not a database"),
    "a folder": ({"TANGGUH_DATABASE_URL": "sqlite:////tmp"}, ["revoke", "x"], "database.*unable to open"),
    "below a file": ({"TANGGUH_DATA": __file__}, ["revoke", "x"], re.escape(__file__)),
    "no such command": ({}, ["fly"], "No such command 'fly'.*--help"),
    "no such option": ({}, ["revoke", "x", "--fast"], "No such option: --fast"),
    "a missing argument": ({}, ["revoke"], "Missing argument"),
    "markup in a name": ({}, ["revoke", "[bold]x[/red] :house:"], re.escape("'[bold]x[/red] :house:'")),
    "a name that no address can hold": ({}, ["enrol", "a/b", "--role", "admin"], "name: "),
    "a port that cannot be": ({}, ["serve", "--port", "70000"], "--port.*65535"),
    "a token for ever": ({}, ["enrol", "a", "--role", "admin", "--days", "999999999"], "--days.*36500"),
    "a host that is none": ({}, ["serve", "--host", "no.such.host.invalid"], "cannot listen on no.such.host.invalid"),
    "many processes on SQLite": ({}, ["serve", "--workers", "2"], "one writer.*PostgreSQL"),
}


@pytest.mark.parametrize("case", CASES)
def test_error_is_one_line(case: str, tmp_path: Path) -> None:
    environment, arguments, says = CASES[case]
    done = call({"TANGGUH_DATA": str(tmp_path), **environment}, *arguments)
    assert done.code in (1, 2)
    assert (done.out, done.err.count("\n")) == ("", 1)
    assert re.match(f"error .*{says}", done.err), done.err


def test_port_in_use_is_said_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = call({"TANGGUH_DATA": str(tmp_path)}, "serve", "--port", port)
    assert (done.code, done.out) == (1, "")
    expected = (
        f"error cannot listen on 127.0.0.1:{port} (Address already in use). Choose another with --port or TANGGUH_PORT."
    )
    assert done.err == f"{expected}\n"


def test_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    environment = {"TANGGUH_DATA": str(tmp_path)}
    form = Path(__file__).parents[2] / "survey_forms" / "destana" / "self_assessment.json"
    call(environment, "publish", form)
    target = tmp_path / "no-such-folder" / "form.xlsx"
    done = call(environment, "export-xlsform", "destana", "-o", target)
    assert (done.code, done.out, done.err) == (1, "", f"error {target}: No such file or directory\n")


def test_a_process_ends_the_same_way(tmp_path: Path) -> None:
    done = call_elsewhere({"TANGGUH_DATA": str(tmp_path)}, "revoke", "stranger")
    assert (done.code, done.out, done.err) == (1, "", f"error nobody is enrolled as 'stranger'.{os.linesep}")
