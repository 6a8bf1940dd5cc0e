"""Every item that is kept is kept byte for byte as it was sent, whatever becomes of it."""

import gzip

import pytest
from sqlmodel import select

from app.submissions.identity import instance_uuid
from app.submissions.tables import SetAside, Submission
from tests.submissions.hostile_envelopes import JSON
from tests.submissions.hostile_items import GOOD, answer, as_bytes, member, spoiled
from tests.submissions.household import new_id
from tests.support.server import Caller, Server

ODD = """{
\t"answers" : {@ANSWERS,
  "minutes":\t2.0e1 , "respondent" : "Ny. \\u0045\\u0301, E\u0301, \\/ \U0001f600"
 }\r\n,  "version":"1" , "form_id": "household", "hint": 1.50,
"instance_id":"@ID"  }"""

ITEMS = {
    "accepted": ODD.replace('"minutes":\t2.0e1', '"income":\t2.0e1'),
    "held, cannot be read": answer("NaN , [  ]"),
    "held, not UTF-8": answer('"\udcff"'),
    "held, form unknown": member("form_id", '"?"  '),
    "held, answer twice": spoiled('"version"', '"version" : "2","version"'),
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", ITEMS)
def test_what_is_kept_is_what_was_sent(fieldwork: Server, tablet: Caller, kind: str, packed: bool) -> None:
    instance_id = new_id()
    raw = as_bytes(ITEMS[kind], instance_id)
    body = b'{"batch_id": "a", "items": [ ' + as_bytes(GOOD, new_id()) + b" ,\n  " + raw + b"  ] }"
    headers = {**JSON, "Content-Encoding": "gzip"} if packed else JSON
    receipts = tablet.post("/batches", content=gzip.compress(body) if packed else body, headers=headers).json()
    assert receipts["receipts"][1]["status"] == kind.split(",")[0]
    assert kept(fieldwork, instance_id) == [raw]


def test_a_conflict_keeps_both(fieldwork: Server, tablet: Caller) -> None:
    instance_id = new_id()
    items = [as_bytes(each, instance_id) for each in (GOOD, ODD.replace("minutes", "income"), answer("1"))]
    for item in items:
        tablet.post("/batches", content=b'{"batch_id": "%d", "items": [%s]}' % (hash(item), item), headers=JSON)
    assert sorted(kept(fieldwork, instance_id)) == sorted(items)


def test_a_duplicate_changes_nothing(fieldwork: Server, tablet: Caller) -> None:
    instance_id = new_id()
    first, again = as_bytes(GOOD, instance_id), as_bytes(GOOD.replace(": ", ":"), instance_id)
    assert first != again
    for item in (first, again):
        tablet.post("/batches", content=b'{"batch_id": "%d", "items": [%s]}' % (hash(item), item), headers=JSON)
    assert kept(fieldwork, instance_id) == [first]


def kept(server: Server, instance_id: str) -> list[bytes]:
    with server.database.read() as session:
        return [
            row.raw
            for table in (Submission, SetAside)
            for row in session.exec(select(table).where(table.instance_id == instance_uuid(instance_id)))
        ]
