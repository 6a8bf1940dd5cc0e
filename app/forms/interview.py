"""An interview's answers as the tree that expressions look at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.forms.expressions.nodes import ELEMENT, Node, document
from app.forms.expressions.values import text_of_number
from app.forms.questions import Form, Group, Question
from app.forms.rules import Rules


@dataclass(slots=True, eq=False)
class Place:
    """A question, group or repeat of a form, and what is asked of the answers there.

    `rules` is None where nothing is. `watched` says whether answers are to be looked at: because of rules, or because
    a group above may not be asked. `by_person` tells whether a person answers, `in_repeat` whether there may be many.
    """

    name: str
    type: str
    parent: "Place | None"
    is_group: bool
    is_repeat: bool
    in_repeat: bool
    by_person: bool
    rules: Rules | None
    watched: bool
    children: dict[str, "Place"] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return self.type == "integer"

    def leaves(self) -> Iterator["Place"]:
        """The questions at and below this place."""
        if not self.is_group:
            yield self
        for child in self.children.values():
            yield from child.leaves()

    def choices_in(self, answer: str) -> Sequence[str]:
        return (answer,) if self.type == "select_one" else answer.split()

    def path_to(self, node: Node) -> str:
        """`member[2]/age` for a node at this place."""
        names: list[str] = []
        place, here = self, node
        while place.parent is not None and here.parent is not None:
            names.append(f"{place.name}[{here.position}]" if place.is_repeat else place.name)
            place, here = place.parent, here.parent
        return "/".join(reversed(names))


def lay_out(form: Form, rules: Mapping[tuple[str, ...], Rules]) -> Place:
    """The places of a form, from its root down. `rules` are found by path."""
    return _place(form.root, None, rules, watched=False, in_repeat=False)


def _place(
    item: Question | Group,
    parent: Place | None,
    rules: Mapping[tuple[str, ...], Rules],
    *,
    watched: bool,
    in_repeat: bool,
) -> Place:
    own = rules.get(item.path)
    place = Place(
        name=item.name,
        type="" if isinstance(item, Group) else item.type,
        parent=parent,
        is_group=isinstance(item, Group),
        is_repeat=isinstance(item, Group) and item.repeat,
        in_repeat=in_repeat,
        by_person=isinstance(item, Question) and not item.calculated,
        rules=own,
        watched=watched or own is not None,
    )
    if isinstance(item, Group):
        below = watched or (own is not None and own.relevant is not None)
        many = in_repeat or item.repeat
        place.children = {
            name: _place(child, place, rules, watched=below, in_repeat=many) for name, child in item.children.items()
        }
    return place


MOST_NODES = 100_000
"""A megabyte of empty repeats would become gigabytes of nodes; no honest interview has a hundredth of this."""


class TooLarge(Exception):
    """The interview has more than MOST_NODES questions, counted in every repeat."""


class Tree:
    """An interview's answers (groups are objects, repeats lists of objects) as a document; to be felled after use.

    Every question of the form has a node, an empty one where it was not answered, for so it is on the tablet. Of
    answers that do not fit the form, what does fit is taken. Nodes are planted when somebody looks for them, for most
    expressions look at few; whoever does may learn that there are more than MOST_NODES: `TooLarge`.
    """

    def __init__(self, root: Place, answers: object) -> None:
        self._left = MOST_NODES
        self._branches: list[Branch] = []
        self.root = Branch(self, root, answers, None)
        self.document = document(self.root)

    def enter(self, branch: "Branch") -> None:
        """Counts a new branch and all its questions."""
        self._branches.append(branch)
        self._left -= len(branch.place.children) + 1
        if self._left < 0:
            raise TooLarge

    def watched(self) -> list[tuple[Node, Place]]:
        """The watched nodes in the order of the form."""
        return list(_watched(self.root))

    def fell(self) -> None:
        """Parents and children hold each other, and would stay in memory until garbage is collected. Measured: a batch
        of 500 interviews with 3,700 repeats each took 100 MB more."""
        self.document.hold([], {})
        for branch in self._branches:
            branch.fall()
        self._branches.clear()


class Branch(Node):
    """A group, or one turn of a repeat: its children are planted one by one as they are found by name, or all of them
    as soon as somebody asks what they are."""

    __slots__ = ("_planted", "_tree", "answers", "place")

    def __init__(self, tree: Tree, place: Place, answers: object, parent: Node | None, turn: int = 0) -> None:
        self.kind, self.name, self.value = ELEMENT, place.name, None
        self.parent, self.index, self.position = parent, 0, turn + 1
        self.attributes = ()
        self.place = place
        self._children = None
        self._planted: dict[str, list[Node]] = {}
        self.answers: dict[str, Any] = answers if isinstance(answers, dict) else {}
        self._tree = tree
        tree.enter(self)

    @property
    def children(self) -> Sequence[Node]:
        if self._children is None:
            self._children = [node for name in (*self.place.children, "meta") for node in self.find(name)]
            for index, node in enumerate(self._children):
                node.index = index
        return self._children

    @property
    def named(self) -> Mapping[str, list[Node]]:  # type: ignore[override]  # Others have it from the beginning.
        _ = self.children
        return self._planted

    def find(self, name: str) -> list[Node]:
        found = self._planted.get(name)
        return self._plant(name) if found is None else found

    def _plant(self, name: str) -> list[Node]:
        place, given = self.place.children.get(name), self.answers.get(name)
        if place is not None:
            planted = list(self._turns(place, given)) if place.is_group else [self._leaf(name, given)]
        elif name == "meta" and self.place.parent is None and isinstance(given, dict):
            planted = [_meta(self, given)]
        else:
            return []
        self._planted[name] = planted
        return planted

    def _leaf(self, name: str, given: object) -> Node:
        return Node(ELEMENT, name, given if isinstance(given, str) else text_of_answer(given), self)

    def _turns(self, place: Place, given: object) -> Iterator[Node]:
        for turn, answers in enumerate(turns_of(place, given)):
            yield Branch(self._tree, place, answers, self, turn)

    def fall(self) -> None:
        """Lets its children go."""
        for meta in self._planted.get("meta", ()):
            meta.hold([], {})
        self._planted, self._children = {}, []


def turns_of(place: Place, given: object) -> Sequence[object]:
    """The answers of a group, which always has one turn, or of each turn of a repeat."""
    if not place.is_repeat:
        return (given,)
    return given if isinstance(given, list) else () if given is None else (given,)


def _watched(branch: Branch) -> Iterator[tuple[Node, Place]]:
    for place in branch.place.children.values():
        for node in branch.find(place.name):
            if place.watched:
                yield node, place
            if isinstance(node, Branch):
                yield from _watched(node)


def _meta(parent: Node, given: Mapping[str, Any]) -> Node:
    meta = Node(ELEMENT, "meta", None, parent)
    leaves = [
        Node(ELEMENT, name, text_of_answer(value), meta, place) for place, (name, value) in enumerate(given.items())
    ]
    meta.hold(leaves, {leaf.name: [leaf] for leaf in leaves})
    return meta


def text_of_answer(value: object) -> str:
    """How the tablet keeps an answer: choices with spaces between them, numbers as JavaScript writes them."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return text_of_number(value)
    if isinstance(value, list):
        return " ".join([text_of_answer(item) for item in value if not isinstance(item, list | dict)])
    return ""
