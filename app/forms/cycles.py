"""Circles of questions that wait for each other: no tablet could say which of them comes first."""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from app.forms.cells import Cell, Path
from app.forms.expressions.syntax import Call, Expression, Filter, Step, parts_of
from app.forms.expressions.syntax import Path as Way
from app.forms.faults import Fault, fault_at, quoted
from app.forms.questions import Form, Group

_DECIDING = ("relevant", "calculation")
"""What other questions wait for. Constraints may look at their own answer, and counts of repeats at the repeat."""


def faults_of_cycles(file: str, form: Form, cells: Sequence[Cell]) -> Iterator[Fault]:
    """One fault for each circle, at the first of its cells in the sheet."""
    deciding = [cell for cell in cells if cell.column in _DECIDING]
    waits: dict[Path, set[Path]] = dict(_inherited(form.root))
    for cell in deciding:
        waits.setdefault(cell.path, set()).update(_looks_at(cell))
    while circle := _circle(waits):
        inside = [cell for cell in deciding if cell.path in circle]
        first = min(inside, key=lambda cell: cell.line.row)
        yield fault_at(file, first.line, first.column, _says(circle), "Let one of them go by other questions.")
        for cell in inside:
            waits[cell.path] = set()


def _inherited(group: Group) -> Iterator[tuple[Path, set[Path]]]:
    """Whatever stands in a group is asked only if the group is."""
    for child in group.children.values():
        yield child.path, {group.path} if group.path else set()
        if isinstance(child, Group):
            yield from _inherited(child)


def _circle(waits: Mapping[Path, set[Path]]) -> list[Path]:
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle: list[Path] = error.args[1]
        return circle[::-1]
    return []


def _says(circle: Sequence[Path]) -> str:
    names = [quoted("/".join(path)) for path in circle]
    if len(names) == 2:
        return f"{names[0]} depends on itself."
    return f"These depend on each other in a circle: {' on '.join(names)}."


def _looks_at(cell: Cell) -> Iterator[Path]:
    """The questions whose answers the cell needs. Those of other turns of a repeat are left out: to look at the one
    before is no circle."""
    for part in _outside_of_predicates(cell.expression):
        if isinstance(part, Way) and (path := _target(part, cell.path)):
            yield path


def _outside_of_predicates(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, Call) and expression.name == "indexed-repeat":
        return
    if isinstance(expression, Way):
        yield expression
    elif isinstance(expression, Filter):
        yield from _outside_of_predicates(expression.base)
    else:
        for part in parts_of(expression):
            yield from _outside_of_predicates(part)


def _target(way: Way, here: Path) -> Path | None:
    """Where a plain path leads, None for one that filters or looks around."""
    if way.base not in (None, Call("current")) or any(step.predicates for step in way.steps):
        return None
    place = list(here)
    steps: Sequence[Step] = way.steps
    if way.absolute:
        place, steps = [], steps[1:]
    for step in steps:
        if step.axis == "parent" and place:
            place.pop()
        elif step.axis == "child":
            place.append(step.test)
        elif step.axis != "self":
            return None
    return tuple(place)
