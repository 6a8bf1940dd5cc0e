"""Reading an interview's answers by its form: typed values for what fits, flags for what does not.

`reader(form)` is made once a form version. Values outside of repeats are found by bare question name, as scoring and
placement want them; answers inside repeats are checked but not flattened.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

from app.forms.flags import MOST_FLAGS, Flag
from app.forms.questions import Form, Group, Question

Scalar = str | int | float | list[str]

SAFE_INTEGER = 2**53
"""Beyond this a tablet's JavaScript cannot hold every whole number."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_OTHER = "other"


@dataclass(slots=True)
class Answers:
    """Typed values by bare name (answers that do not fit their question are left out), and the flags."""

    values: dict[str, Scalar]
    flags: list[Flag]

    def flag(self, code: str, path: str, **facts: str) -> None:
        self.add(Flag(code, path, facts))

    def add(self, flag: Flag) -> None:
        if len(self.flags) < MOST_FLAGS:
            self.flags.append(flag)
        elif len(self.flags) == MOST_FLAGS:
            self.flags.append(Flag("more_flags", ""))


class Misfit(ValueError):
    """The answer does not fit its question. Its argument is the flag's code."""


_NOTHING: tuple[type[Any], Container[Any]] = (type(None), ())

_Read = Callable[[Any], Scalar]
_Take = Callable[[Any, str, Answers], None]


def reader(form: Form) -> Callable[[Mapping[str, Any]], Answers]:
    """A function from an instance tree (groups are objects, repeats lists of objects) to its `Answers`."""
    take_root = _group(form.root, form, inside_repeat=False)

    def read(tree: Mapping[str, Any]) -> Answers:
        answers = Answers({}, [])
        take_root(tree, "", answers)
        return answers

    return read


def _group(group: Group, form: Form, *, inside_repeat: bool) -> _Take:
    takers: dict[str, _Take] = {}
    usual: dict[str, tuple[type[Any], Container[Any]]] = {}
    for name, child in group.children.items():
        if isinstance(child, Question):
            takers[name] = _question(child, form, inside_repeat=inside_repeat)
            if fitting := _usual(child, form):
                usual[name] = fitting
        else:
            members = _group(child, form, inside_repeat=inside_repeat or child.repeat)
            takers[name] = _repeat(members) if child.repeat else members

    def take(tree: Any, path: str, answers: Answers) -> None:
        if not isinstance(tree, dict):
            answers.flag("type", path, expected="group")
            return
        prefix = f"{path}/" if path else ""
        values: dict[str, Scalar] = {} if inside_repeat else answers.values
        for name, value in tree.items():
            kind, offered = usual.get(name, _NOTHING)
            if type(value) is kind and (value in offered if offered else value):
                values[name] = value
                continue
            taker = takers.get(name)
            if taker is None:
                if name != "meta":
                    answers.flag("unknown_field", prefix + name)
            elif not _empty(value):
                taker(value, prefix + name, answers)

    return take


def _usual(question: Question, form: Form) -> tuple[type[Any], Container[Any]] | None:
    """Type and members of what nearly every answer to this question is, to be taken without a closer look."""
    if question.type == "integer":
        return int, range(-SAFE_INTEGER, SAFE_INTEGER + 1)
    if question.type == "select_one":
        known = form.choices.get(question.list_name or "")
        return (str, frozenset(known)) if known else None
    return (str, ()) if _type_reader(question, form) is _text else None


def _repeat(members: _Take) -> _Take:
    def take(value: Any, path: str, answers: Answers) -> None:
        rows = value if isinstance(value, list) else [value]
        for number, row in enumerate(rows, start=1):
            if len(answers.flags) > MOST_FLAGS:
                return
            members(row, f"{path}[{number}]", answers)

    return take


def _question(question: Question, form: Form, *, inside_repeat: bool) -> _Take:
    read = _type_reader(question, form)
    expected = question.list_name if question.list_name else question.type

    def take(value: Any, path: str, answers: Answers) -> None:
        try:
            typed = read(value)
        except Misfit as misfit:
            code = str(misfit.args[0])
            answers.flag(code, path, expected=question.type if code == "type" else str(expected))
        else:
            if not inside_repeat:
                answers.values[question.name] = typed

    return take


def _type_reader(question: Question, form: Form) -> _Read:
    if question.type in ("select_one", "select_multiple", "rank"):
        # A list that comes from a file or a filter over another instance is not in the form: any name may be in it.
        known = frozenset(form.choices.get(question.list_name or "", ()))
        offered = known | {_OTHER} if known and question.or_other else known
        return _one_of(offered) if question.type == "select_one" else _some_of(offered)
    return _READERS.get(question.type, _text)


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Misfit("type")
    return value


def _anything(value: Any) -> Scalar:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return value
    raise Misfit("type")


def _integer(value: Any) -> int:
    number = _decimal(value)
    if not float(number).is_integer() or abs(number) > SAFE_INTEGER:
        raise Misfit("type")
    return int(number)


def _decimal(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Misfit("type")
    return value


def _name(value: Any) -> str:
    """A choice's name. Names that are numbers may be sent as numbers, spelled 1 or 1.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Misfit("type")
    return str(value)


def _one_of(offered: frozenset[str]) -> _Read:
    def read(value: Any) -> str:
        name = _name(value)
        if offered and name not in offered:
            raise Misfit("choice")
        return name

    return read


def _some_of(offered: frozenset[str]) -> _Read:
    def read(value: Any) -> list[str]:
        names = value.split() if isinstance(value, str) else value
        if not isinstance(names, list):
            raise Misfit("type")
        names = [name if isinstance(name, str) else _name(name) for name in names]
        if offered and not offered.issuperset(names):
            raise Misfit("choice")
        return names

    return read


def _date(value: Any) -> str:
    return _if_it_parses(dt.date.fromisoformat, _text(value) if _DATE.fullmatch(str(value)) else "")


def _time(value: Any) -> str:
    return _if_it_parses(dt.time.fromisoformat, _text(value))


def _datetime(value: Any) -> str:
    text = _text(value)
    return _if_it_parses(dt.datetime.fromisoformat, text if "T" in text else "")


def _if_it_parses(parse: Callable[[str], object], text: str) -> str:
    try:
        parse(text)
    except ValueError as error:
        raise Misfit("type") from error
    return text


def _geopoint(value: Any) -> str:
    """`lat lon [altitude [accuracy]]`: degrees, degrees, metres, metres."""
    text = _text(value)
    if "_" in text or not text.isascii():
        # Python's own parser takes 1_0 and full-width digits.
        raise Misfit("type")
    try:
        numbers = [float(part) for part in text.split()]
    except ValueError as error:
        raise Misfit("type") from error
    inside = 2 <= len(numbers) <= 4 and abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180
    if not inside or not all(map(math.isfinite, numbers)):
        raise Misfit("type")
    return text


def _geoline(value: Any) -> str:
    text = _text(value)
    points = [point for point in text.split(";") if point.strip()]
    if len(points) < 2:
        raise Misfit("type")
    for point in points:
        _geopoint(point)
    return text


_READERS: dict[str, _Read] = {
    "integer": _integer,
    "decimal": _decimal,
    "range": _decimal,
    "date": _date,
    "today": _date,
    "time": _time,
    "datetime": _datetime,
    "start": _datetime,
    "end": _datetime,
    "geopoint": _geopoint,
    "geotrace": _geoline,
    "geoshape": _geoline,
    "calculate": _anything,
    "hidden": _anything,
    "note": _anything,
    "acknowledge": _anything,
}
