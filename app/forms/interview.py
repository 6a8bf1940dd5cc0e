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
    a group above may not be asked. `by_person` tells whether a person answers.
    """

    name: str
    type: str
    parent: "Place | None"
    is_group: bool
    is_repeat: bool
    by_person: bool
    rules: Rules | None
    watched: bool
    children: list["Place"] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.type == "integer"

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
    return _place(form.root, None, rules, watched=False)


def _place(
    item: Question | Group, parent: Place | None, rules: Mapping[tuple[str, ...], Rules], *, watched: bool
) -> Place:
    own = rules.get(item.path)
    place = Place(
        name=item.name,
        type="" if isinstance(item, Group) else item.type,
        parent=parent,
        is_group=isinstance(item, Group),
        is_repeat=isinstance(item, Group) and item.repeat,
        by_person=isinstance(item, Question) and not item.calculated,
        rules=own,
        watched=watched or own is not None,
    )
    if isinstance(item, Group):
        below = watched or (own is not None and own.relevant is not None)
        place.children = [_place(child, place, rules, watched=below) for child in item.children.values()]
    return place


Watched = list[tuple[Node, Place]]


def plant(root: Place, answers: object) -> tuple[Node, Watched]:
    """The tree of an instance tree (groups are objects, repeats lists of objects), and its watched nodes in order.

    Every question of the form has a node, an empty one where it was not answered, for so it is on the tablet. Of
    answers that do not fit the form, what does fit is taken.
    """
    watched: Watched = []
    element = Node(ELEMENT, root.name)
    _fill(element, root, answers, watched)
    return document(element), watched


def _fill(node: Node, place: Place, answers: object, watched: Watched) -> None:
    known = answers if isinstance(answers, dict) else {}
    children: list[Node] = []
    named: dict[str, list[Node]] = {}
    for child in place.children:
        name = child.name
        given = known.get(name)
        if child.is_group:
            named[name] = list(_groups(node, child, given, len(children), watched))
        else:
            text = given if isinstance(given, str) else text_of_answer(given)
            leaf = Node(ELEMENT, name, text, node, len(children))
            named[name] = [leaf]
            if child.watched:
                watched.append((leaf, child))
        children += named[name]
    if place.parent is None and isinstance(known.get("meta"), dict):
        named["meta"] = [_meta(node, known["meta"], len(children))]
        children += named["meta"]
    node.hold(children, named)


def _groups(parent: Node, place: Place, given: object, index: int, watched: Watched) -> Iterator[Node]:
    """One node for a group, one for each turn of a repeat."""
    turns = given if place.is_repeat and isinstance(given, list) else [given]
    for turn, answers in enumerate([] if place.is_repeat and given is None else turns):
        node = Node(ELEMENT, place.name, None, parent, index + turn, turn + 1)
        if place.watched:
            watched.append((node, place))
        _fill(node, place, answers, watched)
        yield node


def _meta(parent: Node, given: Mapping[str, Any], index: int) -> Node:
    meta = Node(ELEMENT, "meta", None, parent, index)
    leaves = [
        Node(ELEMENT, name, text_of_answer(value), meta, place) for place, (name, value) in enumerate(given.items())
    ]
    meta.hold(leaves, {leaf.name: [leaf] for leaf in leaves})
    return meta


def text_of_answer(value: object) -> str:
    """How the tablet keeps an answer: choices with spaces between them, numbers as JavaScript writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return text_of_number(value)
    if isinstance(value, list):
        return " ".join(text_of_answer(item) for item in value if not isinstance(item, list | dict))
    return ""
