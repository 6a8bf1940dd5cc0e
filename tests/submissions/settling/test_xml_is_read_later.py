"""What came in XML before it could be read is used as soon as it can be, and stays what it was."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from sqlmodel import select

from app.submissions.tables import SetAside, Submission
from tests.submissions.household import FORM, HERE, interview
from tests.support.instances import as_xml, bring
from tests.support.server import Caller, Server

Json = dict[str, Any]
SECOND = deepcopy(FORM)
SECOND["settings"]["version"] = "2"


def unknown(**answers: Any) -> Json:
    return {**interview(**answers), "version": "2"}


def spelled(item: Json) -> bytes:
    """In words that only its form can read: a decimal as Collect writes it, a repeat of one turn."""
    xml = as_xml(FORM, item)
    assert b"<income>12</income>" in xml
    return xml.replace(b"<income>12</income>", b"<income>12.0</income>")


@pytest.mark.parametrize("again", ["xml", "replay"])
def test_published_later_it_is_accepted(
    fieldwork: Server,
    tablet: Caller,
    admin: Caller,
    in_order: Callable[[], None],
    kept: Callable[[str], Submission],
    scores: Callable[[], dict[str, float]],
    again: str,
) -> None:
    item = unknown(income=12, member=[{"age": 3}])
    (held,) = bring(fieldwork, "tablet", spelled(item))
    assert (held["status"], held["problem"]["slug"]) == ("held", "unknown_form")
    assert bring(fieldwork, "tablet", spelled(item))[0]["status"] == "duplicate"
    fieldwork.publish(SECOND)
    if again == "xml":
        (accepted,) = bring(fieldwork, "tablet", spelled(item))
        assert (accepted["status"], accepted["receipt"]) == ("accepted", held["receipt"])
    else:
        assert admin.post("/replays", json={}).json()["accepted"] == 1
    assert bring(fieldwork, "tablet", spelled(item))[0]["status"] == "duplicate"
    record = admin.get(f"/submissions/{item['instance_id']}").json()
    assert record["answers"] == item["answers"]
    assert kept(item["instance_id"]).raw == spelled(item)
    assert scores() == {item["instance_id"]: 3.0}
    in_order()


def test_a_wrong_version_is_corrected(
    fieldwork: Server, tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    item = unknown(income=12, sources=["rt"])
    (held,) = bring(fieldwork, "tablet", spelled(item))
    (seen,) = admin.get(f"/held/{item['instance_id']}").json()["held"]
    assert seen["hints"]["versions"] == ["1"]
    correction = {"sha256": seen["sha256"], "reason": "asked by version 1", "version": "1", "answers": {"minutes": 3}}
    mended = admin.post(f"/held/{item['instance_id']}/mend", json=correction).json()
    assert (mended["status"], mended["sha256"]) == ("accepted", seen["sha256"])
    record = admin.get(f"/submissions/{item['instance_id']}").json()
    assert record["answers"] == {**item["answers"], "minutes": 3}
    assert record["version"] == "1"
    assert bring(fieldwork, "tablet", spelled(item))[0]["status"] == "duplicate"
    fieldwork.publish(SECOND)
    assert bring(fieldwork, "tablet", spelled(item))[0]["status"] == "duplicate", "even when its own version is known"
    assert held["status"] == "held"
    in_order()


def test_an_unknown_community_is_corrected(
    fieldwork: Server, tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    items = [interview(community="Bandarharjoo") for _ in range(2)]
    bring(fieldwork, "tablet", as_xml(FORM, items[0]))
    tablet.send(items[1])
    (seen,) = admin.get(f"/held/{items[0]['instance_id']}").json()["held"]
    assert [each["code"] for each in seen["hints"]["communities"]] == [HERE]
    correction = {"sha256": seen["sha256"], "reason": "spelled wrongly", "community": HERE, "alike": True}
    mended = admin.post(f"/held/{items[0]['instance_id']}/mend", json=correction).json()
    assert (mended["status"], mended["alike"]) == ("accepted", {"accepted": 1})
    in_order()


def test_content_that_waited_in_conflict_can_be_kept(
    fieldwork: Server, tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    held = unknown(income=12)
    bring(fieldwork, "tablet", spelled(held))
    tablet.send(interview(held["instance_id"], minutes=3))
    fieldwork.publish(SECOND)
    assert admin.post("/replays", json={}).json()["conflict"] == 1
    sides = admin.get(f"/conflicts/{held['instance_id']}").json()["contents"]
    (late,) = [side for side in sides if side["version"] == "2"]
    assert late["answers"] == held["answers"]
    chosen = {"keep": late["sha256"], "reason": "the true one"}
    assert admin.post(f"/conflicts/{held['instance_id']}/resolve", json=chosen).status_code == 200
    assert admin.get(f"/submissions/{held['instance_id']}").json()["answers"] == held["answers"]
    in_order()


def test_every_text_of_an_encrypted_interview_is_kept(fieldwork: Server, tablet: Caller, admin: Caller) -> None:
    item = interview()
    xml = (
        f'<data id="household" version="1" encrypted="yes" xmlns="http://opendatakit.org/submissions">'
        f"<base64EncryptedKey>a2V5</base64EncryptedKey><meta><instanceID>{item['instance_id']}</instanceID></meta>"
        f"<encryptedXmlFile>submission.xml.enc</encryptedXmlFile></data>"
    ).encode()
    (receipt,) = bring(fieldwork, "tablet", xml)
    assert (receipt["status"], receipt["problem"]["reason"]) == ("held", "encrypted")
    with fieldwork.database.read() as session:
        assert session.exec(select(SetAside.raw)).one() == xml
