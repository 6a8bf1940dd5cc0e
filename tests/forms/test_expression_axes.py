"""Every axis leads where XPath 1.0 says, and counts from the nearest node."""

import pytest
from hypothesis import given

from app.forms.expressions.compile import compile_expression
from app.forms.expressions.context import Failure
from app.forms.expressions.nodes import COMMENT, TEXT, Node, document, element, place_in_document
from app.forms.expressions.syntax import Path
from tests.support.expressions import context, paths, trees, written

TREE = document(
    element(
        "r",
        [
            element("a", [element("b", "1"), element("b", "2")], {"id": "A", "code": "x"}),
            element("c", [Node(TEXT, "", "3"), element("d", "4"), Node(COMMENT, "", "no"), Node(TEXT, "", "5")]),
            element("a", [element("b", "6"), element("jr:e", "7")]),
        ],
    )
)


@pytest.mark.parametrize(
    ("at", "path", "found"),
    [
        ("r", "child::*", "12,345,67"),
        ("r/c", "child::node()", "3,4,no,5"),
        ("r/c", "child::text()", "3,5"),
        ("r/c", "child::comment()", "no"),
        ("r/c/d", "text()", "4"),
        ("r/a", "attribute::*", "A,x"),
        ("r/a", "@code", "x"),
        ("r/a/b", "parent::*/@id", "A"),
        ("r/c/d", "ancestor::*[1]", "345"),
        ("r/c/d", "ancestor-or-self::*[1]", "4"),
        ("r/c/d", "count(ancestor::node())", "3"),
        ("r", "descendant::b", "1,2,6"),
        ("r", "descendant-or-self::*[self::a]", "12,67"),
        ("r/c", "following-sibling::*", "67"),
        ("r/c", "preceding-sibling::*", "12"),
        ("r/c/d", "following::*", "67,6,7"),
        ("r/c/d", "preceding::b", "1,2"),
        ("r/c/d", "preceding::b[1]", "2"),
        ("r/c/d", "preceding-sibling::node()", "3"),
        ("r/a", "@id/following::b", "1,2,6"),
        ("r", "a/b[2]", "2"),
        ("r", "(a/b)[2]", "2"),
        ("r", "a/b[last()]", "2,6"),
        ("r", "a[2]/preceding::b", "1,2"),
        ("r", "*/..", "1234567"),
        ("r/a/b", "../../c/./d", "4"),
        ("r", "a/jr:e | a/jr:* | //d", "4,7"),
        ("r", "namespace::*", ""),
        ("", "//*", "1234567,12,1,2,345,4,67,6,7"),
        ("", "//*/*", "12,1,2,345,4,67,6,7"),
        ("r", "none/a", ""),
        ("r/a/b", "../../../..", ""),
        ("", "/*/c", "345"),
        ("r/c/d", "/", "1234567"),
    ],
)
def test_axes(at: str, path: str, found: str) -> None:
    assert written(f"join(',', {path})", TREE, at) == found


@given(paths(), trees())
def test_nodes_come_once_and_in_order(path: Path, tree: Node) -> None:
    found = compile_expression(path).evaluate(tree, context())
    assert isinstance(found, list | Failure)
    if isinstance(found, list):
        assert found == sorted(set(found), key=place_in_document)


def test_names() -> None:
    assert written("name(/r/a/jr:e)", TREE) == "jr:e"
    assert written("local-name(/r/a/jr:e)", TREE) == "e"
    assert written("namespace-uri(/r/a/jr:e)", TREE) == ""
    assert written("name()", TREE, "r/c") == "c"
