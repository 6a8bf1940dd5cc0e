"""Somebody who answers: knows what was said so far, and finds the next answer by the script's rows."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from itertools import repeat as endlessly
from random import Random
from typing import Any

from app.cli.demo import rows
from app.cli.demo.chance import one_of, some_of, whole_number
from app.forms.questions import Form, Group


@dataclass
class Respondent:
    """One interview, or with `outer` one turn of a repeat in it.

    `facts` are the visit's; `traits` tell how far this household is from the ordinary one, in standard deviations.
    `tree` is the interview as it is sent; `depth` is how many names of a question's path lead to its root.
    """

    form: Form
    facts: Mapping[str, Any]
    traits: Mapping[str, float]
    nonresponse: Mapping[str, float]
    random: Random
    outer: "Respondent | None" = None
    depth: int = 0
    said: dict[str, Any] = field(default_factory=dict)
    tree: dict[str, Any] = field(default_factory=dict)

    def answer(self, script: Iterable[rows.AnyRow]) -> None:
        """Go through the rows. What has been answered stays."""
        for row in script:
            if isinstance(row, rows.Repeat):
                self._take_turns(row)
            elif row.question not in self.said and self.holds(row.when) and self.random.random() < row.share:
                self.say(row.question, self._find(row))

    def reconsider(self, script: Iterable[rows.Row]) -> bool:
        """Answer anew what was answered of these. Whether there was anything."""
        asked = [row for row in script if row.question in self.said]
        for row in asked:
            self.say(row.question, self._find(row))
        return bool(asked)

    def say(self, question: str, value: Any) -> None:
        """Answer, or answer differently."""
        self.said[question] = value
        plant(self.tree, path_of(self.form, question)[self.depth :], value)

    def heard(self, question: str) -> Any:
        """What was said here or, inside a repeat, around it; None if nothing."""
        if question in self.said or self.outer is None:
            return self.said.get(question)
        return self.outer.heard(question)

    def holds(self, conditions: Iterable[rows.Condition]) -> bool:
        return all(self._is_so(condition) for condition in conditions)

    def _is_so(self, condition: rows.Condition) -> bool:
        value = self.heard(condition.question)
        named = set(value) if isinstance(value, list) else {value}
        number = value if isinstance(value, int) else math.nan
        return (
            (condition.any_of is None or not named.isdisjoint(condition.any_of))
            and named.isdisjoint(condition.none_of)
            and (condition.above is None or number > condition.above)
            and (condition.below is None or number < condition.below)
        )

    def _find(self, row: rows.Row) -> Any:
        match row:
            case rows.Select():
                return self._unwilling(row) or self._selected(row)
            case rows.Number(number=spread):
                around = self.heard(spread.near) if spread.near else 0
                return whole_number(spread, around, self._lean(row.leans), self.random)
            case rows.Text():
                return row.text.format(**self.facts)
            case rows.Fact():
                return self.facts[row.fact]
            case rows.Same():
                return self.heard(row.same)
            case rows.Join():
                return row.by.join(str(self.heard(question)) for question in row.join)
            case rows.Band():
                return row.names[bisect_right(row.edges, self.heard(row.band))]
            case rows.Percent():
                turns: Sequence[Respondent] = self.said[row.percent]
                return 100 * sum(any(map(turn._is_so, row.where)) for turn in turns) // len(turns)
        raise TypeError(row)

    def _selected(self, row: rows.Select) -> str | list[str]:
        lean = self._lean(row.leans)
        if isinstance(row, rows.Choose):
            return one_of(row.choose, lean, self.random)
        assert isinstance(row, rows.Pick)
        return some_of(row.pick, lean, self.random) or [row.otherwise]

    def _unwilling(self, row: rows.Select) -> str | list[str] | None:
        """A choice such as "don't know" in place of an answer, where the question's list has it."""
        question = self.form.find(row.question)
        offered = self.form.choices.get(question.list_name or "", {}) if question else {}
        for choice, share in (self.nonresponse if row.nonresponse is None else row.nonresponse).items():
            if choice in offered and self.random.random() < share:
                return choice if isinstance(row, rows.Choose) else [choice]
        return None

    def _lean(self, leans: Mapping[str, float]) -> float:
        return sum(strength * self.traits[trait] for trait, strength in leans.items())

    def _take_turns(self, repeat: rows.Repeat) -> None:
        times = self.heard(repeat.times)
        if times is None:
            return
        path = next(path for path in _repeats(self.form.root) if path[-1] == repeat.repeat)
        turns = [replace(self, outer=self, depth=len(path), said={}, tree={}) for _ in range(times)]
        for turn, beginning in zip(turns, chain(repeat.beginnings, endlessly(())), strict=False):
            turn.answer(beginning)
            turn.answer(repeat.answers)
        self.said[repeat.repeat] = turns
        plant(self.tree, path[self.depth :], [turn.tree for turn in turns])


def path_of(form: Form, question: str) -> tuple[str, ...]:
    """Where a question stands in an interview. Raises `LookupError`."""
    found = form.find(question)
    if found is None:
        raise LookupError(f"the form '{form.form_id}' has no question '{question}'")
    return found.path


def plant(tree: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Put a value into an interview, with the groups that lead to it."""
    *groups, name = path
    for group in groups:
        tree = tree.setdefault(group, {})
    tree[name] = value


def _repeats(group: Group) -> Iterator[tuple[str, ...]]:
    """The paths of all repeats."""
    for child in group.children.values():
        if isinstance(child, Group):
            if child.repeat:
                yield child.path
            yield from _repeats(child)
