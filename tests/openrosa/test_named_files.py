"""What Collect names beside the answers is waited for too: its record of the interview, and what it has encrypted."""

from typing import Any

import pytest

from app.access.policy import Role
from tests.openrosa.collect import Collect
from tests.submissions.household import FORM, interview
from tests.support.instances import as_xml
from tests.support.server import Caller, Server

AUDIT = "<orx:audit xmlns:orx='http://openrosa.org/xforms'>audit.csv</orx:audit></meta>"
FILES = {"submission.xml.enc": b"\x01 all of it", "roof.jpg.enc": b"\x02 a roof", "audit.csv.enc": b"\x03 how it went"}


def audited(item: dict[str, Any]) -> bytes:
    return as_xml(FORM, item).replace(b"</meta>", AUDIT.encode())


def encrypted(instance_id: str) -> bytes:
    """As Collect wraps it: everything that was answered is in the files."""
    media = "".join(f"<media><file>{name}</file></media>" for name in FILES if name != "submission.xml.enc")
    return (
        '<data xmlns="http://opendatakit.org/submissions" id="household" version="1" encrypted="yes">'
        "<base64EncryptedKey>c2VjcmV0</base64EncryptedKey>"
        f'<meta xmlns="http://openrosa.org/xforms"><instanceID>{instance_id}</instanceID></meta>'
        f"{media}<encryptedXmlFile>submission.xml.enc</encryptedXmlFile>"
        "<base64EncryptedElementSignature>c2lnbmVk</base64EncryptedElementSignature></data>"
    ).encode()


@pytest.fixture
def admin(fieldwork: Server) -> Caller:
    return fieldwork.enrol(Role.ADMIN)


def standing(caller: Caller, item: dict[str, Any]) -> tuple[bool | None, list[str] | None, list[str] | None]:
    told = caller.get(f"/submissions/{item['instance_id']}/attachments").json()
    return told["complete"], told["expected"], told["missing"]


def test_the_record_of_an_interview_is_waited_for(collect: Collect, admin: Caller) -> None:
    item = interview()
    collect.finalise(audited(item))
    collect.send()
    assert standing(admin, item) == (False, ["audit.csv"], ["audit.csv"])
    (incomplete,) = admin.get("/fieldwork").json()["incomplete"]
    assert (incomplete["interviews"], incomplete["files"]) == (1, 1)
    collect.finalise(audited(item), {"audit.csv": b"event,node,start,end\n"})
    collect.send()
    assert standing(admin, item) == (True, ["audit.csv"], [])
    assert admin.get("/integrity").json()["ok"]


def test_an_analyst_learns_nothing_of_it(fieldwork: Server, collect: Collect) -> None:
    item = interview()
    collect.finalise(audited(item), {"audit.csv": b"event,node,start,end\n"})
    collect.send()
    analyst = fieldwork.enrol(Role.ANALYST)
    assert "audit" not in analyst.get(f"/submissions/{item['instance_id']}").text
    assert analyst.get(f"/submissions/{item['instance_id']}/attachments/audit.csv").status_code == 404


def test_an_encrypted_interview_tells_which_of_its_files_are_missing(collect: Collect, admin: Caller) -> None:
    item, names = interview(), sorted(FILES)
    collect.finalise(encrypted(item["instance_id"]), {"roof.jpg.enc": FILES["roof.jpg.enc"]})
    collect.send()
    assert standing(admin, item) == (False, names, ["audit.csv.enc", "submission.xml.enc"])
    collect.finalise(encrypted(item["instance_id"]), FILES)
    collect.send()
    assert collect.waiting == []
    assert standing(admin, item) == (True, names, [])
