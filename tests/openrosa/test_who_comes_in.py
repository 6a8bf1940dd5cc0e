"""A token in the address or a name with a password lets a tablet in, and nothing of either is left in a log."""

import hashlib
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import Session, col, select, update

from app.access.digest import Nonces
from app.access.tables import Holder, Token
from app.traffic.log import JsonLines
from tests.openrosa.collect import AuthRequired, Collect, ServerTrouble, Status
from tests.openrosa.wire import Challenge, Wire
from tests.submissions.household import FORM, interview
from tests.support.instances import as_xml
from tests.support.process import running
from tests.support.server import Caller, Server


def with_password(caller: Caller, name: str = "tablet", password: str | None = None) -> Collect:
    return Collect("http://testserver/openrosa", Wire(caller.client, name, password or caller.token or ""))


def test_a_name_and_a_password_are_enough(fieldwork: Server, caller: Caller) -> None:
    tablet = with_password(caller)
    assert tablet.synchronise() == ["household"]
    tablet.finalise(as_xml(FORM, interview()))
    tablet.finalise(as_xml(FORM, interview()), {"a.jpg": b"jpeg"})
    tablet.send()
    assert tablet.waiting == []
    statuses = [status for *_, status in tablet.wire.asked]
    assert statuses.count(401) == 1, "the first question only"


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_either_algorithm_is_taken(fieldwork: Server, caller: Caller, algorithm: str) -> None:
    answer = caller.client.get("/openrosa/formList")
    challenges = [
        each
        for value in answer.headers.get_list("www-authenticate")
        if (each := _challenge(value)).algorithm == algorithm
    ]
    header = challenges[0].answer("GET", "/openrosa/formList", "tablet", caller.token or "")
    assert caller.client.get("/openrosa/formList", headers={"Authorization": header}).status_code == 200


def _challenge(value: str) -> Challenge:
    from tests.openrosa.wire import Got

    found = Challenge.of(Got(401, httpx.Headers([("WWW-Authenticate", value)]), b""))
    assert found is not None
    return found


@pytest.mark.parametrize(("name", "password"), [("tablet", "tgh_wrong"), ("nobody", None)])
def test_a_wrong_one_asks_again(fieldwork: Server, caller: Caller, name: str, password: str | None) -> None:
    with pytest.raises(AuthRequired):
        with_password(caller, name, password).synchronise()


def test_a_revoked_one_is_asked_for_a_password(fieldwork: Server, caller: Caller) -> None:
    tablet = with_password(caller)
    tablet.synchronise()
    fieldwork.revoke("tablet")
    instance = tablet.finalise(as_xml(FORM, interview()))
    tablet.send()
    assert instance.status is Status.FAILED
    with pytest.raises(AuthRequired):
        tablet.synchronise()


def test_a_server_that_was_started_anew_asks_once_more(fieldwork: Server, caller: Caller) -> None:
    tablet = with_password(caller)
    tablet.synchronise()
    fieldwork.app.state.nonces = Nonces()
    tablet.finalise(as_xml(FORM, interview()))
    tablet.send()
    assert tablet.waiting == []


def test_an_answer_is_good_for_its_own_address_only(fieldwork: Server, caller: Caller) -> None:
    challenge = _challenge(caller.client.get("/openrosa/formList").headers.get_list("www-authenticate")[0])
    header = challenge.answer("GET", "/openrosa/formList", "tablet", caller.token or "")
    for address in ("/openrosa/formList?formID=household", "/openrosa/forms/household/1.xml"):
        assert caller.client.get(address, headers={"Authorization": header}).status_code == 401


def test_tokens_from_before_have_no_password(fieldwork: Server, caller: Caller) -> None:
    def work(session: Session) -> None:
        session.execute(update(Token).values(digest_md5=None, digest_sha256=None))

    fieldwork.database.write(work)
    fieldwork.enrol()
    with pytest.raises(AuthRequired):
        with_password(caller).synchronise()


def test_the_database_holds_what_is_checked_and_not_the_token(fieldwork: Server, caller: Caller) -> None:
    query = select(Token).join(Holder).where(col(Holder.name) == "tablet")
    with fieldwork.database.read() as session:
        token = session.exec(query).one()
    secret = f"tablet:Tangguh:{caller.token}".encode()
    assert token.digest_md5 == hashlib.md5(secret).digest()
    assert token.digest_sha256 == hashlib.sha256(secret).digest()


def test_an_address_that_is_not_valid_is_403_and_never_401(fieldwork: Server, caller: Caller) -> None:
    expired = fieldwork.enrol(now=datetime.now(UTC) - timedelta(days=31))
    fieldwork.revoke("tablet")
    for token in (caller.token, expired.token, "tgh_unknown", "é", "%00"):
        tablet = Collect(f"http://testserver/openrosa/{token}", Wire(caller.client))
        with pytest.raises(ServerTrouble, match="403"):
            tablet.synchronise()
        instance = tablet.finalise(as_xml(FORM, interview()))
        tablet.send()
        assert (instance.status, "kode QR baru" in instance.shown) == (Status.FAILED, True)
        assert {status for *_, status in tablet.wire.asked} == {403}


def test_the_log_knows_patterns_only(fieldwork: Server, collect: Collect, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        collect.synchronise()
        collect.finalise(as_xml(FORM, interview(respondent="Warga Contoh")))
        collect.finalise(b"<no")
        collect.send()
        collect.wire.get(f"{collect.server_url}/nothing")
    lines = [JsonLines().format(each) for each in caplog.records if each.name.startswith(("tangguh", "uvicorn"))]
    token = collect.server_url.rpartition("/")[2]
    assert any("/openrosa/{token}/submission" in line for line in lines)
    assert not [line for line in lines if token in line or "Warga Contoh" in line]


def test_nothing_of_a_whole_server_is_told(tmp_path: Path, sqlite_template: Path) -> None:
    (tmp_path / "tangguh.db").write_bytes(sqlite_template.read_bytes())
    with running(f"sqlite:///{tmp_path}/tangguh.db", tmp_path) as server:
        (token,) = server.tokens
        with httpx.Client() as client:
            by_address = Collect(f"{server.address}/openrosa/{token}", Wire(client))
            by_name = Collect(f"{server.address}/openrosa", Wire(client, "tablet-0", token))
            for tablet in (by_address, by_name):
                assert tablet.synchronise() == ["household"]
                tablet.finalise(
                    as_xml(FORM, interview(respondent="Warga Contoh")), {"Warga Contoh.jpg": b"x" * 200_000}
                )
                tablet.finalise(b"<no")
                tablet.send()
                assert len(tablet.waiting) == 1
            exposed = client.get(f"{server.address}/metrics").text
        with server.dial() as connection:
            connection.sendall(f"GET /openrosa/{token}/formList {token}\r\n\r\n".encode())
            connection.recv(1_000)
    told = server.log.read_text() + exposed
    assert "/openrosa/{token}/formList" in told
    for secret in (token, "Warga", "tablet-0", "Digest", "nonce"):
        assert secret not in told
