"""The application under test, as its users meet it."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.access.enrol import enrol, revoke
from app.access.policy import Role
from app.cli.documents import Document, kind_of, publish
from app.database import Database

_names = count(1)


class Caller:
    """Somebody with a token, or without one."""

    def __init__(self, client: TestClient, token: str | None) -> None:
        self.client = client
        self.token = token
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **options: Any) -> Any:
        headers = self.headers | options.pop("headers", {})
        return self.client.get(f"/api/v1{path}", headers=headers, **options)

    def post(self, path: str, **options: Any) -> Any:
        headers = self.headers | options.pop("headers", {})
        return self.client.post(f"/api/v1{path}", headers=headers, **options)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1{path}", headers=self.headers)

    def send(self, *items: dict[str, Any], batch_id: str | None = None, **members: Any) -> Any:
        """Post a batch; the answer's JSON after a 200, the whole answer otherwise."""
        batch = {"batch_id": batch_id or str(uuid.uuid4()), "items": list(items), **members}
        answer = self.post("/batches", json=batch)
        return answer.json() if answer.status_code == 200 else answer


class Server:
    def __init__(self, app: FastAPI, client: TestClient) -> None:
        self.app, self.client = app, client
        self.database: Database = app.state.database

    def enrol(
        self, role: Role = Role.ENUMERATOR, communities: Sequence[str] = (), *, name: str = "", **options: Any
    ) -> Caller:
        name = name or f"{role}-{next(_names)}"
        options = {"now": datetime.now(UTC), "days": 30, **options}
        token = self.database.write(lambda session: enrol(session, name, role, communities, **options))
        return Caller(self.client, token)

    def revoke(self, name: str) -> None:
        self.database.write(lambda session: revoke(session, name, now=datetime.now(UTC)))

    def nobody(self) -> Caller:
        return Caller(self.client, None)

    def publish(self, *contents: Any) -> None:
        documents = [Document("test", kind_of(each), each) for each in contents]
        self.database.write(lambda session: publish(session, documents))
