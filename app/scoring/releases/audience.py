"""For whom numbers are released, and what the public is told of them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from app.scoring.domains import MOST

STEP = 5
"""The public is told counts of people in such steps, so that nobody looks for the one more or less."""

LEFT_OUT = ("df", "n_psu", "n_strata", "n_effective", "design_effect")
"""What an exact count follows from."""


class Audience(StrEnum):
    ANALYSTS = "analysts"
    PUBLIC = "public"

    @property
    def most(self) -> int:
        """How many dimensions may be apart at once."""
        return MOST if self is Audience.ANALYSTS else 1


def for_public(document: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of `/scores` without exact counts of people."""
    watermark = document["watermark"]
    return {
        **document,
        "watermark": {**watermark, "submissions": _in_steps(watermark["submissions"])},
        "scores": [_softened(row) for row in document["scores"]],
    }


def rounded(count: int) -> int:
    """The count in steps. Where a framework lets fewer than a step be published, they are told as they are."""
    return count if count < STEP else _in_steps(count)


def _in_steps(count: int) -> int:
    return (count + STEP // 2) // STEP * STEP


def _softened(row: Mapping[str, Any]) -> dict[str, Any]:
    steps = {reason: _in_steps(count) for reason, count in row["missing"].items()}
    return {
        **{name: value for name, value in row.items() if name not in LEFT_OUT},
        "n": None if row["n"] is None else rounded(row["n"]),
        "missing": {reason: count for reason, count in steps.items() if count},
    }
