"""Parts that Collect does not send, but others may: nothing of them is lost, and what is refused is told why."""

import gzip
from typing import Any

import pytest

from tests.openrosa.collect import Collect
from tests.openrosa.wire import Got
from tests.submissions.household import FORM, interview
from tests.support.instances import as_xml
from tests.support.server import Caller

FILE = b"\x01 some bytes"
BOUNDARY = {"Content-Type": "multipart/form-data; boundary=zz"}


def body(item: dict[str, Any], head: str, content: bytes = FILE) -> bytes:
    """An interview and a part with these headers."""
    disposition = 'Content-Disposition: form-data; name="xml_submission_file"; filename="a.xml"\r\n\r\n'
    parts = [disposition.encode() + as_xml(FORM, item), head.encode("latin-1") + b"\r\n\r\n" + content]
    return b"".join(b"--zz\r\n" + part + b"\r\n" for part in parts) + b"--zz--\r\n"


def post(tablet: Collect, content: bytes, **headers: str) -> Got:
    return tablet.wire.ask("POST", f"{tablet.server_url}/submission", {**BOUNDARY, **headers}, content)


def files(caller: Caller, item: dict[str, Any]) -> list[tuple[str, str | None, int]]:
    told = caller.get(f"/submissions/{item['instance_id']}/attachments").json()["files"]
    return [(file["name"], file["media_type"], file["size"]) for file in told]


@pytest.mark.parametrize(
    ("head", "kept"),
    [
        ('form-data; name="a.jpg"; filename="a.jpg"', [("a.jpg", None)]),
        ('form-data; name="a.jpg"\r\nContent-Type: image/jpeg', [("a.jpg", "image/jpeg")]),
        ("form-data; name=\"a.jpg\"; filename*=UTF-8''b.jpg\r\nContent-Type: image/jpeg", [("a.jpg", "image/jpeg")]),
        ('form-data; name="a.jpg"; filename=""\r\nContent-Type: image/jpeg', [("a.jpg", "image/jpeg")]),
        ('form-data; name="a.jpg"; filename="a.jpg"\r\nContent-Type: image/\0jpeg', [("a.jpg", None)]),
        ('form-data; name="a.jpg"; filename="a.jpg"\r\nContent-Type: \xff\xfe', [("a.jpg", None)]),
        (f'form-data; name="a.jpg"; filename="a.jpg"\r\nContent-Type: image/{"x" * 300}', [("a.jpg", None)]),
        ('form-data; name="*isIncomplete*"; filename="yes.txt"\r\nContent-Type: text/plain', []),
        ('form-data; name="deviceID"', []),
        ('form-data; name="deviceID"\r\nContent-Type: text/plain; charset=utf-8', []),
    ],
)
def test_what_becomes_of_a_part(
    caller: Caller, collect: Collect, head: str, kept: list[tuple[str, str | None]]
) -> None:
    item = interview()
    assert post(collect, body(item, f"Content-Disposition: {head}")).status == 201
    assert files(caller, item) == [(*each, len(FILE)) for each in kept]


def test_a_field_that_is_too_long_is_not_said_to_be_the_interview(caller: Caller, collect: Collect) -> None:
    item = interview()
    got = post(collect, body(item, 'Content-Disposition: form-data; name="note"', b"x" * 20_000))
    assert (got.status, b"too long" in got.content) == (400, True)
    assert caller.get(f"/submissions/{item['instance_id']}").status_code == 404


def test_what_is_packed_is_not_said_to_be_cut(caller: Caller, collect: Collect) -> None:
    whole = body(interview(), 'Content-Disposition: form-data; name="note"')
    got = post(collect, gzip.compress(whole), **{"Content-Encoding": "gzip"})
    assert (got.status, b"Content-Encoding" in got.content) == (400, True)
    assert post(collect, whole, **{"Content-Encoding": "identity"}).status == 201
