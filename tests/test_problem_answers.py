"""However a request fails, the answer has the one shape, and says nothing that it should not."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.access.policy import Role
from app.submissions import routes
from tests.support.server import Server

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MEMBERS = {"type", "title", "status", "detail", "slug", "retry", "message"}


def _assert_is(answer: Any, status: int, slug: str) -> dict[str, Any]:
    document: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, document["status"], document["slug"]) == (status, status, slug)
    assert document.keys() >= MEMBERS
    return document


def test_every_way_to_fail_has_the_same_shape(server: Server) -> None:
    admin, enumerator = server.enrol(Role.ADMIN), server.enrol()
    _assert_is(server.nobody().get("/forms"), 401, "token_missing")
    _assert_is(enumerator.get("/fieldwork"), 403, "not_allowed")
    _assert_is(admin.get("/forms/none"), 404, "not_found")
    _assert_is(admin.get("/no/such/route"), 404, "not_found")
    _assert_is(server.client.get("/nothing"), 404, "not_found")
    _assert_is(admin.post("/fieldwork"), 405, "method_not_allowed")
    _assert_is(admin.get("/submissions", params={"limit": "many"}), 422, "invalid_request")
    _assert_is(
        admin.post("/instances/have", content=b"{", headers={"Content-Type": "application/json"}),
        422,
        "invalid_request",
    )
    _assert_is(admin.post("/batches", data={"a": "b"}), 415, "unsupported_type")


def test_all_faults_of_a_request_are_told_without_its_values(server: Server) -> None:
    body = {"name": "", "role": "Warga Contoh"}
    document = _assert_is(server.enrol(Role.ADMIN).post("/enrolments", json=body), 422, "invalid_request")
    assert [error["where"] for error in document["errors"]] == ["body.name", "body.role"]
    assert "Siti" not in str(document)


def test_method_that_is_not_allowed_says_which_is(server: Server) -> None:
    assert server.enrol(Role.ADMIN).post("/fieldwork").headers["allow"] == "GET"


def test_a_mistake_of_ours_is_told_without_its_details(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(routes, "page", fail)
    token = server.enrol(Role.ADMIN).headers
    client = TestClient(server.app, raise_server_exceptions=False)
    answer = client.get("/api/v1/submissions", headers=token)
    document = _assert_is(answer, 500, "internal_error")
    assert document["retry"] == "later"
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_answers_of_the_api_are_kept_by_no_cache(server: Server) -> None:
    for caller in (server.nobody(), server.enrol(Role.ADMIN)):
        for path in ("/submissions", "/fieldwork", "/no/such/route"):
            answer = caller.get(path)
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["x-frame-options"] == "DENY"
