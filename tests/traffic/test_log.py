"""The log tells what happened to whom to mend it, and nothing of anybody's answers, name or token."""

import json
import logging
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.problems import Unavailable
from app.traffic.log import JsonLines, TextLines, configuration
from tests.submissions.household import interview
from tests.support.process import running
from tests.support.server import Server

SECRET = "Warga Contoh"


def lines_of(formatter: logging.Formatter, error: BaseException | None = None, **facts: Any) -> str:
    record = logging.LogRecord("tangguh", logging.ERROR, "file", 1, "went %s", ("wrong",), None)
    record.__dict__.update(facts)
    record.exc_info = (type(error), error, error.__traceback__) if error else None
    return formatter.format(record)


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except type(error) as caught:
        return caught


def test_a_line_is_an_object_with_listed_facts_only() -> None:
    line = json.loads(lines_of(JsonLines(), route="/forms", status=200, answers=SECRET))
    assert line.pop("at")
    assert line == {"level": "error", "logger": "tangguh", "event": "went wrong", "route": "/forms", "status": 200}


@pytest.mark.parametrize("formatter", [JsonLines(), TextLines()])
def test_an_exception_is_told_by_type_and_place(formatter: logging.Formatter) -> None:
    line = lines_of(formatter, raised(KeyError(SECRET), ValueError(f"not a number: {SECRET}")))
    assert SECRET not in line
    assert all(word in line for word in ("KeyError", "ValueError", "because of", "test_log.py", "raised"))
    assert "unavailable" in lines_of(formatter, raised(Unavailable()))


def test_what_others_log_is_cut_at_its_first_line() -> None:
    record = logging.LogRecord("asyncio", logging.ERROR, "file", 1, f"never retrieved\nKeyError({SECRET!r})", (), None)
    assert SECRET not in JsonLines().format(record)


def test_a_terminal_gets_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert configuration("auto")["formatters"]["lines"]["()"].endswith("TextLines")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    assert configuration("auto")["formatters"]["lines"]["()"].endswith("JsonLines")


def test_a_request_is_found_again_by_its_id(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tangguh.requests"):
        answer = server.enrol(name=SECRET).get(f"/submissions/{SECRET}")
    (record,) = (each for each in caplog.records if each.name == "tangguh.requests")
    line = JsonLines().format(record)
    assert SECRET not in line
    assert (record.route, record.status) == ("/api/v1/submissions/{instance_id}", 404)  # type: ignore[attr-defined]
    assert answer.headers["x-request-id"]


def test_a_whole_server_logs_objects_without_secrets(tmp_path: Path, sqlite_template: Path) -> None:
    (tmp_path / "tangguh.db").write_bytes(sqlite_template.read_bytes())
    with running(f"sqlite:///{tmp_path}/tangguh.db", tmp_path) as server:
        with server.client() as client:
            items = [interview(respondent=SECRET), interview(community=SECRET), {"instance_id": SECRET}]
            client.post("/api/v1/batches", json={"batch_id": SECRET, "items": items})
            client.post("/api/v1/batches", content=b'{"batch_id": 1')
            client.get(f"/api/v1/submissions/{SECRET}?form_id={SECRET}")
            client.get(f"/{SECRET}")
        httpx.get(f"{server.address}/api/v1/forms", headers={"Authorization": f"Bearer {SECRET.encode().hex()}"})
        with server.dial() as connection:
            connection.sendall(f"GET /{SECRET} {SECRET}\r\n{SECRET}\r\n\r\n".encode())
            connection.recv(1_000)
        token = server.tokens[0]
    log = server.log.read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    requests = [line for line in lines if line["logger"] == "tangguh.requests"]
    assert {(line["route"], line["status"]) for line in requests} >= {
        ("/api/v1/batches", 200),
        ("/api/v1/batches", 400),
        ("/api/v1/submissions/{instance_id}", 404),
        ("-", 404),
        ("/api/v1/forms", 401),
    }
    batch = next(line for line in requests if (line["route"], line["status"]) == ("/api/v1/batches", 200))
    assert batch["bytes_in"] > 0 < batch["bytes_out"]
    assert len(batch["device_id"]) == 36
    for secret in (SECRET, SECRET.encode().hex(), token, "tablet-0", items[0]["instance_id"]):
        assert secret not in log
