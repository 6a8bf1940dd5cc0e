"""Interviews as other clients write them: in namespaces, laid out for reading, with blocks of their own."""

from typing import Any

import pytest

from app.forms.instances import Instance, is_instance, read
from app.forms.questions import compile_form

ID = "uuid:6a1c9a0e-6c39-4b5c-9d0c-2b6f6a2c2b11"
COLLECT = f"""<?xml version='1.0' ?><data xmlns:ev="http://www.w3.org/2001/xml-events" \
xmlns:orx="http://openrosa.org/xforms" xmlns:odk="http://www.opendatakit.org/xforms" id="household" version="1">\
<start>2026-11-21T09:00:00.000+07:00</start><consent>yes</consent><community>1</community>\
<house><people>2</people><sources>radio rt</sources></house>\
<member><age>34</age></member><member><age /></member><thanks />\
<orx:meta><orx:instanceID>{ID}</orx:instanceID><orx:instanceName>Ani</orx:instanceName>\
<orx:audit>audit.csv</orx:audit></orx:meta></data>"""
ENKETO = f"""<data xmlns="http://www.w3.org/2002/xforms" xmlns:jr="http://openrosa.org/javarosa"
      xmlns:enk="http://enketo.org/xforms" id="household" version="1">
  <formhub>
    <uuid>c0ffee</uuid>
  </formhub>
  <start>2026-11-21T09:00:00.000+07:00</start>
  <consent>yes</consent>
  <community>1</community>
  <house>
    <people> 2 </people>
    <sources>radio rt</sources>
  </house>
  <member jr:template=""><age/></member>
  <member enk:last-used-ordinal="2"><age>34</age></member>
  <member><age/></member>
  <thanks/>
  <__version__>vXyz</__version__>
  <meta>
    <instanceID>{ID}</instanceID>
    <deprecatedID/>
  </meta>
</data>"""
BRIEFCASE = f"""<household id="household" instanceID="{ID}" version="1" submissionDate="2026-11-21T09:41:00.000Z"
 isComplete="true" markedAsCompleteDate="2026-11-21T09:41:00.000Z" xmlns="http://opendatakit.org/submissions">
<start>2026-11-21T09:00:00.000+07:00</start><consent>yes</consent><community>1</community>
<house><people>2</people><sources>radio rt</sources></house>
<member><age>34</age></member><member><age/></member><thanks/></household>"""
ANSWERS = {
    "start": "2026-11-21T09:00:00.000+07:00",
    "consent": "yes",
    "community": "1",
    "house": {"people": 2, "sources": ["radio", "rt"]},
    "member": [{"age": 34}, {}],
}


def opened(xml: str, form: dict[str, Any]) -> tuple[Instance, dict[str, Any]]:
    instance = read(xml.encode())
    return instance, instance.answers(compile_form(form))


@pytest.mark.parametrize(
    ("xml", "beside", "meta"),
    [
        (COLLECT, {}, {"instanceName": "Ani", "audit": "audit.csv"}),
        (ENKETO, {"formhub": {"uuid": "c0ffee"}, "__version__": "vXyz"}, {}),
        (BRIEFCASE, {}, {}),
    ],
    ids=["Collect", "Enketo and KoboToolbox", "Briefcase"],
)
def test_the_same_interview_by_another_client(
    good_form: dict[str, Any], xml: str, beside: dict[str, Any], meta: dict[str, Any]
) -> None:
    instance, answers = opened(xml, good_form)
    assert (instance.form_id, instance.version, instance.instance_id) == ("household", "1", ID)
    assert (instance.deprecated_id, instance.encrypted, instance.meta) == (None, False, meta)
    assert answers == ANSWERS | beside


def test_without_a_form_every_text_is_there(good_form: dict[str, Any]) -> None:
    untyped = read(COLLECT.encode()).answers()
    assert untyped["house"] == {"people": "2", "sources": "radio rt"}
    assert untyped["member"] == {"age": "34"}


def test_text_between_questions_is_kept(good_form: dict[str, Any]) -> None:
    xml = COLLECT.replace("<people>", "by hand: two <people>").replace("<thanks />", "<thanks>Bye <b>now</b></thanks>")
    answers = opened(xml, good_form)[1]
    assert answers["house"] == {"#text": "by hand: two", "people": 2, "sources": ["radio", "rt"]}
    assert answers["thanks"] == {"#text": "Bye", "b": "now"}


def test_a_question_that_stands_twice_keeps_both_answers(good_form: dict[str, Any]) -> None:
    xml = COLLECT.replace("<people>2</people>", "<people>2</people><people>3</people>")
    assert opened(xml, good_form)[1]["house"]["people"] == [2, 3]


def test_the_namespace_is_the_form_where_no_id_is(good_form: dict[str, Any]) -> None:
    xml = COLLECT.replace('id="household"', 'xmlns="http://example.org/household"')
    assert read(xml.encode()).form_id == "http://example.org/household"


@pytest.mark.parametrize("item", [b'{"instance_id": "<a/>"}', b'"<a/>"', b"[]", b"5", b""])
def test_an_item_of_a_batch_is_none(item: bytes) -> None:
    assert not is_instance(item)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_xml_is_told_in_any_encoding(encoding: str) -> None:
    assert is_instance(COLLECT.encode(encoding))
