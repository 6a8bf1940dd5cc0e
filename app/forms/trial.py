"""Every expression of a form, tried before publication on an empty and on a filled interview."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from app.forms.cells import Cell, Path
from app.forms.choice_lists import Lists
from app.forms.expressions.compile import Compiled, compile_expression
from app.forms.expressions.context import Context, Failure, Run
from app.forms.expressions.nodes import Node
from app.forms.expressions.syntax import functions_used
from app.forms.faults import Fault, fault_at
from app.forms.interview import Tree, lay_out
from app.forms.questions import Form, Group, Question
from app.forms.sheets import Sheets
from app.settings import WIB

_NOON = datetime(2026, 1, 1, 12, tzinfo=WIB)
_ELSEWHERE = frozenset({"pulldata", "instance", "jr:itext", "jr:choice-name"})
"""What they find stands in other files, or depends on a choice that somebody has to make first."""

_ANSWERS: Mapping[str, Any] = {
    "integer": 3,
    "decimal": 2.5,
    "range": 3,
    "date": "2026-01-01",
    "today": "2026-01-01",
    "time": "12:00:00.000+07:00",
    **dict.fromkeys(("datetime", "start", "end"), "2026-01-01T12:00:00.000+07:00"),
    "geopoint": "-6.95 110.42 5 4",
    "geotrace": "-6.95 110.42 5 4;-6.96 110.43 5 4",
    "geoshape": "-6.95 110.42 5 4;-6.96 110.43 5 4;-6.95 110.43 5 4;-6.95 110.42 5 4",
}


def faults_of_trial(file: str, form: Form, sheets: Sheets, cells: Sequence[Cell]) -> Iterator[Fault]:
    """What cannot be evaluated although it can be read. Never raises."""
    lists = Lists(sheets, {})
    place = lay_out(form, {})
    trees = [Tree(place, answers) for answers in ({}, _filled(form.root, form))]
    for cell in cells:
        if functions_used(cell.expression) & _ELSEWHERE or "last-saved" in str(cell.written):
            continue
        compiled = compile_expression(cell.expression)
        failures = (_failure(compiled, node, lists) for tree in trees for node in _at(tree.document, form, cell.path))
        for reason in dict.fromkeys(filter(None, failures)):
            yield fault_at(file, cell.line, cell.column, f"Tried on an interview, {reason}.", "Correct the expression.")
            break
    for tree in trees:
        tree.fell()


def _failure(compiled: Compiled, node: Node, lists: Lists) -> str:
    context = Context(now=_NOON, instances=lists.instances(), look_up=lists.look_up)
    value = compiled.within(Run(node, context), node)
    return value.reason if isinstance(value, Failure) else ""


def _at(document: Node, form: Form, path: Path) -> list[Node]:
    found = [document.children[0]]
    for name in path:
        found = [below for node in found for below in node.find(name)]
    return found


def _filled(group: Group, form: Form) -> dict[str, Any]:
    """An answer of its type to every question, two turns of every repeat."""
    answer = partial(_answer, form=form)
    filled = {}
    for name, child in group.children.items():
        if isinstance(child, Group):
            filled[name] = [_filled(child, form), _filled(child, form)] if child.repeat else _filled(child, form)
        else:
            filled[name] = answer(child)
    return filled


def _answer(question: Question, form: Form) -> Any:
    choices = list(form.choices.get(question.list_name or "", ()))[:1]
    if choices:
        return choices[0] if question.type == "select_one" else choices
    return _ANSWERS.get(question.type, "x")
