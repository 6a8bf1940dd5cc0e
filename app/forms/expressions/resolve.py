"""What ${name} stands for in a cell: the path to that question, as pyxform writes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.forms.expressions.syntax import (
    PARENT,
    Call,
    Expression,
    Filter,
    Negation,
    Number,
    Operation,
    Path,
    Reference,
    Step,
    Text,
    Union,
    functions_used,
)

_WHOLE_REPEATS = frozenset({0, 1, 3, 5})
"""The arguments of indexed-repeat() that mean a question in all turns of its repeat."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a question, group or repeat is: the names that lead to it, and how many of them lead to each repeat."""

    path: tuple[str, ...]
    repeats: tuple[int, ...] = ()


def resolve(
    expression: Expression,
    here: Location,
    locations: Mapping[str, Location],
    root: str,
    *,
    from_choice: bool = False,
) -> Expression:
    """The expression of a cell at `here`, without references. `root` is the name of the interview's element.

    Inside a common repeat the same turn is meant, else every turn. A choice_filter is evaluated `from_choice`s, so
    its questions are found from current(). Names of no question and last-saved answers stay references, and fail.
    """
    return _Resolution(expression, here, locations, root).expression(expression, from_choice)


@dataclass(frozen=True, slots=True)
class _Resolution:
    whole: Expression
    here: Location
    locations: Mapping[str, Location]
    root: str

    def expression(self, expression: Expression, away: bool) -> Expression:
        """`away` means that the context node is no longer the question itself."""
        match expression:
            case Text() | Number():
                return expression
            case Reference():
                return self.reference(expression, away)
            case Operation(operands, operators):
                return Operation(self.all(operands, away), operators)
            case Call():
                return Call(expression.name, self.arguments(expression, away))
            case Path(steps, absolute, base):
                return self.path(tuple(self.step(step, away) for step in steps), absolute, base, away)
            case Negation(operand):
                return Negation(self.expression(operand, away))
            case Union(parts):
                return Union(self.all(parts, away))
            case Filter(base, predicates):
                return self.filter(self.expression(base, away), self.predicates(predicates, away))

    def all(self, expressions: tuple[Expression, ...], away: bool) -> tuple[Expression, ...]:
        return tuple(self.expression(expression, away) for expression in expressions)

    def step(self, step: Step, away: bool) -> Step:
        if not step.predicates:
            return step
        return replace(step, predicates=self.predicates(step.predicates, away))

    def predicates(self, predicates: tuple[Expression, ...], away: bool) -> tuple[Expression, ...]:
        looks_elsewhere = bool(predicates) and "instance" in functions_used(self.whole)
        return self.all(predicates, away or looks_elsewhere)

    def filter(self, base: Expression, predicates: tuple[Expression, ...]) -> Expression:
        """${member}[age > 5] filters where its path ends, for pyxform replaces text by text."""
        if isinstance(base, Path) and base.steps:
            last = base.steps[-1]
            return replace(base, steps=(*base.steps[:-1], replace(last, predicates=last.predicates + predicates)))
        return Filter(base, predicates)

    def path(self, steps: tuple[Step, ...], absolute: bool, base: Expression | None, away: bool) -> Path:
        found = None if base is None else self.expression(base, away)
        if isinstance(found, Path):
            return replace(found, steps=found.steps + steps)
        return Path(steps, absolute, found)

    def arguments(self, call: Call, away: bool) -> tuple[Expression, ...]:
        arguments = [self.expression(argument, away) for argument in call.arguments]
        for place, argument in enumerate(call.arguments):
            if call.name == "indexed-repeat" and place in _WHOLE_REPEATS and isinstance(argument, Reference):
                arguments[place] = self.everywhere(argument)
            if call.name == "jr:choice-name" and place == 1 and isinstance(argument, Text):
                arguments[place] = self.written_path(argument)
        return tuple(arguments)

    def written_path(self, text: Text) -> Text:
        """jr:choice-name() takes the path of its question as a text, written '${name}'."""
        name = text.value.strip().removeprefix("${").removesuffix("}")
        found = self.locations.get(name)
        return Text("/".join(("", self.root, *found.path))) if found else text

    def everywhere(self, reference: Reference) -> Expression:
        found = self.locations.get(reference.name)
        if found is None or reference.last_saved:
            return reference
        return Path(_down((self.root, *found.path)), absolute=True)

    def reference(self, reference: Reference, away: bool) -> Expression:
        found = self.locations.get(reference.name)
        shared = found and _shared_repeat(self.here, found)
        if not found or not shared or reference.last_saved:
            return self.everywhere(reference)
        common = _common_names(self.here.path[:-1], found.path[:-1])
        ups = (PARENT,) * (len(self.here.path) - common)
        return Path(ups + _down(found.path[common:]), base=Call("current") if away else None)


def _down(names: tuple[str, ...]) -> tuple[Step, ...]:
    return tuple(Step("child", name) for name in names)


def _shared_repeat(here: Location, there: Location) -> bool:
    """Whether both are inside a repeat, the same one."""
    common = _common_names(here.path[:-1], there.path[:-1])
    return any(length <= common for length in here.repeats)


def _common_names(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (ours, theirs) in pairs if ours != theirs), min(len(one), len(other)))
