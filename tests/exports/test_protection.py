"""What leaves in no export: personal answers for analysts, and after a refusal for everybody."""

from typing import Any

import pytest
from sqlmodel import select

from app.access.policy import Role
from app.access.tables import AuditEntry
from tests.exports.conftest import CHILD, FORM, INCOME, NAME, PHONE, Send, table, tables
from tests.support.server import Caller
from tests.support.village import Villages, version_of

PATHS = ("/exports/flood.csv", "/exports/flood.zip")


def _everything(caller: Caller, **parameters: Any) -> str:
    """All cells and all headers of all tables."""
    return str(table(caller, **parameters)) + str(tables(caller, **parameters))


def _reads(villages: Villages) -> list[str]:
    with villages.server.database.read() as session:
        return list(session.exec(select(AuditEntry.subject).where(AuditEntry.action == "export_read")))


def test_analyst_gets_no_personal_answers_and_no_enumerators(villages: Villages, analyst: Caller, send: Send) -> None:
    send(enumerator="Bu Penanya")
    shown = _everything(analyst)
    for secret in (NAME, PHONE, CHILD, "contact/", "called", "Bu Penanya", "enumerator"):
        assert secret not in shown, secret
    assert INCOME in shown, "sensitive answers are given with consent"
    assert _reads(villages) == []


def test_analyst_may_not_ask_for_them(villages: Villages, analyst: Caller, send: Send) -> None:
    send()
    for path in PATHS:
        answer = analyst.get(path, params={"personal": True})
        assert (answer.status_code, answer.json()["slug"]) == (403, "not_allowed")
    assert _reads(villages) == []


def test_admin_gets_them_only_when_asked_for_and_that_is_recorded(villages: Villages, send: Send) -> None:
    send(enumerator="Bu Penanya")
    admin = villages.server.enrol(Role.ADMIN)
    assert NAME not in _everything(admin)
    assert _reads(villages) == []
    shown = _everything(admin, personal=True)
    for secret in (NAME, PHONE, CHILD, "Bu Penanya"):
        assert secret in shown, secret
    assert _reads(villages) == ["flood 1", "flood 1"]


@pytest.mark.parametrize("state", ["current", "all"])
def test_after_a_refusal_nothing_personal_or_sensitive_leaves_for_anybody(
    villages: Villages, analyst: Caller, send: Send, state: str
) -> None:
    send(consent="no")
    admin = villages.server.enrol(Role.ADMIN)
    for caller, personal in ((analyst, False), (admin, False), (admin, True)):
        shown = _everything(caller, personal=personal, state=state)
        for secret in (NAME, PHONE, CHILD, INCOME, "'Ibu'"):
            assert secret not in shown, secret
        (row,) = table(caller, personal=personal, state=state)
        assert row["refusal"] == "1"
        assert "personal_without_consent" in row["flags"]
        assert row["story"] == "the water came, at night", "what protects nobody is not withheld"


def test_later_version_protects_older_answers_and_the_other_way_round(
    villages: Villages, analyst: Caller, send: Send
) -> None:
    send(story="a secret of version 1", income=None)
    stricter = version_of(FORM, "2", fieldwork={**FORM["fieldwork"], "personal": ["story"]})
    villages.server.publish(stricter)
    send(version="2", story="a secret of version 2")
    for version in ("1", "2"):
        shown = _everything(analyst, version=version)
        assert "a secret" not in shown or version == "1"
        assert "a secret of version 2" not in shown
    assert NAME not in str(table(analyst, version="2")[0]), "version 1 called it personal"


def test_what_no_form_knows_leaves_in_no_export(analyst: Caller, send: Send) -> None:
    send(surprise="0812 345", contact={"respondent": NAME, "other_phone": "0812 345"})
    assert "0812 345" not in _everything(analyst)


def test_personal_answers_after_a_refusal_are_flagged_wherever_they_stand(
    villages: Villages, analyst: Caller, send: Send
) -> None:
    """In a group and named by its path, and inside a repeat."""
    send(consent="no")
    (found,) = analyst.get("/submissions", params={"form_id": "flood"}).json()["submissions"]
    flagged = {flag["path"] for flag in found["flags"] if flag["code"] == "personal_without_consent"}
    assert flagged == {"respondent", "contact/phone", "called", "income"}


def test_one_interview_hides_what_the_export_hides(villages: Villages, analyst: Caller, send: Send) -> None:
    shown = analyst.get(f"/submissions/{send()}").text
    for secret in (NAME, PHONE, CHILD):
        assert secret not in shown
    assert "the water came" in shown
