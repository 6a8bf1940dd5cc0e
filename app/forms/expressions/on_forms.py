"""Functions on conditions, on selected choices, and on what surrounds an interview."""

from collections.abc import Mapping
from uuid import UUID

from app.forms.expressions.context import EvaluationError, NodeSet, Run, Value
from app.forms.expressions.signatures import Function, function
from app.forms.expressions.values import number_of, text_of_node, truth_of

_TOKEN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _selected(chosen: str, name: str) -> bool:
    return name.strip() in chosen.split(" ")


def _selected_at(chosen: str, place: float) -> str:
    names = chosen.split(" ")
    return names[int(place)] if 0 <= place < len(names) else ""


def _truths(run: Run, value: Value) -> list[bool]:
    """A node counts as true if it holds more than blanks."""
    if isinstance(value, list):
        return [bool(text_of_node(node, run).strip()) for node in value]
    return [truth_of(value)]


def _checklist(run: Run, least: float, most: float, *values: Value) -> bool:
    return _within(float(sum(sum(_truths(run, value)) for value in values)), least, most)


def _weighted_checklist(run: Run, least: float, most: float, *pairs: Value) -> bool:
    if len(pairs) % 2:
        raise EvaluationError("weighted-checklist() takes a weight with each answer")
    total = 0.0
    for value, weight in zip(pairs[::2], pairs[1::2], strict=True):
        weights = [number_of([node], run) for node in weight] if isinstance(weight, list) else [number_of(weight, run)]
        total += sum(each for true, each in zip(_truths(run, value), weights, strict=False) if true)
    return _within(total, least, most)


def _within(number: float, least: float, most: float) -> bool:
    """A negative bound is none."""
    return (least < 0 or number >= least) and (most < 0 or number <= most)


def _instance(run: Run, name: str) -> NodeSet:
    found = run.context.instances.get(name)
    if found is None:
        raise EvaluationError(f"there is no instance {name!r}")
    return [found]


def _pulldata(run: Run, file: str, column: str, key_column: str, key: str) -> str:
    if run.context.look_up is None:
        raise EvaluationError("no tables were given to pulldata()")
    try:
        return run.context.look_up(file, column, key_column, key)
    except LookupError as error:
        raise EvaluationError(f"there is no table {file!r}") from error


def _choice_name(run: Run, choice: str, question: str) -> str:
    if run.context.label_of is None:
        raise EvaluationError("no labels were given to jr:choice-name()")
    try:
        return run.context.label_of(choice, question)
    except LookupError as error:
        raise EvaluationError(f"there is no choice {choice!r} at {question!r}") from error


def _itext(run: Run, name: str) -> str:
    if name not in run.context.texts:
        raise EvaluationError(f"there is no text {name!r}")
    return run.context.texts[name]


def _uuid(run: Run, length: float | None = None) -> str:
    """A UUID of version 4, or as many random letters and digits as wanted."""
    if length is None:
        return str(UUID(int=run.context.chance.getrandbits(128), version=4))
    if not 0 <= length <= run.left:
        raise EvaluationError("uuid() was asked for an impossible length")
    run.spend(int(length))
    return "".join(run.context.chance.choices(_TOKEN, k=int(length)))


FUNCTIONS: Mapping[str, Function] = {
    "boolean": function("truth -> truth", bool),
    "boolean-from-string": function("text -> truth", lambda text: text in ("1", "true")),
    "not": function("truth -> truth", lambda truth: not truth),
    "true": function("-> truth", lambda: True),
    "false": function("-> truth", lambda: False),
    "selected": function("text text -> truth", _selected),
    "selected-at": function("text number -> text", _selected_at),
    "count-selected": function("text -> number", lambda chosen: float(len(chosen.split()))),
    "checklist": function("run number number any* -> truth", _checklist),
    "weighted-checklist": function("run number number any* -> truth", _weighted_checklist),
    "instance": function("run text -> nodes", _instance),
    "pulldata": function("run text text text text -> text", _pulldata),
    "jr:choice-name": function("run text text -> text", _choice_name),
    "jr:itext": function("run text -> text", _itext),
    "random": function("run -> number", lambda run: run.context.chance.random()),
    "uuid": function("run number? -> text", _uuid),
}
