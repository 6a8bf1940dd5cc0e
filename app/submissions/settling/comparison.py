"""Contents of one interview side by side."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.submissions.identity import Unreadable, canonical


def differing(answers: Sequence[Mapping[str, Any] | None]) -> list[dict[str, Any]]:
    """Every path at which the answers differ: `path`, and `values` in the order of the contents, None where empty.

    Numbers are compared by value and texts in one spelling, as for the content hash.
    """
    leaves = [dict(_leaves(_readable(each), "")) for each in answers]
    paths = dict.fromkeys(path for own in leaves for path in own)
    rows = [{"path": path, "values": [own.get(path) for own in leaves]} for path in paths]
    return [row for row in rows if len(set(row["values"])) > 1]


def _readable(answers: Mapping[str, Any] | None) -> Any:
    try:
        return canonical(dict(answers or {}))
    except Unreadable:
        return None


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, f"{path}/{name}" if path else name)
    elif isinstance(value, list):
        for number, member in enumerate(value, start=1):
            yield from _leaves(member, f"{path}[{number}]")
    elif value is not None:
        yield path, value
