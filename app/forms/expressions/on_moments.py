"""Functions on dates and times, in the zone of the interview."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from app.forms.expressions.context import EvaluationError, Run, Value
from app.forms.expressions.moments import (
    days_of,
    days_of_moment,
    moment_of_days,
    moment_text,
    part_of_day,
    read_moment,
)
from app.forms.expressions.signatures import Function, function
from app.forms.expressions.values import text_of

_PLAIN_NUMBER = re.compile(r"(-?\d{1,15})(?:\.\d+)?", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FORMATS: Mapping[str, Callable[[datetime], str]] = {
    "%": lambda moment: "%",
    "Y": lambda moment: f"{moment.year:04}",
    "y": lambda moment: f"{moment.year:04}"[2:],
    "m": lambda moment: f"{moment.month:02}",
    "n": lambda moment: str(moment.month),
    "b": lambda moment: _MONTHS[moment.month - 1],
    "d": lambda moment: f"{moment.day:02}",
    "e": lambda moment: str(moment.day),
    "a": lambda moment: _WEEKDAYS[moment.weekday()],
    "H": lambda moment: f"{moment.hour:02}",
    "h": lambda moment: str(moment.hour),
    "M": lambda moment: f"{moment.minute:02}",
    "S": lambda moment: f"{moment.second:02}",
    "3": lambda moment: f"{moment.microsecond // 1000:03}",
}


def _moment(run: Run, value: Value) -> datetime | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return moment_of_days(value, run.zone)
    text = text_of(value, run)
    if days := _PLAIN_NUMBER.fullmatch(text):
        return moment_of_days(float(days[1]), run.zone)
    moment = read_moment(text, run.zone)
    return moment and moment_of_days(days_of_moment(moment), run.zone)


def _date(run: Run, value: Value) -> str:
    """Text that is a date or a date and time; a number is days since 1970."""
    if not isinstance(value, float | bool) and not text_of(value, run):
        return ""
    return moment_text(_moment(run, value))


def _time(run: Run, value: Value) -> str:
    """The time of day of a date and time, or the time as it was given."""
    text = text_of(value, run)
    if not math.isnan(part_of_day(text, run.now)):
        return text
    moment = _moment(run, value)
    return "" if moment is None else moment.timetz().isoformat(timespec="milliseconds")


def _format(run: Run, value: Value, pattern: str) -> str:
    moment = _moment(run, value)
    if moment is None:
        return ""
    written: list[str] = []
    characters = iter(pattern)
    for character in characters:
        if character == "%":
            code = next(characters, "")
            if code not in _FORMATS:
                raise EvaluationError(f"dates have no format %{code}")
            character = _FORMATS[code](moment)
        written.append(character)
    return "".join(written)


def _decimal_date_time(run: Run, value: Value) -> float:
    return value if isinstance(value, float) else days_of(text_of(value, run), run.zone)


def _decimal_time(run: Run, value: Value) -> float:
    return math.nan if isinstance(value, float) else part_of_day(text_of(value, run), run.now)


def _now(run: Run) -> str:
    return run.now.isoformat(timespec="milliseconds")


def _today(run: Run) -> str:
    return run.now.date().isoformat()


FUNCTIONS: Mapping[str, Function] = {
    "now": function("run -> text", _now),
    "today": function("run -> text", _today),
    "date": function("run any -> text", _date),
    "date-time": function("run any -> text", _date),
    "time": function("run any -> text", _time),
    "format-date": function("run any text -> text", _format),
    "format-date-time": function("run any text -> text", _format),
    "decimal-date": function("run any -> number", _decimal_date_time),
    "decimal-date-time": function("run any -> number", _decimal_date_time),
    "decimal-time": function("run any -> number", _decimal_time),
}
