"""The tree of a survey sheet: questions inside the groups and repeats that begin and end around them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.forms.question_types import NOT_ANSWERS, RowType, read_type
from app.forms.sheets import Line


@dataclass(slots=True, eq=False)
class Node:
    """A question, or a group, repeat or loop with its children. The root, without a parent, is the form."""

    line: Line
    type: RowType
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the node in an interview: pyxform names audits, and notes that have no name."""
        if self.type.base == "audit":
            return "audit"
        generated = f"generated_note_name_{self.line.row}" if self.line.text("type") == "note" else ""
        return self.line.text("name") or generated

    @property
    def path(self) -> str:
        """The names that lead to the node, joined by slashes."""
        return f"{self.parent.path}/{self.name}".lstrip("/") if self.parent else ""

    @property
    def is_repeated(self) -> bool:
        """Whether one interview may hold the node many times."""
        return self.type.control in ("repeat", "loop") or (self.parent is not None and self.parent.is_repeated)

    @property
    def is_question(self) -> bool:
        return not self.type.control

    @property
    def holds_answer(self) -> bool:
        """Whether interviews answer it; external data only lend choices, audits are kept apart."""
        return self.is_question and self.type.base not in NOT_ANSWERS

    def walk(self) -> Iterator["Node"]:
        """All nodes below this one, in the order of the sheet."""
        for child in self.children:
            yield child
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Outline:
    """The tree, and the rows that do not fit into one."""

    root: Node
    never_ended: Sequence[Node]
    never_begun: Sequence[Line]
    unknown: Sequence[Line]


def read_outline(lines: Sequence[Line]) -> Outline:
    """Arranges the rows of a survey sheet; rows without a type stand in no tree."""
    root = Node(Line("survey", 1, {}, {}), RowType("", "begin", "group"))
    parent = root
    never_ended: list[Node] = []
    never_begun: list[Line] = []
    unknown: list[Line] = []
    for line in lines:
        row_type = read_type(line.text("type"))
        if row_type is None:
            unknown.append(line)
        elif row_type.edge == "end":
            begun = _nearest(parent, row_type.control)
            if begun.parent is None:
                never_begun.append(line)
            else:
                never_ended.extend(_between(parent, begun))
                parent = begun.parent
        else:
            node = Node(line, row_type, parent)
            parent.children.append(node)
            if not node.is_question:
                parent = node
    never_ended.extend(_between(parent, root))
    return Outline(root, never_ended, never_begun, unknown)


def _nearest(node: Node, control: str) -> Node:
    """The innermost open group, repeat or loop of this kind, the root where none is open."""
    while node.parent is not None and node.type.control != control:
        node = node.parent
    return node


def _between(inner: Node, outer: Node) -> Iterator[Node]:
    while inner is not outer and inner.parent is not None:
        yield inner
        inner = inner.parent
