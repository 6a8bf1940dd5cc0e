"""Which numbers another version of a framework moves, and how far."""

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

TOLD = ("estimate", "standard_error", "ci_low", "ci_high", "n", "suppressed")
_ROUNDING = 1e-9


def moves(old: Sequence[Row], new: Sequence[Row], because: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
    """A row for each node and domain of either version, those of the new one first.

    `difference` is new less old, `beyond_ci` whether the new estimate lies outside the old interval; both are None
    where either number is. What is suppressed in one version is told of neither.
    """
    before, after = ({_key(row): row for row in rows} for rows in (old, new))
    return [_move(before.get(key), after.get(key), because.get(key[0], ())) for key in dict.fromkeys([*after, *before])]


def has_moved(move: Row) -> bool:
    """Whether the number is another one, beyond rounding, or has come or gone."""
    difference = move["difference"]
    return (move["old"] is None) != (move["new"] is None) or (difference is not None and abs(difference) > _ROUNDING)


def _key(row: Row) -> tuple[str, tuple[tuple[str, str], ...]]:
    return row["node"], tuple(row["domain"].items())


def _move(old: Row | None, new: Row | None, because: Sequence[int]) -> dict[str, Any]:
    either: Row = new or old or {}
    told = [None if row is None else {name: row[name] for name in TOLD} for row in (old, new)]
    code = next((each["suppressed"] for each in told if each and each["suppressed"]), None)
    if code:
        told = [each and {**dict.fromkeys(TOLD), "suppressed": code} for each in told]
    before, low, high = (_number(told[0], name) for name in ("estimate", "ci_low", "ci_high"))
    after = _number(told[1], "estimate")
    difference = None if before is None or after is None else after - before
    return {
        "node": either["node"],
        "level": either["level"],
        "domain": either["domain"],
        "old": told[0],
        "new": told[1],
        "difference": difference,
        "beyond_ci": _outside(after, low, high),
        "because": list(because),
    }


def _number(told: Row | None, name: str) -> float | None:
    value: float | None = (told or {}).get(name)
    return value


def _outside(estimate: float | None, low: float | None, high: float | None) -> bool | None:
    if estimate is None or low is None or high is None:
        return None
    return not low <= estimate <= high
