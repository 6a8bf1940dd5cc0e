"""An interview as XForms writes it, and the same one as answers in JSON.

`read` opens what a tablet sent, without a form. `Instance.answers(form)` then says it as the native door would: groups
are objects, repeats lists of objects, numbers numbers, `select_multiple` lists of names, blank answers absent. `write`
goes the other way. https://docs.getodk.org/openrosa-metadata/ has the metadata, https://getodk.github.io/xforms-spec/
the rest.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, XMLParser, tostring
from xml.parsers.expat import ExpatError, ParserCreate

from app.forms.interview import text_of_answer
from app.forms.questions import Form, Group, Question
from app.forms.xlsform import NOT_IN_XML, is_xml_name
from app.problems import InvalidXml, TruncatedXml

MOST_ELEMENTS = 100_000
"""A megabyte of empty elements would become a hundred times as much memory; no honest interview has a hundredth."""

DEEPEST_ELEMENT = 100

LOOSE_TEXT = "#text"
"""The member under which text is kept that stands between the questions of a group."""

_ENDS_EARLY = frozenset({3, 5, 6, 20})
"""Codes of expat for what was cut: no element, an unclosed token, half a character, an unclosed CDATA section."""

_NUMBERS = frozenset({"integer", "decimal", "range"})
_LISTS = frozenset({"select_multiple", "rank"})
_WORDS = frozenset(
    {
        *("select_one", "geopoint", "geotrace", "geoshape", "start-geopoint"),
        *("date", "today", "time", "datetime", "start", "end"),
    }
)
"""Types whose answers hold no space at their ends, however a client lays out its XML."""
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_LONGEST_NUMBER = 100
_BLANK = " \t\r\n"

_TEMPLATE = "{http://openrosa.org/javarosa}template"
_IDS = ("instanceID", "deprecatedID")

Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Instance:
    """An interview as it was sent. `meta` holds what stands in its meta block beside the two ids."""

    form_id: str
    version: str
    instance_id: str | None
    deprecated_id: str | None
    encrypted: bool
    meta: Answers
    _root: Element

    def answers(self, form: Form | None = None) -> Answers:
        """The answers by this form; without one as they are spelled, repeats told by their repetition only.

        What the form does not know is kept as it is spelled, and so is what does not fit its question.
        """
        found = _members(self._root, form.root if form else None)
        found.pop("meta", None)
        return found


def is_instance(raw: bytes) -> bool:
    """Whether these bytes are XML, in whatever encoding, rather than an item of a batch, which no "<" begins."""
    return raw[:16].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")


def read(xml: bytes) -> Instance:
    """Open an interview. Raises `TruncatedXml`, and `InvalidXml` for what is no XML or could do harm as such."""
    root = _parsed(xml)
    meta = next((child for child in root if _name(child) == "meta"), None)
    known = _members(meta, None) if meta is not None else {}
    ids = [_id(known.pop(name, None)) for name in _IDS]
    return Instance(
        form_id=root.get("id") or _namespace(root),
        version=root.get("version") or "",
        # Briefcase repeats the id at the root.
        instance_id=ids[0] or root.get("instanceID"),
        deprecated_id=ids[1],
        encrypted=root.get("encrypted") == "yes",
        meta=known,
        _root=root,
    )


def write(form: Form, answers: Mapping[str, Any], meta: Mapping[str, Any]) -> bytes:
    """An interview as ODK Collect writes it: every question of the form, those without an answer empty.

    Raises ValueError for texts and names that XML cannot hold.
    """
    root = Element(form.root.name, {"id": form.form_id, "version": form.version})
    _write_group(root, form.root, answers)
    _write_plain(root, "meta", dict(meta))
    # A bare carriage return would be read as the end of a line.
    return f"<?xml version='1.0' ?>{tostring(root, 'unicode')}".replace("\r", "&#13;").encode()


def _parsed(xml: bytes) -> Element:
    # Every "<" is this byte in each encoding that expat knows.
    if xml.count(b"<") > 2 * MOST_ELEMENTS:
        raise InvalidXml(what="it has more elements than an interview can need")
    if b"<!D" in xml.replace(b"\0", b""):
        _refuse_document_type(xml)
    parser = XMLParser()
    try:
        parser.feed(xml)
        root: Element = parser.close()
    except ParseError as error:
        raise _understood(error.code, error.position[0]) from error
    except (LookupError, ValueError) as error:
        raise InvalidXml(what="its encoding is unknown") from error
    _refuse_depths(root)
    return root


def _refuse_document_type(xml: bytes) -> None:
    """Without one there are no entities, which could name files of ours or grow without end."""

    def refuse(*_: object) -> None:
        raise InvalidXml(what="it declares a document type")

    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(xml, True)
    except ExpatError as error:
        raise _understood(error.code, error.lineno) from error
    except (LookupError, ValueError) as error:
        raise InvalidXml(what="its encoding is unknown") from error


def _understood(code: int, line: int) -> TruncatedXml | InvalidXml:
    return TruncatedXml() if code in _ENDS_EARLY else InvalidXml(what=f"there is a mistake in line {line}")


def _refuse_depths(root: Element) -> None:
    level = [root]
    for _ in range(DEEPEST_ELEMENT):
        level = [child for element in level for child in element if len(child)]
        if not level:
            return
    raise InvalidXml(what="it has deeper elements than an interview can need")


def _members(element: Element, group: Group | None) -> Answers:
    """The children of an element by name: those of a repeat as a list, and others too where a name stands twice."""
    known: Mapping[str, Question | Group] = group.children if group else {}
    members: Answers = {}
    several: dict[str, list[Any]] = {}
    loose = [element.text] if len(element) else []
    for child in element:
        if child.tail:
            loose.append(child.tail)
        if _is_template(child):
            continue
        name = _name(child)
        item = known.get(name)
        value = _value(child, item)
        if isinstance(item, Group) and item.repeat:
            members.setdefault(name, []).append({} if value is None else value)
        elif value is not None and name not in members:
            members[name] = value
        elif value is not None:
            several.setdefault(name, [members[name]]).append(value)
    members |= several
    if text := " ".join(piece.strip(_BLANK) for piece in loose if piece and piece.strip(_BLANK)):
        members[LOOSE_TEXT] = text
    return members


def _value(element: Element, item: Question | Group | None) -> Any:
    """An answer, or the members of a group; None where there is nothing."""
    if len(element):
        return _members(element, item if isinstance(item, Group) else None) or None
    text = element.text or ""
    if isinstance(item, Group):
        return text.strip(_BLANK) or None
    return _answer(text, item.type if item else "text")


def _answer(text: str, kind: str) -> Any:
    """What a question of this type is answered: what does not fit it stays text, and the check of answers tells."""
    if kind in _LISTS:
        return text.split() or None
    if kind in _NUMBERS:
        return _number(text.strip(_BLANK), text)
    return (text.strip(_BLANK) if kind in _WORDS else text) or None


def _number(text: str, as_written: str) -> Any:
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return as_written if text else None
    try:
        return int(text)
    except ValueError:
        number = float(text)
        return number if math.isfinite(number) else as_written


def _is_template(element: Element) -> bool:
    """Whether it only shows what a new turn of a repeat would hold. Collect sends none, but others do."""
    return element.get(_TEMPLATE) is not None


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _namespace(element: Element) -> str:
    """Where the root names no id, its namespace is the form's."""
    return element.tag[1:].rpartition("}")[0]


def _id(value: Any) -> str | None:
    return value.strip(_BLANK) or None if isinstance(value, str) else None


def _write_group(element: Element, group: Group, answers: object) -> None:
    known = answers if isinstance(answers, Mapping) else {}
    for name, item in group.children.items():
        value = known.get(name)
        if isinstance(item, Question):
            _write_plain(element, name, _text(value) if item.type in _LISTS else value)
        else:
            for turn in _turns(value) if item.repeat else [value]:
                _write_turn(SubElement(element, name), item, turn)
    for name, value in known.items():
        if name == LOOSE_TEXT:
            element.text = _text(value)
        elif name not in group.children:
            _write_plain(element, name, value)


def _write_turn(element: Element, group: Group, value: object) -> None:
    if isinstance(value, Mapping):
        _write_group(element, group, value)
    elif value is None:
        _write_group(element, group, {})
    else:
        element.text = _text(value)


def _turns(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _write_plain(parent: Element, name: str, value: object) -> None:
    """What no form describes: objects as elements in elements, lists as the same element again and again."""
    if not is_xml_name(name):
        raise ValueError(f"XML cannot name an element {name!r}")
    for each in _turns(value) or [None]:
        element = SubElement(parent, name)
        if isinstance(each, Mapping):
            for below, member in each.items():
                _write_plain(element, below, member)
        else:
            element.text = _text(each)


def _text(value: object) -> str:
    text = text_of_answer(value)
    if found := NOT_IN_XML.search(text):
        raise ValueError(f"XML cannot hold U+{ord(found[0]):04X}")
    return text
