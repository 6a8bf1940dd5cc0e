"""The tree that expressions look at: an interview's answers, a list of choices, or any XML."""

from collections.abc import Iterator, Mapping, Sequence

ROOT, ELEMENT, ATTRIBUTE, TEXT, COMMENT = "root", "element", "attribute", "text", "comment"

_NONE_NAMED: Mapping[str, list["Node"]] = {}
_NO_NODES: list["Node"] = []


class Node:
    """One node. Expressions never change a tree; they only look.

    `name` is as the document writes it, prefix and all. `value` is the text of whatever has no elements inside, and
    None where there are some. `named` finds child elements by name. `index` is the place among the parent's children
    (or attributes), from 0; `position` the place among neighbours of the same name, from 1, as position(..) counts.
    """

    __slots__ = ("_children", "attributes", "index", "kind", "name", "named", "parent", "position", "value")

    def __init__(
        self,
        kind: str,
        name: str = "",
        value: str | None = None,
        parent: "Node | None" = None,
        index: int = 0,
        position: int = 1,
    ) -> None:
        self.kind = kind
        self.name = name
        self.value = value
        self.parent = parent
        self.index = index
        self.position = position
        self.attributes: Sequence[Node] = ()
        self._children: list[Node] | None = None
        self.named = _NONE_NAMED

    @property
    def children(self) -> Sequence["Node"]:
        """Elements, texts and comments in order; a leaf's text becomes a node of its own when it is asked for."""
        if self._children is None:
            has_text = self.value and self.kind == ELEMENT
            self._children = [Node(TEXT, "", self.value, self)] if has_text else []
        return self._children

    def hold(self, children: list["Node"], named: Mapping[str, list["Node"]]) -> None:
        """Gives a node under construction its children, whose `parent`, `index` and `position` are right."""
        self._children = children
        self.named = named

    def write(self, text: str) -> None:
        """Gives a leaf another text, between evaluations."""
        self.value = text
        self._children = None

    def find(self, name: str) -> list["Node"]:
        """The child elements of this name."""
        return self.named.get(name, _NO_NODES)

    def walk(self) -> Iterator["Node"]:
        """All nodes below this one, in the order of the document."""
        waiting = list(reversed(self.children))
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


def element(name: str, content: str | Sequence[Node] = "", attributes: Mapping[str, str] | None = None) -> Node:
    """An element with text, or with children that were made before and have no parent yet."""
    node = Node(ELEMENT, name)
    if isinstance(content, str):
        node.value = content
    else:
        _adopt(node, content)
    if attributes:
        pairs = enumerate(attributes.items())
        node.attributes = [Node(ATTRIBUTE, key, value, node, place) for place, (key, value) in pairs]
    return node


def document(*children: Node) -> Node:
    """The root above a document's element, where absolute paths begin."""
    root = Node(ROOT)
    _adopt(root, children)
    return root


def _adopt(parent: Node, children: Sequence[Node]) -> None:
    named: dict[str, list[Node]] = {}
    before: Node | None = None
    for index, child in enumerate(children):
        child.parent, child.index = parent, index
        if child.kind == ELEMENT:
            child.position = before.position + 1 if before and before.name == child.name else 1
            named.setdefault(child.name, []).append(child)
            before = child
    parent.hold(list(children), named)


def root_of(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node


def place_in_document(node: Node) -> tuple[int, ...]:
    """A key that sorts the nodes of one tree as the document has them; attributes come before children."""
    places: list[int] = []
    while node.parent is not None:
        # Some parents plant their children when they are looked for, and only then number them all.
        _ = node.parent.children
        places += (node.index, 0 if node.kind == ATTRIBUTE else 1)
        node = node.parent
    return tuple(reversed(places))


def texts_inside(node: Node) -> Iterator[str]:
    """The pieces of text inside a node, in order: together they are the string-value of XPath."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if here.value is None:
            waiting.extend(reversed(here.children))
        elif here.kind != COMMENT or here is node:
            yield here.value
