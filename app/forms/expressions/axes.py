"""Where a step of a path leads from a node: the axes of XPath 1.0, nearest node first."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from app.forms.expressions.nodes import ATTRIBUTE, COMMENT, ELEMENT, TEXT, Node

Axis = Callable[[Node], Iterable[Node]]
Test = Callable[[Node], bool]

REVERSE = frozenset({"ancestor", "ancestor-or-self", "preceding", "preceding-sibling"})


def _children(node: Node) -> Iterable[Node]:
    return node.children


def _attributes(node: Node) -> Iterable[Node]:
    return node.attributes


def _itself(node: Node) -> Iterable[Node]:
    return (node,)


def _parent(node: Node) -> Iterable[Node]:
    return () if node.parent is None else (node.parent,)


def _ancestors(node: Node) -> Iterator[Node]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def _itself_and_ancestors(node: Node) -> Iterator[Node]:
    yield node
    yield from _ancestors(node)


def _itself_and_descendants(node: Node) -> Iterator[Node]:
    yield node
    yield from node.walk()


def _later_siblings(node: Node) -> Iterable[Node]:
    if node.parent is None or node.kind == ATTRIBUTE:
        return ()
    return node.parent.children[node.index + 1 :]


def _earlier_siblings(node: Node) -> Iterable[Node]:
    if node.parent is None or node.kind == ATTRIBUTE:
        return ()
    return reversed(node.parent.children[: node.index])


def _following(node: Node) -> Iterator[Node]:
    if node.kind == ATTRIBUTE and node.parent is not None:
        yield from node.parent.walk()
        node = node.parent
    for above in _itself_and_ancestors(node):
        for sibling in _later_siblings(above):
            yield from _itself_and_descendants(sibling)


def _preceding(node: Node) -> Iterator[Node]:
    for above in _itself_and_ancestors(node):
        for sibling in _earlier_siblings(above):
            yield from reversed(list(_itself_and_descendants(sibling)))


def _no_nodes(node: Node) -> Iterable[Node]:
    return ()


AXES: Mapping[str, Axis] = {
    "child": _children,
    "attribute": _attributes,
    "self": _itself,
    "parent": _parent,
    "descendant": Node.walk,
    "descendant-or-self": _itself_and_descendants,
    "ancestor": _ancestors,
    "ancestor-or-self": _itself_and_ancestors,
    "following": _following,
    "following-sibling": _later_siblings,
    "preceding": _preceding,
    "preceding-sibling": _earlier_siblings,
    # Browsers know no namespace nodes either.
    "namespace": _no_nodes,
}


def test_of(axis: str, test: str) -> Test:
    """Whether a node passes a step's test: a name means an attribute on that axis, an element on all others."""
    if test == "node()":
        return lambda node: True
    if test in _KINDS:
        kind = _KINDS[test]
        return lambda node: node.kind == kind
    principal = ATTRIBUTE if axis == "attribute" else ELEMENT
    if test == "*":
        return lambda node: node.kind == principal
    if test.endswith(":*"):
        prefix = test[:-1]
        return lambda node: node.kind == principal and node.name.startswith(prefix)
    return lambda node: node.name == test and node.kind == principal


_KINDS = {"text()": TEXT, "comment()": COMMENT}
