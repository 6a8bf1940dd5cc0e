"""A first look at an interview: whether all of it is as the form wants it. Nearly always it is, for tablets let nothing
else through; so this look is made to be quick, and whatever it is not sure of is left to the close look in `logic`.

It looks once at every answer, as it was sent: as long as none was given to a question that was not asked, the close
look does the same. And it does not evaluate again what must come out the same: what an expression came to is remembered
with the few short answers from which it follows.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from app.forms.expressions.context import Context, Run, Value
from app.forms.expressions.nodes import ELEMENT, Node
from app.forms.expressions.reach import Names
from app.forms.expressions.values import truth_of
from app.forms.interview import MOST_NODES, Place, Tree, text_of_answer, turns_of
from app.forms.rules import Rules
from app.forms.sections import Question, Recalled, Section, sections_of
from app.forms.verdicts import Verdicts, same_answer

_SHORT = 60
_MOST_REMEMBERED = 500
"""How many texts are remembered for one expression, and how long they are together."""

_NO_RULES = Rules()
_NO_ANSWERS: Mapping[str, Any] = {}
_UNKNOWN: Value = object()  # type: ignore[assignment]  # It is no value.


class Doubt(Exception):
    """Something is not as it should be, or cannot be told without a close look."""


class Glance:
    """The first look of one form version, made ready once. May be asked by many threads."""

    def __init__(self, root: Place) -> None:
        self._root = sections_of(root)
        names = Counter(place.name for place in root.leaves() if not place.in_repeat)
        self._ambiguous = frozenset(name for name, times in names.items() if times > 1)

    def unasked(self, tree: Tree, context: Context) -> frozenset[str]:
        """The bare names of the questions outside of repeats that were not asked, in an interview that is all good.

        Raises `Doubt`, and `TooLarge` as the tree does.
        """
        looking = _Looking(Run(tree.document, context), tree.root.answers, MOST_NODES - self._root.size)
        looking.enter(self._root, tree.root.answers, tree.root)
        # Of a name that stands in several groups, only the close look tells whether none of them was asked.
        if looking.found or looking.run.left < 0 or not self._ambiguous.isdisjoint(looking.unasked):
            raise Doubt
        return frozenset(looking.unasked)


class _Looking(Verdicts):
    """At one interview. Raises `Doubt` at the first thing that it is not sure of."""

    def __init__(self, run: Run, answers: Mapping[str, Any], left: int) -> None:
        super().__init__(run)
        self.answers = answers
        self.unasked: set[str] = set()
        self.known: dict[Recalled, Value | None] = {}
        self.left = left

    def enter(self, section: Section, given: object, node: Node | None) -> None:
        """`node` may be None where none is needed."""
        if self.is_asked(section, node):
            self.look(section, given if isinstance(given, dict) else _NO_ANSWERS, node)
        elif _is_empty(given):
            self.unasked |= section.names
        else:
            raise Doubt

    def is_asked(self, section: Section, node: Node | None) -> bool:
        if section.asked_by_node is not None and node is not None:
            return self.holds(section.asked_by_node, node) is not False
        return section.asked is None or self.told(section.asked) is not False

    def look(self, section: Section, answers: Mapping[str, Any], node: Node | None) -> None:
        for name, required in section.needed.items():
            given = answers.get(name)
            if not (given if isinstance(given, str) else text_of_answer(given)) and self.told(required):
                raise Doubt
        for question in section.questions:
            self.look_at(question, answers.get(question.name))
        for place in section.by_node:
            assert node is not None
            self.look_by_node(node.find(place.name)[0], place, place.rules or _NO_RULES)
        for below in section.sections:
            given = answers.get(below.place.name)
            nodes = node.find(below.place.name) if node is not None and below.has_nodes else ()
            if below.place.is_repeat:
                self.take_turns(below, turns_of(below.place, given), nodes)
            else:
                self.enter(below, given, nodes[0] if nodes else None)

    def take_turns(self, section: Section, turns: Sequence[object], nodes: Sequence[Node]) -> None:
        self.left -= len(turns) * section.size
        if self.left < 0:
            raise Doubt
        for turn, given in enumerate(turns):
            self.enter(section, given, nodes[turn] if nodes else None)

    def look_at(self, question: Question, given: object) -> None:
        text = given if isinstance(given, str) else text_of_answer(given)
        if question.asked is not None and self.told(question.asked) is False:
            self.pass_over(question.place, text)
        elif not text:
            if question.required is not None and self.told(question.required):
                raise Doubt
        elif question.constraint is not None and self.told_of(question.constraint, question.name, text) is False:
            raise Doubt
        elif question.calculation is not None:
            expected = self.told(question.calculation)
            if isinstance(expected, str) and not same_answer(text, expected, question.place, self.run.zone):
                raise Doubt

    def look_by_node(self, node: Node, place: Place, rules: Rules) -> None:
        if rules.relevant is not None and self.holds(rules.relevant, node) is False:
            self.pass_over(place, node.value)
        else:
            self.judge(node, place, rules)

    def pass_over(self, place: Place, text: str | None) -> None:
        if text:
            raise Doubt
        if not place.in_repeat:
            self.unasked.add(place.name)

    def told(self, recalled: Recalled) -> Value | None:
        """What it comes to in this interview; None where nothing may be concluded."""
        if recalled not in self.known:
            if recalled.reads is None:
                told = self.evaluated(recalled, self.run.root)
            else:
                told = self.remembered(recalled, tuple([self.text_at(names) for names in recalled.reads]))
            self.known[recalled] = told
        return self.known[recalled]

    def told_of(self, recalled: Recalled, name: str, text: str) -> Value | None:
        """The same of an answer by itself."""
        return self.remembered(recalled, (text,), name)

    def remembered(self, recalled: Recalled, texts: tuple[str, ...], name: str = "") -> Value | None:
        key = self.run.zone, texts
        told = recalled.memory.get(key, _UNKNOWN)
        if told is not _UNKNOWN:
            return told
        told = self.evaluated(recalled, Node(ELEMENT, name, texts[0]) if name else self.run.root)
        if self.run.left >= 0 and sum(map(len, texts)) <= _SHORT:
            if len(recalled.memory) >= _MOST_REMEMBERED:
                recalled.memory.clear()
            recalled.memory[key] = told
        return told

    def evaluated(self, recalled: Recalled, node: Node) -> Value | None:
        value = self.value(recalled.compiled, node)
        return truth_of(value) if recalled.is_condition and value is not None else value

    def text_at(self, names: Names) -> str:
        here: Any = self.answers
        for name in names[1:]:
            here = here.get(name) if isinstance(here, dict) else None
        return here if isinstance(here, str) else text_of_answer(here)


def _is_empty(given: object) -> bool:
    if isinstance(given, dict):
        return all(map(_is_empty, given.values()))
    return given in (None, "", [])
