"""`tangguh preview`: what a framework would move, told before it is published."""

import copy
from pathlib import Path

import pytest

from app.access.policy import Role
from app.database import Database
from tests.cli.conftest import Tangguh, Write
from tests.support.server import Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, NORTH, interview, version_of

HARSHER = version_of(FRAMEWORK, "2", indicators=copy.deepcopy(FRAMEWORK["indicators"]))
HARSHER["indicators"][0]["rule"]["map"]["no"] = 3

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def draft(server: Server, write: Write) -> Path:
    """Eight interviews are kept, and version 2 of their framework lies in a file."""
    server.publish(COMMUNITIES, FORM, FRAMEWORK)
    server.enrol().send(*(interview(NORTH, warned="no") for _ in range(8)))
    return write("draft.json", HARSHER)


@on_sqlite
def test_what_moves_is_told_with_its_cause(draft: Path, tangguh: Tangguh, server: Server) -> None:
    done = tangguh("preview", draft)
    assert (done.code, done.err) == (0, "")
    assert "safety 2 against safety 1, 8 interviews: 4 of 6 numbers move. Nothing was published." in done.out
    assert "[1] warning: choices: {'no': 1.0} -> {'no': 3.0}" in done.out
    line = next(line for line in done.out.splitlines() if line.split()[:2] == [NORTH, "warning"])
    assert line.split()[2:5] == ["1.000", "3.000", "+2.000"]
    assert server.enrol(Role.ANALYST).get("/scores", params={"version": "2"}).status_code == 404


@on_sqlite
def test_json_is_the_answer_of_the_route(draft: Path, tangguh: Tangguh, server: Server) -> None:
    answer = server.enrol(Role.ADMIN).post("/frameworks/preview", json=HARSHER)
    assert tangguh("preview", draft, "--against", "safety@1", "--json").json == answer.json()


@on_sqlite
def test_what_cannot_be_previewed_is_one_clear_line(draft: Path, tangguh: Tangguh, write: Write) -> None:
    faulty = copy.deepcopy(HARSHER)
    faulty["indicators"][0]["rule"]["question"] = "warnd"
    for arguments, line in (
        ((write("faulty.json", faulty),), "1 fault; nothing was published."),
        ((write("form.json", FORM),), "give one framework; this holds 0."),
        ((draft, "--against", "safety@9"), "No framework is published under that name and version."),
        ((draft.parent / "none.json",), "1 fault; nothing was published."),
    ):
        done = tangguh("preview", *arguments)
        assert done.code == 1
        assert line in done.err
    assert 'Did you mean "warned"?' in tangguh("preview", write("faulty.json", faulty)).out


def test_it_works_beside_a_running_server(draft: Path, tangguh: Tangguh, database: Database) -> None:
    before = database.generation()
    assert tangguh("preview", draft, "--json").json["moved"] == 4
    assert database.generation() == before
