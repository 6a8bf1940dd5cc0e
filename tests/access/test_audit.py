"""What is written down: every token event and every read of personal answers, without tokens and without answers."""

import orjson
from sqlmodel import col, select

from app.access.policy import Role
from app.access.tables import AuditEntry, Holder
from tests.support.server import Server
from tests.support.village import NAME, Villages


def _entries(server: Server, action: str) -> list[tuple[str, str | None]]:
    """Subject and doer of each entry, in order of time."""
    with server.database.read() as session:
        names = {holder.id: holder.name for holder in session.exec(select(Holder))}
        entries = session.exec(
            select(AuditEntry).where(AuditEntry.action == action).order_by(col(AuditEntry.at), col(AuditEntry.subject))
        )
        return [(entry.subject, names.get(entry.holder_id) if entry.holder_id else None) for entry in entries]


def test_issuing_and_revoking_are_recorded_with_their_doer(server: Server) -> None:
    admin = server.enrol(Role.ADMIN, name="boss")
    admin.post("/enrolments", json={"name": "tablet", "role": "enumerator"})
    admin.delete("/enrolments/tablet")
    server.revoke("boss")
    assert _entries(server, "token_issued") == [("boss", None), ("tablet", "boss")]
    assert _entries(server, "token_revoked") == [("tablet", "boss"), ("boss", None)]


def test_what_is_refused_is_not_recorded(server: Server) -> None:
    admin = server.enrol(Role.ADMIN, name="boss")
    assert admin.post("/enrolments", json={"name": "boss", "role": "admin"}).status_code == 409
    assert admin.delete("/enrolments/nobody").status_code == 404
    assert _entries(server, "token_issued") == [("boss", None)]
    assert _entries(server, "token_revoked") == []


def test_every_read_of_personal_answers_is_recorded(villages: Villages) -> None:
    instance_id = villages.items["north"]["instance_id"]
    readers = [Role.COORDINATOR, Role.ANALYST, Role.ADMIN, Role.COORDINATOR, Role.ENUMERATOR]
    for role in readers:
        answer = villages.north[role].get(f"/submissions/{instance_id}")
        assert (NAME in answer.text) is (role is not Role.ANALYST)
    expected = [(instance_id, f"{role}-north") for role in readers if role is not Role.ANALYST]
    assert _entries(villages.server, "answers_read") == expected


def test_lists_hold_no_answers_and_are_not_recorded(villages: Villages) -> None:
    for role in (Role.COORDINATOR, Role.ADMIN):
        assert NAME not in villages.north[role].get("/submissions").text
    assert _entries(villages.server, "answers_read") == []


def test_audit_holds_neither_tokens_nor_answers(villages: Villages) -> None:
    villages.north[Role.COORDINATOR].get(f"/submissions/{villages.items['north']['instance_id']}")
    given = villages.north[Role.COORDINATOR].post("/enrolments", json={"name": "new", "role": "enumerator"}).json()
    villages.server.revoke("new")
    with villages.server.database.read() as session:
        rows = [entry.model_dump(mode="json") for entry in session.exec(select(AuditEntry))]
    written = orjson.dumps(rows).decode()
    assert "answers_read" in written
    tokens = [given["token"], *(caller.token or "" for caller in villages.north.values())]
    assert not any(token in written or token[4:20] in written for token in tokens)
    assert NAME not in written
