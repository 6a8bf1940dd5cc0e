"""The assertions of the OpenRosa clients about XPath, and how to ask our evaluator the same."""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any
from xml.dom import minidom

from app.forms.expressions.compile import compile_expression
from app.forms.expressions.context import Context, Failure, Run, Value
from app.forms.expressions.nodes import COMMENT, ELEMENT, TEXT, Node, document, element
from app.forms.expressions.parse import parse
from app.forms.expressions.tokens import SyntaxFault
from app.forms.expressions.values import number_of, text_of, text_of_number, truth_of

NAMESPACES = {
    "xhtml": "http://www.w3.org/1999/xhtml",
    "OpenClinica": "http://openclinica.com/odm",
    "enk": "http://enketo.org/xforms",
}
_PREFIXES = {address: prefix for prefix, address in NAMESPACES.items()}

CONTEXT = Context(now=datetime.fromisoformat("2026-11-21T16:04:53-07:00"), chance=Random(1), namespaces=NAMESPACES)
"""The hour and the zone in which the expected values were written down."""

FOLDER = Path(__file__).parents[1] / "forms"
STAND_IN = "<to>\n             <node></node>\n           </to>"
"""Where the corpus lost the document of an assertion, it has an empty one."""


def load(path: Path, documents: Path = FOLDER / "conformance_documents.json") -> list[dict[str, Any]]:
    """All assertions; those that lost their document get one that was inferred from what they expect together.

    These 436 were also tried by hand with the documents in the evaluator's own specs (openrosa-xpath-evaluator 3.1.0 on
    npm, on 2026-11-22): all of them hold there too.
    """
    assertions: list[dict[str, Any]] = json.loads(path.read_text())
    found = json.loads(documents.read_text())
    return [{**assertion, "xml": _document(assertion, found)} for assertion in assertions]


def _document(assertion: Mapping[str, Any], documents: list[dict[str, str]]) -> str:
    if STAND_IN in assertion["xml"]:
        for each in documents:
            if each["file"] == assertion["file"] and assertion["test"].startswith(each["test"]):
                return each["xml"]
    return str(assertion["xml"])


@lru_cache
def read_tree(xml: str) -> Node:
    """The nodes of a document, with the prefixes of NAMESPACES whatever the document itself calls them."""
    return document(_element(minidom.parseString(xml.strip()).documentElement))


def _element(source: Any) -> Node:
    prefix = _PREFIXES.get(source.namespaceURI, "")
    name = f"{prefix}:{source.localName}" if prefix else source.tagName
    attributes = {key: value for key, value in source.attributes.items() if not key.startswith("xmlns")}
    children = [_child(child) for child in source.childNodes]
    if all(child.kind == TEXT for child in children):
        return element(name, "".join(child.value or "" for child in children), attributes)
    return element(name, children, attributes)


def _child(source: Any) -> Node:
    if source.nodeType == source.ELEMENT_NODE:
        return _element(source)
    return Node(COMMENT if source.nodeType == source.COMMENT_NODE else TEXT, "", source.data)


def find_node(root: Node, places: list[int] | None) -> Node | None:
    """The element at these places among the elements of each level, None if there is none."""
    node = root
    for place in places or []:
        elements = [child for child in node.children if child.kind == ELEMENT]
        if place >= len(elements):
            return None
        node = elements[place]
    return node


def what_is_wrong(assertion: Mapping[str, Any]) -> str:
    """Why an assertion does not hold, "" if our evaluator says what it expects."""
    node = find_node(read_tree(assertion["xml"]), assertion["node"])
    if node is None:
        return "no such node"
    try:
        compiled = compile_expression(parse(assertion["expr"]))
    except SyntaxFault as fault:
        return "" if assertion["kind"] == "throw" else str(fault)
    value = compiled.evaluate(node, CONTEXT)
    if isinstance(value, Failure) or assertion["kind"] == "throw":
        wanted_failure = isinstance(value, Failure) and assertion["kind"] == "throw"
        return "" if wanted_failure else f"got {value}"
    return "" if _fits(assertion, value, Run(node, CONTEXT)) else f"got {value!r}"


def _fits(assertion: Mapping[str, Any], value: Value, run: Run) -> bool:
    expected = assertion["expected"]
    match assertion["kind"]:
        case "boolean":
            return truth_of(value) is expected
        case "string":
            written = text_of_number(float(expected)) if isinstance(expected, int | float) else expected
            return text_of(value, run) == written
        case "strlen":
            return len(text_of(value, run)) == expected
        case "rounded":
            number, factor = expected
            return abs(number_of(value, run) - number) * factor <= 1
        case _:
            return _same_number(number_of(value, run), expected)


def _same_number(number: float, expected: Any) -> bool:
    """JSON has no infinity: null stands for either."""
    if expected is None:
        return math.isinf(number)
    return math.isnan(number) if expected == "NaN" else number == float(expected)
