"""What the rules of a place say of the answer at a node of an interview that is asked there."""

import math
from collections.abc import Mapping, Sequence
from datetime import tzinfo

from app.forms.expressions.compile import Compiled
from app.forms.expressions.context import Failure, Run, Value
from app.forms.expressions.nodes import Node
from app.forms.expressions.values import number_of_text, truth_of
from app.forms.flags import Flag
from app.forms.interview import Place
from app.forms.rules import Rules

_TOLERANCE = 1e-9
"""Sines and powers differ in the last digit from machine to machine."""

_USUAL_WORDS: Mapping[str, str] = {}


class Verdicts:
    """Of one interview. `found` are the flags so far."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.found: list[Flag] = []

    def judge(self, node: Node, place: Place, rules: Rules) -> None:
        if node.value:
            self.judge_answer(node, place, rules)
        elif rules.required is not None and self.holds(rules.required, node):
            self.add("required", node, place, rules.required_message)

    def judge_answer(self, node: Node, place: Place, rules: Rules) -> None:
        if rules.constraint is not None and self.holds(rules.constraint, node) is False:
            self.add("constraint", node, place, rules.constraint_message)
        if rules.calculation is not None:
            expected = self.value(rules.calculation, node)
            if isinstance(expected, str) and not same_answer(node.value or "", expected, place, self.run.zone):
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


def same_answer(answer: str, expected: str, place: Place, zone: tzinfo) -> bool:
    """Whether an answer is what was calculated: as text, or as the number or day that both mean.

    What is no number is written NaN by some tablets, and not at all by others.
    """
    if answer == expected:
        return True
    ours, theirs = number_of_text(expected, zone), number_of_text(answer, zone)
    if place.is_whole and math.isfinite(ours) and math.trunc(ours) == theirs:
        return True
    return answer == expected.replace("NaN", "") or math.isclose(ours, theirs, rel_tol=_TOLERANCE)
