"""Answers become an XForms instance and answers again, whatever the form asks and the tablet holds."""

import json
import string
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.forms.instances import read, write
from app.forms.questions import Form, Group, Question, compile_form
from app.forms.xform import compile_xform
from app.submissions.identity import content_hash

SHIPPED = sorted(
    path
    for path in (Path(__file__).parents[2] / "survey_forms").rglob("*.json")
    if "survey" in (content := json.loads(path.read_bytes())) and "settings" in content
)
EVERY_TYPE = {
    "settings": {"form_id": "every_type", "version": "1"},
    "survey": [
        *({"type": kind, "name": kind} for kind in ("start", "end", "today", "deviceid", "username", "audit")),
        *(
            {"type": kind, "name": f"q_{kind}", "label": kind}
            for kind in (
                *("text", "integer", "decimal", "date", "time", "dateTime", "note", "acknowledge", "barcode"),
                *("geopoint", "geotrace", "geoshape", "image", "audio", "video", "file"),
            )
        ),
        {"type": "range", "name": "q_range", "label": "range", "parameters": "start=0 end=5 step=0.5"},
        {"type": "calculate", "name": "q_calculate", "calculation": "1 + 1"},
        {"type": "select_one colour or_other", "name": "one", "label": "one"},
        {"type": "begin_repeat", "name": "house", "label": "house"},
        {"type": "text", "name": "name", "label": "name"},
        {"type": "begin_group", "name": "inside", "label": "inside"},
        {"type": "begin_repeat", "name": "person", "label": "person", "repeat_count": "1 + 1"},
        {"type": "integer", "name": "age", "label": "age"},
        {"type": "select_multiple colour", "name": "many", "label": "many"},
        {"type": "rank colour", "name": "order", "label": "order"},
        {"type": "end_repeat"},
        {"type": "end_group"},
        {"type": "end_repeat"},
    ],
    "choices": [{"list_name": "colour", "name": name, "label": name} for name in ("red", "2", "blue-green")],
}

XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from(" \t\n\r<>&\"'"),
    min_size=1,
)
NUMBER = st.integers(-(2**53), 2**53) | st.floats(-(2**53), 2**53)
POINT = st.tuples(st.floats(-90, 90), st.floats(-180, 180)).map(lambda each: f"{each[0]} {each[1]} 12.5 4")
TYPED: Mapping[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(2**53), 2**53),
    "decimal": NUMBER,
    "range": NUMBER,
    "date": st.dates().map(str),
    "today": st.dates().map(str),
    "time": st.times().map(lambda each: f"{each.isoformat('milliseconds')}+07:00"),
    **dict.fromkeys(
        ("datetime", "start", "end"), st.datetimes().map(lambda each: f"{each.isoformat('T', 'milliseconds')}+07:00")
    ),
    "geopoint": POINT,
    **dict.fromkeys(("geotrace", "geoshape"), st.lists(POINT, min_size=2, max_size=4).map("; ".join)),
    **dict.fromkeys(
        ("image", "audio", "video", "file"), st.text(string.ascii_letters, min_size=1).map("{}.jpg".format)
    ),
    "acknowledge": st.just("OK"),
}


def document_of(name: str) -> dict[str, Any]:
    return EVERY_TYPE if name == "every type" else json.loads(Path(name).read_bytes())


@cache
def form_of(name: str) -> Form:
    return compile_form(document_of(name))


def answers_to(form: Form) -> st.SearchStrategy[dict[str, Any]]:
    """Answers of their types to some of the questions; no group is empty, but turns of repeats may be."""
    return _members(form.root, form)


def _members(group: Group, form: Form) -> st.SearchStrategy[dict[str, Any]]:
    some = {name: _strategy(child, form) for name, child in group.children.items()}
    return st.fixed_dictionaries({}, optional=some).map(
        lambda members: {name: value for name, value in members.items() if value != {}}
    )


def _strategy(item: Question | Group, form: Form) -> st.SearchStrategy[Any]:
    if isinstance(item, Group):
        members = _members(item, form)
        return st.lists(members, min_size=1, max_size=3) if item.repeat else members
    if item.type in ("select_one", "select_multiple", "rank"):
        names = st.sampled_from([*form.choices.get(item.list_name or "", {"x": {}})])
        return names if item.type == "select_one" else st.lists(names, min_size=1, unique=True)
    return TYPED.get(item.type, XML_TEXT)


FORMS = pytest.mark.parametrize(
    "name", ["every type", *map(str, SHIPPED)], ids=["every type", *(path.stem for path in SHIPPED)]
)


@FORMS
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_answers_come_back_as_they_were(name: str, data: st.DataObject) -> None:
    form = form_of(name)
    answers = data.draw(answers_to(form))
    meta = {"instanceID": "uuid:1", "deprecatedID": "uuid:0", "instanceName": data.draw(XML_TEXT), "audit": "audit.csv"}
    instance = read(write(form, answers, meta))
    back = instance.answers(form)
    assert back == answers
    assert (instance.form_id, instance.version) == (form.form_id, form.version)
    assert (instance.instance_id, instance.deprecated_id) == ("uuid:1", "uuid:0")
    assert instance.meta == {"instanceName": meta["instanceName"], "audit": "audit.csv"}
    assert content_hash("f", "1", None, back) == content_hash("f", "1", None, answers)
    assert write(form, back, meta) == write(form, answers, meta)


@FORMS
def test_an_instance_has_the_elements_of_the_xform(name: str) -> None:
    """What Collect fills in is the instance inside of the XForm: ours has the same elements in the same order."""
    form = form_of(name)
    xform = ElementTree.fromstring(compile_xform(document_of(name)).xml)
    primary = xform.find(".//{http://www.w3.org/2002/xforms}instance")
    assert primary is not None
    ours = ElementTree.fromstring(write(form, _one_turn(form.root), {}))
    assert primary[0].get("id") == ours.get("id")
    assert primary[0].get("version") == ours.get("version")
    assert _shape(primary[0]) == _shape(ours)


def _one_turn(group: Group) -> dict[str, Any]:
    groups = {name: child for name, child in group.children.items() if isinstance(child, Group)}
    return {name: [_one_turn(child)] if child.repeat else _one_turn(child) for name, child in groups.items()}


def _shape(element: ElementTree.Element) -> Any:
    children = [child for child in element if "{http://openrosa.org/javarosa}template" not in child.attrib]
    name = element.tag.rpartition("}")[2]
    return name, [] if name == "meta" else [_shape(child) for child in children]
