"""One interview, whether it comes as JSON or as XML: one content, one judgement, the same flags and scores."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.problems import InvalidXml, TruncatedXml
from app.submissions.identity import content_hash
from tests.submissions.household import FORM, HERE, interview, new_id
from tests.support.instances import as_xml, bring
from tests.support.server import Caller, Server

Json = dict[str, Any]


@pytest.mark.parametrize("first", ["json", "xml"])
def test_sent_both_ways_it_is_kept_once(fieldwork: Server, tablet: Caller, admin: Caller, first: str) -> None:
    item = interview(income=12.5)
    ways = [lambda: tablet.send(item)["receipts"][0], lambda: bring(fieldwork, "tablet", as_xml(FORM, item))[0]]
    told = [send() for send in (ways if first == "json" else reversed(ways))]
    assert [each["status"] for each in told] == ["accepted", "duplicate"]
    assert told[0]["receipt"] == told[1]["receipt"]
    assert told[0]["flags"] == told[1]["flags"]
    record = admin.get(f"/submissions/{item['instance_id']}").json()
    assert record["answers"] == item["answers"]
    assert record["sha256"] == content_hash("household", "1", None, item["answers"]).hex()
    assert admin.get("/integrity").json()["ok"]


@pytest.mark.parametrize(
    ("given_", "written"),
    [
        ({"income": 12}, ("<income>12</income>", "<income>12.0</income>")),
        ({"minutes": 20}, ("<minutes>20</minutes>", "<minutes> 020\n</minutes>")),
        ({"sources": ["radio", "rt"]}, ("<sources>radio rt</sources>", "<sources>\n radio  rt\n</sources>")),
        ({"respondent": "Ani & co"}, ("Ani &amp; co", "<![CDATA[Ani & co]]>")),
        ({"respondent": "Ani"}, ("<respondent>", "<!-- 12 --><respondent a='b'>")),
        ({}, ("<respondent />", "<respondent/>")),
        ({}, ("<respondent />", "")),
        ({}, ("<member>", "<member xmlns:jr='http://openrosa.org/javarosa' jr:template=''/><member>")),
        ({}, ("<data ", "<data xmlns='http://x' xmlns:orx='http://openrosa.org/xforms' instanceID='a' ")),
        ({}, ("meta>", "orx:meta>")),
        ({}, ("<?xml version='1.0' ?>", "\ufeff<?xml version='1.0' encoding='utf-8'?>\n")),
    ],
)
def test_however_it_is_spelled(fieldwork: Server, tablet: Caller, given_: Json, written: tuple[str, str]) -> None:
    item = interview(**given_)
    tablet.send(item)
    xml = as_xml(FORM, item).decode()
    assert written[0] in xml
    spelled = xml.replace(*written)
    if "orx:" in spelled:
        spelled = spelled.replace("<data ", "<data xmlns:orx='http://openrosa.org/xforms' ", "xmlns:orx" not in spelled)
    (receipt,) = bring(fieldwork, "tablet", spelled.encode())
    assert receipt["status"] == "duplicate"


@pytest.mark.parametrize("meta", [{}, {"audit": "audit.csv"}, {"audit": "audit.csv", "instanceName": "Ani"}])
@pytest.mark.parametrize("written", ["", "<audit/>", "<audit>audit.csv</audit>"])
def test_the_meta_block_is_no_part_of_the_content(
    fieldwork: Server, tablet: Caller, admin: Caller, meta: Json, written: str
) -> None:
    item = interview(meta=meta)
    xml = as_xml(FORM, interview(item["instance_id"])).replace(b"</meta>", f"{written}</meta>".encode())
    assert bring(fieldwork, "tablet", xml)[0]["status"] == "accepted"
    assert tablet.send(item)["receipts"][0]["status"] == "duplicate"
    expected = admin.get(f"/submissions/{item['instance_id']}").json()["attachments"]["expected"]
    assert expected == (["audit.csv"] if "csv" in written else [])
    assert admin.get("/integrity").json()["ok"]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_whatever_the_encoding(fieldwork: Server, tablet: Caller, admin: Caller, encoding: str) -> None:
    item = interview(respondent="José")
    xml = as_xml(FORM, item).decode().replace("?>", f"encoding='{encoding}'?>", 1).encode(encoding)
    assert bring(fieldwork, "tablet", xml)[0]["status"] == "accepted"
    assert tablet.send(item)["receipts"][0]["status"] == "duplicate"
    assert admin.get(f"/submissions/{item['instance_id']}").json()["answers"]["respondent"] == "José"


@pytest.mark.parametrize(
    "answers",
    [
        {"minutes": "abc"},
        {"minutes": "1e999"},
        {"income": "1_000"},
        {"income": "١٢"},
        {"consent": "perhaps"},
        {"sources": ["radio", "television"]},
        {"start": "yesterday"},
        {"house": "a hut"},
        {"house": {"roof": {"left": "tiles", "right": "straw"}}},
        {"member": [{"age": "old"}, {"age": 3, "pets": "2"}]},
        {"nickname": "An", "garden": {"trees": ["3", "4"]}},
        {"minutes": None, "house": None, "member": None},
    ],
)
def test_what_does_not_fit_is_flagged_alike(fieldwork: Server, tablet: Caller, admin: Caller, answers: Json) -> None:
    json_item, xml_item = interview(**answers), interview(**answers)
    (by_json,) = tablet.send(json_item)["receipts"]
    (by_xml,) = bring(fieldwork, "tablet", as_xml(FORM, xml_item))
    assert by_json["flags"]
    assert by_xml["flags"] == by_json["flags"]
    records = [admin.get(f"/submissions/{item['instance_id']}").json() for item in (json_item, xml_item)]
    assert records[1]["sha256"] == records[0]["sha256"]
    assert records[1]["answers"] == records[0]["answers"]


def test_an_edit_in_xml_replaces_what_came_in_json(fieldwork: Server, tablet: Caller, admin: Caller) -> None:
    original = interview()
    tablet.send(original)
    edit = interview(edits=original["instance_id"], minutes=5)
    assert bring(fieldwork, "tablet", as_xml(FORM, edit))[0]["status"] == "edited"
    assert tablet.send(edit)["receipts"][0]["status"] == "duplicate"
    assert admin.get(f"/submissions/{original['instance_id']}").json()["state"] == "superseded"


def test_other_content_in_xml_waits_in_conflict(fieldwork: Server, tablet: Caller, admin: Caller) -> None:
    item = interview(minutes=20)
    tablet.send(item)
    other = interview(item["instance_id"], minutes=21)
    assert bring(fieldwork, "tablet", as_xml(FORM, other))[0]["status"] == "conflict"
    seen = admin.get(f"/conflicts/{item['instance_id']}").json()
    assert seen["differing"] == [{"path": "minutes", "values": ["20", "21"]}]


def test_the_bytes_are_kept_as_they_came(fieldwork: Server, tablet: Caller, admin: Caller) -> None:
    item = {**interview(), "version": "2"}
    xml = b"\xef\xbb\xbf" + as_xml(FORM, item).replace(b"<consent>", b"<!-- asked twice --><consent >")
    bring(fieldwork, "tablet", xml)
    (held,) = admin.get(f"/held/{item['instance_id']}").json()["held"]
    assert held["raw"].encode() == xml


@pytest.mark.parametrize("cut", [0, 1, 20, 200, -1, -10])
def test_what_was_cut_is_refused(fieldwork: Server, tablet: Caller, cut: int) -> None:
    xml = as_xml(FORM, interview())
    with pytest.raises(TruncatedXml):
        bring(fieldwork, "tablet", xml[:cut])


@pytest.mark.parametrize(
    "xml",
    [
        b"hello",
        b'{"instance_id": "uuid:1"}',
        b"<a></b>",
        b"<a/><b/>",
        b"<a>\0</a>",
        b"<a>&nothing;</a>",
        b"<!DOCTYPE a [<!ENTITY b 'bb'>]><a>&b;</a>",
        b"<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a/>",
        b"<?xml version='1.0' encoding='klingon'?><a/>",
        b"<?xml version='1.0' encoding='utf-8'?><a>\xff</a>",
        b"<a>" * 200 + b"</a>" * 200,
        b"<a>" + b"<b/>" * 200_000 + b"</a>",
    ],
    ids=range(12),
)
def test_what_is_no_xml_or_does_harm_is_refused(fieldwork: Server, tablet: Caller, xml: bytes) -> None:
    with pytest.raises(InvalidXml) as refused:
        bring(fieldwork, "tablet", xml)
    assert all(refused.value.message.values())


@pytest.mark.parametrize(
    ("spoil", "status", "slug"),
    [
        (("<data ", "<data encrypted='yes' "), "held", "unreadable_answers"),
        (('id="household"', ""), "held", "unknown_form"),
        (('version="1"', ""), "held", "unknown_form"),
    ],
)
def test_what_cannot_be_used(
    fieldwork: Server, tablet: Caller, admin: Caller, spoil: tuple[str, str], status: str, slug: str
) -> None:
    xml = as_xml(FORM, interview()).decode()
    assert spoil[0] in xml
    xml = xml.replace(*spoil).replace("</meta>", "</nothing>" if "<nothing>" in spoil else "</meta>")
    (receipt,) = bring(fieldwork, "tablet", xml.encode())
    assert (receipt["status"], receipt["problem"]["slug"]) == (status, slug)
    assert admin.get("/integrity").json()["ok"]


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        (("uuid:", "number "), "accepted"),
        (("<meta>", "<nothing>"), "accepted"),
        (("<instanceID>", "<deprecatedID>that one</deprecatedID><instanceID>"), "edited"),
    ],
)
def test_other_ids_than_ours_are_always_the_same(
    fieldwork: Server, tablet: Caller, admin: Caller, spoil: tuple[str, str], status: str
) -> None:
    xml = as_xml(FORM, interview()).decode().replace(*spoil)
    xml = xml.replace("</meta>", "</nothing>" if "<nothing>" in spoil else "</meta>")
    told = [bring(fieldwork, "tablet", xml.encode())[0] for _ in range(2)]
    assert [each["status"] for each in told] == [status, "duplicate"]
    assert told[0]["receipt"] == told[1]["receipt"]
    assert admin.get("/integrity").json()["ok"]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answers=st.fixed_dictionaries(
        {"community": st.just(HERE)},
        optional={
            "respondent": TEXT,
            "minutes": st.integers(-(2**53), 2**53) | TEXT.map("no{}".format),
            "income": st.floats(-(2**53), 2**53) | st.integers(-999, 999),
            "sources": st.lists(st.sampled_from(["radio", "rt", "tv"])),
            "house": st.dictionaries(st.sampled_from(["roof", "door"]), TEXT),
            "member": st.lists(st.fixed_dictionaries({}, optional={"age": st.integers(0, 120)}), max_size=3),
            "start": st.datetimes().map(str),
        },
    )
)
def test_any_answers_are_one_content(fieldwork: Server, tablet: Caller, admin: Caller, answers: Json) -> None:
    item = {"instance_id": new_id(), "form_id": "household", "version": "1", "answers": answers}
    (kept,) = bring(fieldwork, "tablet", as_xml(FORM, item))
    assert tablet.send(item)["receipts"][0] == {**kept, "status": "duplicate"}
