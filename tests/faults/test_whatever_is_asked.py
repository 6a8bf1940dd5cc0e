"""Whatever anybody asks, every answer is one that the API's description explains, and tells nothing of others."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import orjson
import pytest
from fastapi.testclient import TestClient

from app.access.policy import Role
from app.main import create_app
from app.problems import InternalError, TokenMissing, catalogue
from app.settings import Settings
from tests.faults.drawn import Request, drawn
from tests.support.in_process import Answer, InProcess
from tests.support.server import Server
from tests.support.village import NAME, SOUTH, at_work, interview

SECRET = "Rahasia Selatan"
"""A personal answer from the south. All callers here work in the north, but for the admin."""

CALLERS = ["stranger", *map(str, Role)]
EACH = {"sqlite": 40, "postgresql": 4}
"""Requests of either kind that each caller makes of each operation: 5 x 16 x 2 x 40 are more than 5,000."""

SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "x-frame-options": "DENY"}
PROBLEMS = {problem.slug: problem for problem in catalogue()}


@dataclass
class Village:
    process: InProcess
    description: dict[str, Any]
    tokens: dict[str, str]
    ids: dict[str, str]


@pytest.fixture
def village(settings: Settings) -> Iterator[Village]:
    app = create_app(settings)
    with TestClient(app) as client:
        server = Server(app, client)
        villages = at_work(server)
        secret = interview(SOUTH, respondent=SECRET)
        assert villages.south[Role.ENUMERATOR].send(secret)["summary"]["accepted"] == 1
        callers = villages.north | {Role.ADMIN: server.enrol(Role.ADMIN)}
    process = InProcess(settings)
    process.start()
    yield Village(
        process,
        app.openapi(),
        {str(role): caller.token or "" for role, caller in callers.items()},
        {"north": villages.items["north"]["instance_id"], "south": secret["instance_id"]},
    )
    process.stop()
    process.close()


@pytest.mark.parametrize("caller", CALLERS)
def test_every_answer_is_explained(village: Village, caller: str, seed: int, soak: int, database_url: str) -> None:
    number = soak * EACH["sqlite" if database_url.startswith("sqlite") else "postgresql"]
    judge = Judge(village, caller)
    statuses: Counter[int] = Counter()
    unexplained = []
    for request in drawn(village.description, number, f"{seed} {caller}", {"instance_id": list(village.ids.values())}):
        headers = {**request.headers}
        if caller in village.tokens:
            headers["Authorization"] = f"Bearer {village.tokens[caller]}"
        answer = village.process.ask(request.method, request.address, headers, request.body)
        statuses[answer.status] += 1
        unexplained += [
            f"{what}: {answer.status} to {request.text[:300]}" for what in judge.unexplained(request, answer)
        ]
    assert sorted(set(unexplained))[:40] == []
    assert statuses.total() > number * 26
    assert len(statuses) >= 3, statuses


SOUND = Request("/api/v1/limits", "GET", "/api/v1/limits", {}, b"")
SAFE_JSON = {**SAFE, "cache-control": "no-store", "content-type": "application/json"}
AS_PROBLEM = {**SAFE_JSON, "content-type": "application/problem+json"}
LIMITS = b'{"max_items":1,"max_bytes":1,"max_item_bytes":1,"max_have":1,"content_encodings":[]%s}'
MISSING = orjson.dumps(TokenMissing().document())
UNSOUND = {
    "a broken server": Answer(500, AS_PROBLEM, orjson.dumps(InternalError().document())),
    "is not described": Answer(418, SAFE_JSON, b"{}"),
    "another shape": Answer(200, SAFE_JSON, b'{"max_items":"many"}'),
    "content of type 'text/html'": Answer(200, {**SAFE_JSON, "content-type": "text/html"}, b""),
    "not in the catalogue, teapot": Answer(401, AS_PROBLEM, MISSING.replace(b'"token_missing"', b'"teapot"')),
    "not in the catalogue, token_missing": Answer(401, AS_PROBLEM, MISSING.replace(b'"after_fix"', b'"later"')),
    "no safe headers": Answer(200, {**SAFE_JSON, "x-frame-options": ""}, LIMITS % b""),
    "caches may keep": Answer(200, {**SAFE, "content-type": "application/json"}, LIMITS % b""),
    "from the south": Answer(200, SAFE_JSON, LIMITS % b',"who":"Rahasia Selatan"'),
    "a personal answer": Answer(200, SAFE_JSON, LIMITS % b',"who":"Warga Contoh"'),
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_judge_sees_what_is_wrong(village: Village) -> None:
    judge = Judge(village, Role.ANALYST)
    assert list(judge.unexplained(SOUND, Answer(200, SAFE_JSON, LIMITS % b""))) == []
    assert list(judge.unexplained(SOUND, Answer(401, AS_PROBLEM, MISSING))) == []
    for sentence, answer in UNSOUND.items():
        assert any(sentence in each for each in judge.unexplained(SOUND, answer)), sentence


class Judge:
    """Holds the answers to one caller against the description."""

    def __init__(self, village: Village, caller: str) -> None:
        self.village, self.caller = village, caller

    def unexplained(self, request: Request, answer: Answer) -> Iterator[str]:
        """A sentence for each thing about this answer that nobody has announced."""
        operation = self.village.description["paths"][request.operation][request.method.lower()]
        described = operation["responses"].get(str(answer.status))
        if answer.status >= 500:
            yield "an answer that looks like a broken server"
        if described is None:
            yield "a status that is not described"
        else:
            yield from self._content(described.get("content", {}), answer)
        if any(answer.headers.get(name) != value for name, value in SAFE.items()):
            yield "no safe headers"
        if request.address.startswith("/api") and "cache-control" not in answer.headers:
            yield "an answer that caches may keep"
        yield from self._of_others(request, answer.content.decode())

    def _content(self, described: dict[str, Any], answer: Answer) -> Iterator[str]:
        media_type = answer.headers.get("content-type", "").split(";")[0]
        if not described:
            if answer.content:
                yield "content where none is described"
        elif media_type not in described:
            yield f"content of type '{media_type}'"
        elif media_type.endswith("json"):
            schema = described[media_type].get("schema", {})
            errors = jsonschema_rs.validator_for(self._whole(schema)).iter_errors(answer.json())
            yield from (f"content of another shape, {error.message}" for error in errors)
            if media_type == "application/problem+json":
                yield from self._problem(answer)

    def _problem(self, answer: Answer) -> Iterator[str]:
        told = answer.json()
        problem = PROBLEMS.get(told["slug"])
        if problem is None or (problem.status, problem.retry) != (answer.status, told["retry"]):
            yield f"a problem that is not in the catalogue, {told['slug']}"

    def _of_others(self, request: Request, text: str) -> Iterator[str]:
        if self.caller == Role.ADMIN:
            return
        for other in (SECRET, self.village.ids["south"]):
            if other in text and other not in request.text:
                yield "something from the south"
        if self.caller in ("stranger", Role.ANALYST) and NAME in text and NAME not in request.text:
            yield "a personal answer"

    def _whole(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {**schema, "components": self.village.description["components"]}
