"""What a form's own logic says about an interview that came back.

It is evaluated as the tablet does, over the answers as they are; those that were not asked for count as none.
Nothing is refused for it: what is found are flags.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

from app.forms.choice_lists import Lists, Table
from app.forms.expressions.compile import Compiled
from app.forms.expressions.context import Context, Failure, Run, Value
from app.forms.expressions.nodes import Node
from app.forms.expressions.values import number_of_text, truth_of
from app.forms.flags import MOST_FLAGS, Flag
from app.forms.interview import Place, TooLarge, Tree, lay_out
from app.forms.questions import Form, compile_form
from app.forms.rules import Rules, compile_rules
from app.forms.sheets import read_sheets

_MOST_ROUNDS = 5
"""Some forms ask because of a later answer; each such step takes a round. Two that forbid each other would go on."""

_TOLERANCE = 1e-9
"""Sines and powers differ in the last digit from machine to machine."""

_NO_RULES = Rules()
_USUAL_WORDS: Mapping[str, str] = {}


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
        single = [place for place in self._root.leaves() if not place.in_repeat]
        self._always_asked = {place.name for place in single if not place.watched}

    def judge(self, answers: Mapping[str, Any], now: datetime) -> Judgement:
        """What the form's logic says of an instance tree. Never raises.

        `now` is the interview's own time with its zone: the day that its today() was.
        """
        try:
            tree = Tree(self._root, answers)
        except TooLarge:
            return _UNCHECKED
        context = Context(
            now=now,
            instances=self._instances,
            look_up=self._lists.look_up,
            label_of=partial(_label_of, self._form),
        )
        judging = _Judging(Run(tree.document, context), tree.watched)
        judgement = Judgement(judging.flags(), judging.unasked_names() - self._always_asked)
        tree.fell()
        return judgement


def _label_of(form: Form, choice: str, path: str) -> str:
    """In the form's first language, "" for what is none of the choices. Raises LookupError for no such question."""
    question = form.find("/".join(path.split("/")[2:]))
    if question is None or question.list_name is None:
        raise LookupError(path)
    labels = form.choices[question.list_name].get(choice)
    return "" if labels is None else labels.get(form.languages[0], choice)


class _Judging:
    """Of one interview, node by node from the top: nothing inside a group that is not asked is asked.

    `withdrawn` has the answers to what is not asked: to all other questions they count as none, as on the tablet.
    """

    def __init__(self, run: Run, watched: Sequence[tuple[Node, Place]]) -> None:
        self.run = run
        self.watched = watched
        self.unasked: set[Node] = set()
        self.withdrawn: dict[Node, str] = {}
        self.found: list[Flag] = []
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

    def flags(self) -> list[Flag]:
        for node, place in self.watched:
            self.judge(node, place, place.rules or _NO_RULES)
            if len(self.found) > MOST_FLAGS:
                break
        return self.found

    def judge(self, node: Node, place: Place, rules: Rules) -> None:
        if node in self.unasked:
            if node in self.withdrawn and place.by_person:
                self.add("relevance", node, place)
        elif node.value:
            self.judge_answer(node, place, rules)
        elif rules.required is not None and self.holds(rules.required, node):
            self.add("required", node, place, rules.required_message)

    def is_asked(self, node: Node, rules: Rules) -> bool:
        if node.parent in self.unasked:
            return False
        return rules.relevant is None or self.holds(rules.relevant, node) is not False

    def judge_answer(self, node: Node, place: Place, rules: Rules) -> None:
        if rules.constraint is not None and self.holds(rules.constraint, node) is False:
            self.add("constraint", node, place, rules.constraint_message)
        if rules.calculation is not None:
            expected = self.value(rules.calculation, node)
            if isinstance(expected, str) and not _same(node.value or "", expected, place, self.run.zone):
                self.add("calculation", node, place)
        if rules.choices:
            for choice in place.choices_in(node.value or ""):
                items = rules.choices.get(choice, ())
                if rules.file and not items:
                    self.found.append(Flag("choice", place.path_to(node), {"expected": rules.file}))
                elif rules.choice_filter is not None and self.is_withheld(rules.choice_filter, node, items):
                    self.add("choice_filter", node, place)

    def is_withheld(self, choice_filter: Compiled, node: Node, items: Sequence[Node]) -> bool:
        """Whether the filter leaves out a choice that the list has; a choice of no list is another's business."""
        return bool(items) and all(self.holds(choice_filter, node, item) is False for item in items)

    def value(self, compiled: Compiled, node: Node, at: Node | None = None) -> Value | None:
        """None where nothing may be concluded."""
        self.run.turn_to(node)
        value = compiled.within(self.run, at or node)
        return None if isinstance(value, Failure) else value

    def holds(self, compiled: Compiled, node: Node, at: Node | None = None) -> bool | None:
        value = self.value(compiled, node, at)
        return None if value is None else truth_of(value)

    def add(self, code: str, node: Node, place: Place, words: Mapping[str, str] = _USUAL_WORDS) -> None:
        self.found.append(Flag(code, place.path_to(node), words=words))


def _same(answer: str, expected: str, place: Place, zone: tzinfo) -> bool:
    """Whether an answer is what was calculated: as text, or as the number or day that both mean.

    What is no number is written NaN by some tablets, and not at all by others.
    """
    ours, theirs = number_of_text(expected, zone), number_of_text(answer, zone)
    if place.is_whole and math.isfinite(ours) and math.trunc(ours) == theirs:
        return True
    return answer in (expected, expected.replace("NaN", "")) or math.isclose(ours, theirs, rel_tol=_TOLERANCE)
