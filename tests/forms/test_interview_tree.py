"""The answers of an interview become the tree that its tablet had."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms.expressions.nodes import Node
from app.forms.interview import Tree, lay_out, text_of_answer
from app.forms.questions import compile_form

FORM = compile_form(
    {
        "settings": {"form_id": "f", "version": "1"},
        "survey": [
            {"type": "text", "name": "name", "label": "Name"},
            {"type": "begin_group", "name": "house", "label": "House"},
            {"type": "select_multiple x", "name": "pets", "label": "Pets"},
            {"type": "end_group"},
            {"type": "begin_repeat", "name": "member", "label": "Member"},
            {"type": "integer", "name": "age", "label": "Age"},
            {"type": "end_repeat"},
        ],
        "choices": [{"list_name": "x", "name": "cat", "label": "Cat"}],
    }
)
PLACES = lay_out(FORM, {})


def drawn(node: Node) -> Any:
    """A tree as nested lists of names and texts."""
    return [node.name, node.value] if node.value is not None else [node.name, *map(drawn, node.children)]


def test_answers_stand_where_the_form_has_them_and_the_rest_is_empty() -> None:
    answers = {"house": {"pets": ["cat", "dog"]}, "member": [{"age": 5}, {}], "meta": {"instanceID": "uuid:1"}}
    tree = Tree(PLACES, answers).document
    assert drawn(tree.children[0]) == [
        "data",
        ["name", ""],
        ["house", ["pets", "cat dog"]],
        ["member", ["age", "5"]],
        ["member", ["age", ""]],
        ["meta", ["instanceID", "uuid:1"]],
    ]
    assert [node.position for node in tree.children[0].named["member"]] == [1, 2]
    assert [node.index for node in tree.children[0].children] == [0, 1, 2, 3, 4]


def test_a_repeat_without_a_turn_has_no_node() -> None:
    tree = Tree(PLACES, {}).document
    assert drawn(tree.children[0]) == ["data", ["name", ""], ["house", ["pets", ""]]]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        *((5, "5"), (5.0, "5"), (0.1, "0.1"), (1e-7, "1e-7"), (10**18, "1000000000000000000"), (True, "true")),
        *((["a", 1], "a 1"), (None, ""), ({}, ""), ([["a"], "b"], "b"), ("x", "x")),
    ],
)
def test_an_answer_is_kept_as_tablets_keep_it(answer: object, text: str) -> None:
    assert text_of_answer(answer) == text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["name", "house", "member", "age", "meta"]), inner),
)


@given(JSON)
def test_any_answers_make_a_tree(answers: object) -> None:
    tree = Tree(PLACES, answers).document
    for node in tree.walk():
        assert node.parent is not None
        assert node.parent.children[node.index] is node
