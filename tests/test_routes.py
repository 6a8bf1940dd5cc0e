"""Every route stands in docs/api.md with those who may use it, and the examples there work."""

import csv
import re
import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

import pytest
from starlette.routing import Route

from app.access.policy import Role
from app.cli.documents import publish, read_documents
from app.main import create_app
from app.settings import Settings
from app.submissions.incoming import Library
from app.submissions.rebuild import score_new_frameworks
from tests.support.server import Server

REPOSITORY = Path(__file__).parents[1]
MATRIX = REPOSITORY / "tests" / "access" / "matrix.csv"
PAGE = (REPOSITORY / "docs" / "api.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([A-Z]+ /\S+)` \| ([^|]+) \|", PAGE, re.MULTILINE))
PAGES = {"/", "/docs", "/docs/oauth2-redirect", "/openapi.json"}


def test_page_has_every_route_and_no_other() -> None:
    paths = create_app(Settings()).openapi()["paths"]
    assert set(ROWS) == {f"{method.upper()} {path}" for path, own in paths.items() for method in own}


def test_page_says_who_may_as_the_matrix_does() -> None:
    with MATRIX.open(newline="") as source:
        for row in csv.DictReader(source):
            may = ", ".join(role for role in Role if row[role][0] == "2" or row[role] == "404")
            said = ROWS[f"{row['method']} {row['path']}"]
            assert said == ("everybody" if row["nobody"] == "200" else may)


def test_what_the_api_does_not_describe_is_meant_to_be_open() -> None:
    """Pages for people, and nothing that somebody forgot to describe."""
    assert {route.path for route in _routes(create_app(Settings())) if not route.include_in_schema} == PAGES


def _routes(place: Any) -> Iterator[Route]:
    for route in place.routes:
        if isinstance(route, Route):
            yield route
        elif hasattr(route, "original_router"):
            yield from _routes(route.original_router)


@pytest.mark.parametrize("page", ["docs/api.md", "README.md"])
def test_examples_work(server: Server, page: str) -> None:
    reading = read_documents([REPOSITORY / "survey_forms"], None)
    server.database.write(lambda session: publish(session, reading.documents))
    score_new_frameworks(server.database, Library.of(server.database))
    roles = {"E": Role.ENUMERATOR, "C": Role.COORDINATOR, "A": Role.ANALYST, "ADMIN": Role.ADMIN}
    tokens = {name: server.enrol(role).token for name, role in roles.items()}
    examples = _examples((REPOSITORY / page).read_text(encoding="utf-8"), tokens)
    assert len(examples) >= 5
    for example in examples:
        method = example.method or ("POST" if example.data else "GET")
        headers = dict(header.split(": ", 1) for header in example.headers)
        answer = server.client.request(method, example.url, headers=headers, content=example.data)
        assert answer.is_success, (example, answer.text)
        if example.url.endswith("/batches"):
            assert answer.json()["receipts"][0]["status"] == "accepted"


CURL = ArgumentParser(exit_on_error=False)
CURL.add_argument("url")
CURL.add_argument("-H", dest="headers", action="append", default=[])
CURL.add_argument("-d", dest="data")
CURL.add_argument("-X", dest="method")
CURL.add_argument("-o", dest="output")


def _examples(page: str, tokens: dict[str, str | None]) -> list[Namespace]:
    """The curl commands of the page's shell blocks, their variables filled in."""
    script = "".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    script = re.sub(r"(^|\s)#.*$", "", script, flags=re.MULTILINE)
    script = Template(script).substitute(tokens, api="/api/v1").replace("http://127.0.0.1:8000", "")
    outside_of_quotes = r"\n(?=(?:[^']*'[^']*')*[^']*$)"
    commands = [shlex.split(line) for line in re.split(outside_of_quotes, script)]
    return [CURL.parse_args(words) for program, *words in filter(None, commands) if program == "curl"]
