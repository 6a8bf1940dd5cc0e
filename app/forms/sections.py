"""A form made ready for a first look: what is wanted of each question, and how little of that must be evaluated."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import cached_property

from app.forms.expressions.compile import Compiled
from app.forms.expressions.context import Value
from app.forms.expressions.reach import ITSELF, Names, is_same_everywhere, read_by
from app.forms.interview import Place
from app.forms.rules import Rules


class Recalled:
    """An expression that is the same at every node of an interview, or at every leaf with the same text; and what it
    came to before, by the texts that it `reads`. That is None where these alone do not tell. Of a condition only its
    truth is told, so that no node outlives its interview."""

    def __init__(self, compiled: Compiled, reads: Collection[Names] | None, *, is_condition: bool = True) -> None:
        self.compiled = compiled
        self.reads = reads
        self.is_condition = is_condition
        self.memory: dict[tuple[tzinfo, tuple[str, ...]], Value | None] = {}


@dataclass(frozen=True, slots=True)
class Question:
    """One that can be judged without a node."""

    place: Place
    name: str
    asked: Recalled | None
    required: Recalled | None
    constraint: Recalled | None
    calculation: Recalled | None


@dataclass
class Section:
    """A group, a repeat, or the whole form. `names` are of all questions that are missing where it is not asked; `size`
    counts all that it has, but no turns of repeats inside.

    `needed` are questions of which nothing is wanted but an answer, under that condition: most are. Then come those
    with more to them, and those that must be judged by the node; `has_nodes` tells whether any node in it is needed.
    """

    place: Place
    names: frozenset[str]
    size: int = 1
    asked: Recalled | None = None
    asked_by_node: Compiled | None = None
    needed: dict[str, Recalled] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    by_node: list[Place] = field(default_factory=list)
    sections: list["Section"] = field(default_factory=list)

    @cached_property
    def has_nodes(self) -> bool:
        return bool(self.asked_by_node or self.by_node) or any(section.has_nodes for section in self.sections)


def sections_of(root: Place) -> Section:
    """The whole form."""
    return _Preparation(root).section(root)


class _Preparation:
    """Of one form. An expression that stands at many places is recalled for all of them."""

    def __init__(self, root: Place) -> None:
        self.singles = frozenset(_singles(root, ()))
        self.recalled: dict[tuple[Compiled, bool], Recalled] = {}

    def section(self, place: Place) -> Section:
        section = Section(place, frozenset(leaf.name for leaf in place.leaves() if not leaf.in_repeat))
        relevant = place.rules.relevant if place.rules else None
        if relevant and is_same_everywhere(relevant.expression):
            section.asked = self.anywhere(relevant)
        else:
            section.asked_by_node = relevant
        section.size += len(place.children)
        for child in place.children.values():
            self.put(child, section)
        return section

    def put(self, place: Place, into: Section) -> None:
        rules = place.rules
        if place.is_group:
            section = self.section(place)
            into.sections.append(section)
            into.size += 0 if place.is_repeat else section.size
        elif rules is not None and _needs_its_node(rules):
            into.by_node.append(place)
        elif rules is not None:
            question = self.question(place, rules)
            if question.required and not (question.asked or question.constraint or question.calculation):
                into.needed[place.name] = question.required
            else:
                into.questions.append(question)

    def question(self, place: Place, rules: Rules) -> Question:
        return Question(
            place,
            place.name,
            asked=self.anywhere(rules.relevant),
            required=self.anywhere(rules.required),
            constraint=Recalled(rules.constraint, {ITSELF}) if rules.constraint else None,
            calculation=self.anywhere(rules.calculation, is_condition=False),
        )

    def anywhere(self, compiled: Compiled | None, *, is_condition: bool = True) -> Recalled | None:
        if compiled is None:
            return None
        if (compiled, is_condition) not in self.recalled:
            names = read_by(compiled.expression)
            reads = names if names is not None and names <= self.singles else None
            self.recalled[compiled, is_condition] = Recalled(compiled, reads, is_condition=is_condition)
        return self.recalled[compiled, is_condition]


def _needs_its_node(rules: Rules) -> bool:
    anywhere = (rules.relevant, rules.required, rules.calculation)
    moves = any(each and not is_same_everywhere(each.expression) for each in anywhere)
    reads = read_by(rules.constraint.expression) if rules.constraint else frozenset()
    return moves or reads is None or not reads <= {ITSELF} or bool(rules.choices)


def _singles(place: Place, above: Names) -> Iterator[Names]:
    """What leads to each question outside of repeats."""
    names = (*above, place.name)
    if not place.is_group:
        yield names
    elif not place.is_repeat:
        for child in place.children.values():
            yield from _singles(child, names)
