"""How answers become a score: each rule of a framework as one plain function, built once.

A value is a float, or the reason why there is none. Nothing raises and nothing is guessed: an answer that a
rule does not know is `invalid`. The framework has passed `app.scoring.check`.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.scoring.framework import (
    Bins,
    BinsRule,
    CountRule,
    Goalposts,
    GoalpostsRule,
    MapRule,
    RatioRule,
    Rule,
    Scale,
    ScaleRule,
    locate,
    placing,
)

Answers = Mapping[str, Any]
Value = float | str
Scoring = Callable[[Answers], Value]

UNASKED = object()
"""Stands where an answer would, had the form asked the question: no answer can be equal to it."""

# Of an item that a scale fills itself when nobody answered it; no reason of a framework can be empty.
_UNANSWERED = ""
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


def compile_rule(rule: Rule, reading: Reading, finish: Callable[[float], Value] = float) -> Scoring:
    """The rule as a function from the answers of one interview to a value. `finish` has the last word on each score."""
    match rule:
        case MapRule():
            return _map(rule, reading, finish)
        case BinsRule():
            return _then(_then(read_number(rule.question, reading), _bins(rule)), finish)
        case GoalpostsRule():
            return _then(_then(read_number(rule.question, reading), _goalposts(rule, reading.scale)), finish)
        case CountRule():
            return _then(_count(rule, reading), finish)
        case ScaleRule():
            return _then(_scale(rule, reading), finish)
        case RatioRule():
            return _then(_then(_ratio(rule, reading), _placed(rule, reading.scale)), finish)


def read_number(question: str, reading: Reading) -> Scoring:
    """The number that answers a question, on no scale yet."""
    name = _name(question)

    def score(answers: Answers) -> Value:
        answer = answers.get(name)
        reason = reading.reason(answer)
        if reason is not None:
            return reason
        value = number(answer)
        if value is None:
            return Missing.INVALID
        return reading.codes.get(value, value)

    return score


def _then(scoring: Scoring, step: Callable[[float], Value]) -> Scoring:
    def score(answers: Answers) -> Value:
        value = scoring(answers)
        return value if isinstance(value, str) else step(value)

    return score


def _name(question: str) -> str:
    return locate(question, "").name


def _map(rule: MapRule, reading: Reading, finish: Callable[[float], Value]) -> Scoring:
    """Each score is finished here: the rules of most indicators are such tables."""
    name, ends = _name(rule.question), reading.scale.min + reading.scale.max
    invalid: Value = Missing.INVALID
    table: dict[str | float, Value] = {
        **reading.codes,
        "": reading.blank,
        **dict.fromkeys(rule.not_applicable, Missing.NOT_APPLICABLE),
        **{choice: finish(ends - score if rule.reverse else score) for choice, score in rule.map.items()},
    }

    def score(answers: Answers) -> Value:
        answer = answers.get(name, "")
        if isinstance(answer, str):
            return table.get(answer, invalid)
        reason = reading.reason(answer)
        return Missing.INVALID if reason is None else reason

    return score


def _bins(rule: Bins) -> Callable[[float], Value]:
    # A bin that is closed on the left holds its lower edge, so an equal value lies right of that edge.
    find = bisect_right if rule.closed == "left" else bisect_left
    return lambda value: rule.scores[find(rule.edges, value)]


def _goalposts(rule: Goalposts, scale: Scale) -> Callable[[float], Value]:
    def place(value: float) -> Value:
        share = (value - rule.low) / (rule.high - rule.low)
        if not rule.clip and not 0 <= share <= 1:
            return Missing.INVALID
        clipped = min(1.0, max(0.0, share))
        return _along(scale, 1 - clipped if rule.direction == -1 else clipped)

    return place


def _along(scale: Scale, share: float) -> float:
    return scale.min + share * (scale.max - scale.min)


def _ratio(rule: RatioRule, reading: Reading) -> Scoring:
    read_numerator, read_denominator = (read_number(each, reading) for each in (rule.numerator, rule.denominator))

    def score(answers: Answers) -> Value:
        numerator, denominator = read_numerator(answers), read_denominator(answers)
        if isinstance(numerator, str):
            return numerator
        if isinstance(denominator, str):
            return denominator
        rate = numerator / denominator if denominator > 0 else math.inf
        return rate if math.isfinite(rate) else Missing.INVALID

    return score


def _placed(rule: RatioRule, scale: Scale) -> Callable[[float], Value]:
    place = placing(rule)
    assert place is not None
    return _bins(place) if isinstance(place, Bins) else _goalposts(place, scale)


def _count(rule: CountRule, reading: Reading) -> Scoring:
    name, none, options = _name(rule.question), frozenset(rule.none), frozenset(rule.options)
    named = options | none
    codes = {code: reason for code, reason in reading.codes.items() if code not in named}
    alone = none.union(codes)
    place = _counted(rule, reading.scale)

    def score(answers: Answers) -> Value:
        answer = answers.get(name)
        if not isinstance(answer, list) or not answer:
            reason = reading.reason(answer)
            return Missing.INVALID if reason is None else reason
        if not all(isinstance(choice, str) for choice in answer):
            return Missing.INVALID
        chosen = frozenset(answer)
        if chosen.isdisjoint(alone) or chosen <= none:
            return place(chosen & options)
        return codes.get(answer[0], Missing.INVALID) if len(chosen) == 1 else Missing.INVALID

    return score


def _counted(rule: CountRule, scale: Scale) -> Callable[[frozenset[str]], float]:
    if rule.to is not None:
        scores = rule.to
        return lambda chosen: scores[len(chosen)]
    weights = rule.weights or dict.fromkeys(rule.options, 1.0)
    low, high = rule.low, sum(weights.values()) if rule.high is None else rule.high

    def place(chosen: frozenset[str]) -> float:
        # In the framework's order: that of a set changes from process to process, and the sum with it.
        count = sum(weight for option, weight in weights.items() if option in chosen)
        return _along(scale, min(1.0, max(0.0, (count - low) / (high - low))))

    return place


def _scale(rule: ScaleRule, reading: Reading) -> Scoring:
    fills, fill = rule.blank is not None, rule.blank or 0.0
    inner = replace(reading, blank=_UNANSWERED) if fills else reading
    weights = rule.weights or [1.0] * len(rule.items)
    items = [(compile_rule(item, inner), weight) for item, weight in zip(rule.items, weights, strict=True)]
    whole = sum(weights) if rule.combine == "sum" else 1.0

    def score(answers: Answers) -> Value:
        total = present = 0.0
        answered, asked, applicable = 0, len(items), len(items)
        for item, weight in items:
            value = item(answers)
            asked -= value == Missing.NOT_ASKED
            if not isinstance(value, str):
                answered += 1
            elif value == _UNANSWERED or (fills and value == Missing.NOT_ASKED):
                value = fill
            else:
                applicable -= value == Missing.NOT_APPLICABLE
                continue
            total += weight * value
            present += weight
        if not asked:
            return Missing.NOT_ASKED
        if not applicable:
            return Missing.NOT_APPLICABLE
        if answered < (rule.min_answered or (1 if fills else applicable)):
            return Missing.TOO_FEW_ITEMS
        return total / (present / whole)

    return score
