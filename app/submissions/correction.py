"""Reading an interview otherwise than it was sent: what a coordinator has changed, laid over what the tablet said."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

MEMBERS = ("form_id", "version", "deprecated_id")
"""What a correction may change of an item beside its answers."""

_STEP = re.compile(r"([^/\[\]]+)(?:\[([1-9][0-9]{0,3})\])?")


class Misplaced(ValueError):
    """An answer cannot stand at this path. Its argument is the path."""


def without_doubtful(raw: bytes) -> dict[str, Any]:
    """What is certain of an item that cannot be read as a whole: nothing, or all but the members that stand twice."""
    try:
        content = _certain.decode(raw.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def correct(content: dict[str, Any], changes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Change an item's content in place, one change after the other, and return it.

    A change holds some of `MEMBERS`, and `answers` by path as flags spell it (`house/roof`, `member[2]/age`); None
    takes an answer away. Raises `Misplaced`.
    """
    for change in changes:
        content |= {name: change[name] for name in MEMBERS if name in change}
        if not isinstance(content.get("answers"), dict):
            content["answers"] = {}
        for path, answer in change.get("answers", {}).items():
            _put(content["answers"], path, answer)
    return content


def answer_at(answers: Any, path: str) -> Any:
    """The answer at this path, or None."""
    for step in path.split("/"):
        answers = answers.get(step) if isinstance(answers, dict) else None
    return answers


def _put(answers: dict[str, Any], path: str, answer: Any) -> None:
    *groups, (name, row) = _steps(path)
    if row is not None:
        raise Misplaced(path)
    place: Any = answers
    for group, number in groups:
        place = place.setdefault(group, {} if number is None else [])
        if number is not None:
            place = _row(place, number, path)
        if not isinstance(place, dict):
            raise Misplaced(path)
    if answer is None:
        place.pop(name, None)
    else:
        place[name] = answer


def _steps(path: str) -> list[tuple[str, int | None]]:
    matches = [_STEP.fullmatch(step) for step in path.split("/")]
    if None in matches:
        raise Misplaced(path)
    return [(match[1], int(match[2]) if match[2] else None) for match in matches if match]


def _row(rows: Any, number: int, path: str) -> Any:
    """The row of a repeat, counted from 1; one behind the last begins a new row."""
    if not isinstance(rows, list) or number > len(rows) + 1:
        raise Misplaced(path)
    if number > len(rows):
        rows.append({})
    return rows[number - 1]


def _only_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    counts = Counter(name for name, _ in pairs)
    return {name: value for name, value in pairs if counts[name] == 1}


_certain = json.JSONDecoder(object_pairs_hook=_only_once)
