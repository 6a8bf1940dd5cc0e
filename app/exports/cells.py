"""An answer as the cells of a table."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.forms.interview import text_of_answer
from app.settings import WIB

Cells = Callable[[Any], list[str]]

FILE = ("sha256",)
GEOPOINT = ("latitude", "longitude", "altitude", "accuracy")

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_BEGINS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 -- Excel reads the wide ones too.


def text(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection."""
    shown = text_of_answer(value)
    if shown.startswith(_BEGINS_A_FORMULA) and isinstance(value, str | list) and not _NUMBER.fullmatch(shown):
        return f"'{shown}"
    return shown


def moment(value: dt.datetime | None) -> str:
    """ISO 8601 in the time of the fieldwork, so that the day is the one on which the interview is counted."""
    return value.astimezone(WIB).isoformat() if value else ""


def yes_or_no(value: bool) -> str:
    return "1" if value else "0"


def one(value: Any) -> list[str]:
    return [text(value)]


def point(value: Any) -> list[str]:
    """The four numbers of a geopoint; empty where it is none."""
    numbers = value.split() if isinstance(value, str) else []
    usable = 2 <= len(numbers) <= 4 and all(map(_NUMBER.fullmatch, numbers))
    return [*numbers, *[""] * (4 - len(numbers))] if usable else [""] * 4


def file(value: Any) -> list[str]:
    """The name of a file and the hash of what came under it; what is no name has none."""
    name, sha256 = value if isinstance(value, tuple) else (value, "")
    return [text(name), sha256]


def chosen(offered: Sequence[str]) -> Cells:
    """The chosen names, and for each that is offered 1 or 0; nothing where the question was not answered."""

    def cells(value: Any) -> list[str]:
        names = names_of(value)
        if not names:
            return [""] * (len(offered) + 1)
        return [text(" ".join(names)), *(yes_or_no(name in names) for name in offered)]

    return cells


def names_of(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text_of_answer(name) for name in value]
    return text_of_answer(value).split()


def renamed(value: Any, choices: Mapping[str, str], *, many: bool) -> Any:
    """A chosen name, or several, as they are called now; of those that became one, one stays."""
    if many:
        return list(dict.fromkeys(choices.get(name, name) for name in names_of(value)))
    return choices.get(text_of_answer(value), value)
