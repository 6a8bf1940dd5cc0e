"""What a form's own logic says about an interview that came back.

It is evaluated as the tablet does, over the answers as they are; those that were not asked for count as none.
Nothing is refused for it: what is found are flags.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from typing import Any

from app.forms.choice_lists import Lists, Table
from app.forms.expressions.context import Context, Run
from app.forms.expressions.nodes import Node
from app.forms.flags import MOST_FLAGS, Flag
from app.forms.glance import Doubt, Glance
from app.forms.interview import Place, TooLarge, Tree, lay_out
from app.forms.questions import Form, compile_form
from app.forms.rules import Rules, compile_rules
from app.forms.sheets import read_sheets
from app.forms.verdicts import Verdicts

_MOST_ROUNDS = 5
"""Some forms ask because of a later answer; each such step takes a round. Two that forbid each other would go on."""

_NO_RULES = Rules()
_NO_CHANCE = Random(0)
"""Nothing that is left to chance is evaluated here: no flag can follow from it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the logic says of one interview.

    `flags` are in the order of the form, one more than MOST_FLAGS at most: relevance, required, constraint,
    calculation, choice_filter, or a single `unchecked`. `unasked` are the bare names of the questions outside of
    repeats that were not asked.
    """

    flags: list[Flag]
    unasked: frozenset[str]


_UNCHECKED = Judgement([Flag("unchecked", "")], frozenset())


class Logic:
    """The logic of one form version, made ready once. May be asked by many threads."""

    def __init__(self, document: Mapping[str, Any], tables: Mapping[str, Table] | None = None) -> None:
        """`document` has passed check; `tables` are the published files that it takes choices and values from."""
        sheets = read_sheets(document)
        self._form = compile_form(document)
        self._lists = Lists(sheets, tables or {})
        self._root = lay_out(self._form, compile_rules(self._form, sheets, self._lists))
        self._instances = self._lists.instances()
        self._glance = Glance(self._root)
        self._label_of = partial(_label_of, self._form)
        single = [place for place in self._root.leaves() if not place.in_repeat]
        self._always_asked = {place.name for place in single if not place.watched}

    def judge(self, answers: Mapping[str, Any], now: datetime) -> Judgement:
        """What the form's logic says of an instance tree. Never raises.

        `now` is the interview's own time with its zone: the day that its today() was.
        """
        return self._judged(answers, now, self._at_first_look)

    def look_closely(self, answers: Mapping[str, Any], now: datetime) -> Judgement:
        """The same without a first look, which changes nothing and is only quicker."""
        return self._judged(answers, now, self._at_close_look)

    def _judged(
        self, answers: Mapping[str, Any], now: datetime, look: Callable[[Tree, Context], Judgement]
    ) -> Judgement:
        context = Context(
            now=now,
            chance=_NO_CHANCE,
            instances=self._instances,
            look_up=self._lists.look_up,
            label_of=self._label_of,
        )
        tree = Tree(self._root, answers)
        try:
            return look(tree, context)
        except TooLarge:
            return _UNCHECKED
        finally:
            tree.fell()

    def _at_first_look(self, tree: Tree, context: Context) -> Judgement:
        try:
            return Judgement([], self._glance.unasked(tree, context))
        except Doubt:
            return self._at_close_look(tree, context)

    def _at_close_look(self, tree: Tree, context: Context) -> Judgement:
        close = _CloseLook(Run(tree.document, context), tree.watched())
        return Judgement(close.judge_all(), close.unasked_names() - self._always_asked)


def _label_of(form: Form, choice: str, path: str) -> str:
    """In the form's first language, "" for what is none of the choices. Raises LookupError for no such question."""
    question = form.find("/".join(path.split("/")[2:]))
    if question is None or question.list_name is None:
        raise LookupError(path)
    labels = form.choices[question.list_name].get(choice)
    return "" if labels is None else labels.get(form.languages[0], choice)


class _CloseLook(Verdicts):
    """At one interview, node by node from the top: nothing inside a group that is not asked is asked.

    `withdrawn` has the answers to what is not asked: to all other questions they count as none, as on the tablet.
    """

    def __init__(self, run: Run, watched: Sequence[tuple[Node, Place]]) -> None:
        super().__init__(run)
        self.watched = watched
        self.unasked: set[Node] = set()
        self.withdrawn: dict[Node, str] = {}
        for _ in range(_MOST_ROUNDS):
            if not self.find_unasked():
                break

    def find_unasked(self) -> bool:
        """Whether an answer was withdrawn or given back: then whatever is asked because of it must be looked at again.

        One round is enough for an interview in which nothing is answered that was not asked.
        """
        changed = False
        for node, place in self.watched:
            if not self.is_asked(node, place.rules or _NO_RULES):
                self.unasked.add(node)
                changed |= self.withdraw(node)
            elif node in self.unasked:
                self.unasked.remove(node)
                changed |= self.give_back(node)
        return changed

    def withdraw(self, node: Node) -> bool:
        if node.value:
            self.withdrawn[node] = node.value
            node.write("")
            return True
        return False

    def give_back(self, node: Node) -> bool:
        if node in self.withdrawn:
            node.write(self.withdrawn.pop(node))
            return True
        return False

    def unasked_names(self) -> frozenset[str]:
        """Bare names outside of repeats; one that is asked in another group too is not among them."""
        if not self.unasked:
            return frozenset()
        names: dict[bool, set[str]] = {True: set(), False: set()}
        for node, place in self.watched:
            if not (place.is_group or place.in_repeat):
                names[node in self.unasked].add(place.name)
        return frozenset(names[True] - names[False])

    def judge_all(self) -> list[Flag]:
        for node, place in self.watched:
            if node not in self.unasked:
                self.judge(node, place, place.rules or _NO_RULES)
            elif node in self.withdrawn and place.by_person:
                self.add("relevance", node, place)
            if len(self.found) > MOST_FLAGS:
                break
        return self.found

    def is_asked(self, node: Node, rules: Rules) -> bool:
        if node.parent in self.unasked:
            return False
        return rules.relevant is None or self.holds(rules.relevant, node) is not False
