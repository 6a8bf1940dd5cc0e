"""What an answer holds: a value, or the reason why there is none."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.scoring.framework import Scale

Answers = Mapping[str, Any]
Value = float | str

UNASKED = object()
"""Stands where an answer would, had the form asked the question: no answer can be equal to it."""

_PLAIN_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", re.ASCII)


class Missing(StrEnum):
    """The reasons that every framework knows; missing codes may bring their own."""

    NOT_ASKED = "not_asked"
    NOT_APPLICABLE = "not_applicable"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_ANSWERED = "not_answered"
    TOO_FEW_ITEMS = "too_few_items"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Reading:
    """How every answer of an indicator is read: its scale, reasons by missing code, the reason of a blank."""

    scale: Scale
    codes: Mapping[str | float, str]
    blank: str

    def reason(self, answer: Any) -> str | None:
        """Why this answer holds no value, if it is a blank or a missing code, or nobody asked for it."""
        if answer is UNASKED:
            return Missing.NOT_ASKED
        if answer is None or answer == "" or answer == []:
            return self.blank
        if isinstance(answer, (str, int, float)) and not isinstance(answer, bool):
            return self.codes.get(answer)
        return None


def missing_codes(codes: Mapping[str, str]) -> dict[str | float, str]:
    """Reasons by code, so that the code "-99" is found by the answer "-99" and by the answer -99."""
    numbers = {value: reason for code, reason in codes.items() if (value := number(code)) is not None}
    return dict[str | float, str]([*codes.items(), *numbers.items()])


def number(answer: Any) -> float | None:
    """The finite number that an answer is, or that its text plainly spells, as calculates send it."""
    if isinstance(answer, bool) or not isinstance(answer, (str, int, float)):
        return None
    if isinstance(answer, str) and not _PLAIN_NUMBER.fullmatch(answer):
        return None
    try:
        value = float(answer)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None
