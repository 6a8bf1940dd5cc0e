"""What becomes of submissions that are not as they should be: the table of app/openrosa/README.md, row by row."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from app.access.policy import Role
from tests.openrosa.collect import Collect
from tests.openrosa.wire import Got, Part, multipart
from tests.submissions.household import FORM, interview, new_id
from tests.support.instances import as_xml
from tests.support.server import Server

README = (Path(__file__).parents[2] / "app" / "openrosa" / "README.md").read_text(encoding="utf-8")
TABLE = README.partition("| sent |")[2].partition("\n\n")[0]
ROWS = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in TABLE.splitlines()[2:]]

XML = as_xml(FORM, interview("uuid:0196b2a4-7d1c-7c3e-9a51-0d6f3f2b8c11"))
Sent = list[Callable[[Collect], Got]]


def post(xml: bytes, name: str = "xml_submission_file", *files: Part) -> Callable[[Collect], Got]:
    headers, body = multipart([Part(name, xml, "text/xml", "interview.xml"), *files])
    return lambda tablet: tablet.wire.ask("POST", f"{tablet.server_url}/submission", headers, body)


def changed(pattern: str, by: str = "") -> bytes:
    other, count = re.subn(pattern, by, XML.decode(), flags=re.DOTALL)
    assert count == 1
    return other.encode()


def raw(content_type: str, body: bytes) -> Callable[[Collect], Got]:
    return lambda tablet: tablet.wire.ask(
        "POST", f"{tablet.server_url}/submission", {"Content-Type": content_type}, body
    )


def without_version(tablet: Collect) -> Got:
    answer = tablet.wire.client.post(f"{tablet.server_url}/submission", files={"xml_submission_file": ("a.xml", XML)})
    return Got(answer.status_code, answer.headers, answer.content)


def to_another_address(tablet: Collect) -> Got:
    headers, body = multipart([Part("xml_submission_file", XML, "text/xml", "interview.xml")])
    return tablet.wire.ask("POST", "http://testserver/openrosa/tgh_unknown/submission", headers, body)


def four_at_once(tablet: Collect) -> Got:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: post(XML)(tablet), range(4)))
    return max(answers, key=lambda got: got.status)


def cut_body(tablet: Collect) -> Got:
    headers, body = multipart([Part("xml_submission_file", XML, "text/xml", "interview.xml")])
    return raw(headers["Content-Type"], body[:-30])(tablet)


CASES: dict[str, Sent] = {
    "the same again": [post(XML), post(XML)],
    "the same four times at once": [four_at_once],
    "the same with one more line break in the XML": [post(XML), post(XML.replace(b"<minutes>", b"\n<minutes>"))],
    "the same id with another answer": [post(XML), post(changed("<minutes>20<", "<minutes>21<"))],
    "`abc` for an integer": [post(changed("<minutes>20<", "<minutes>abc<"))],
    "a choice that is not in the list": [post(changed("<consent>yes<", "<consent>maybe<"))],
    "a necessary answer left empty": [post(changed("<roof>.*?</roof>", "<roof/>"))],
    "a question that the form does not know": [post(changed("<minutes>", "<extra>1</extra><minutes>"))],
    "no instanceID": [post(changed("<instanceID>.*?</instanceID>"))] * 2,
    "no meta block": [post(changed("<meta>.*?</meta>"))] * 2,
    "an instanceID that is no UUID": [post(changed("<instanceID>.*?</", "<instanceID>interview 7</"))] * 2,
    "an edit of something that has not come": [
        post(changed("<instanceID>", f"<deprecatedID>{new_id()}</deprecatedID><instanceID>"))
    ],
    "a form that is not published": [post(changed('id="household"', 'id="homestead"'))],
    "a version that is not published": [post(changed('version="1"', 'version="2"'))],
    "no version": [post(changed('version="1"'))],
    "a community that nobody knows": [post(changed("<community>.*?<", "<community>nowhere<"))],
    "an encrypted interview": [post(changed('id="household"', 'id="household" encrypted="yes"'))],
    "a file that the XML does not name": [
        post(XML, "xml_submission_file", Part("a.jpg", b"jpeg", "image/jpeg", "a.jpg"))
    ],
    "a file that only its part names": [post(XML, "xml_submission_file", Part("a.jpg", b"jpeg", "image/jpeg"))],
    "no X-OpenRosa-Version": [without_version],
    "XML that ends too early": [post(XML[:400])],
    "a body that ends too early": [cut_body],
    "no XML": [post(b"hello")],
    "XML with a document type": [post(b'<!DOCTYPE d [<!ENTITY e "e">]>' + XML.partition(b"?>")[2])],
    "another name for the part": [post(XML, "interview")],
    "JSON": [raw("application/json", b"{}")],
    "more than a megabyte of XML": [post(changed("<respondent.*?>", f"<respondent>{'x' * 10**6}</respondent>"))],
    "a token that does not exist": [to_another_address],
}


def test_page_has_every_case_and_no_other() -> None:
    assert [row[0] for row in ROWS] == list(CASES)


@pytest.mark.parametrize(("sent", "status", "kept"), [row[:3] for row in ROWS], ids=[row[0] for row in ROWS])
def test_odd_submission(fieldwork: Server, collect: Collect, sent: str, status: str, kept: str) -> None:
    answers = [send(collect) for send in CASES[sent]]
    assert str(answers[-1].status) == status
    assert (", ".join(what_is_kept(fieldwork)) or "nothing") == kept
    assert all(b"OpenRosaResponse" in got.content and got.is_openrosa for got in answers)
    assert fieldwork.enrol(Role.ADMIN).get("/integrity").json()["ok"]


def what_is_kept(server: Server) -> Iterator[str]:
    with server.database.read() as session:
        for flags in session.scalars(text("SELECT CAST(flags AS TEXT) FROM submission WHERE sha256 IS NOT NULL")):
            yield "counts, flagged" if len(flags) > 2 else "counts"
        for reason in session.scalars(text("SELECT reason FROM set_aside")):
            yield {"in_conflict": "kept beside it"}.get(reason, f"held: {reason}")
        if files := session.scalar(text("SELECT count(*) FROM attachment")):
            yield f"with {files} file"
