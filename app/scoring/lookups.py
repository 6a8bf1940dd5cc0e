"""How the answer to one question becomes a score: each such rule as one plain function, built once."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from functools import lru_cache
from operator import call
from typing import Any, TypeVar

from app.scoring.framework import Bins, BinsRule, CountRule, Goalposts, GoalpostsRule, MapRule, Scale
from app.scoring.reading import UNASKED, Missing, Reading, Value, number

Lookup = Callable[[Any], Value]
"""From an answer to its value. What no table can hold, a list or an object, is looked up with `value_of`."""

T = TypeVar("T")

_MOST_ANSWERS = 1024


class _Table(dict[Any, Value]):
    """The value of each text that may be answered; others are not remembered."""

    def __init__(self, known: dict[Any, Value], reading: Reading) -> None:
        super().__init__(known)
        self._reading = reading

    def __missing__(self, answer: Any) -> Value:
        reason = None if isinstance(answer, str) else self._reading.reason(answer)
        return Missing.INVALID if reason is None else reason


def value_of(lookup: Callable[[Any], T], answer: Any) -> T | Value:
    """The same of any answer. Where one choice or a number is asked for, no choice at all is no answer."""
    try:
        return lookup(answer)
    except TypeError:
        if isinstance(answer, list | dict):
            return lookup(None) if answer == [] else Missing.INVALID
        raise


def look_up(lookups: Iterable[Callable[[Any], T]], answers: Iterable[Any]) -> list[T | Value]:
    """The values of several answers, each by a lookup of its own."""
    given = list(answers)
    try:
        # An interview has dozens of these: no line of Python is run for one of them.
        return list(map(call, lookups, given))
    except TypeError:
        return list(map(value_of, lookups, given))


def mapped(rule: MapRule, reading: Reading, finish: Callable[[float], Value]) -> Lookup:
    """The score of each choice."""
    ends = reading.scale.min + reading.scale.max
    table: dict[Any, Value] = {
        **{code: reason for code, reason in reading.codes.items() if isinstance(code, str)},
        "": reading.blank,
        **dict.fromkeys(rule.not_applicable, Missing.NOT_APPLICABLE),
        **{choice: finish(ends - score if rule.reverse else score) for choice, score in rule.map.items()},
    }
    table |= {None: table[""], UNASKED: Missing.NOT_ASKED}
    return _Table(table, reading).__getitem__


def numbered(rule: BinsRule | GoalpostsRule, reading: Reading, finish: Callable[[float], Value]) -> Lookup:
    """The place of a number."""
    place = in_bins(rule) if isinstance(rule, BinsRule) else between_goalposts(rule, reading.scale)

    def find(answer: Any) -> Value:
        value = number_in(answer, reading)
        if isinstance(value, str):
            return value
        placed = place(value)
        return placed if isinstance(placed, str) else finish(placed)

    # By type too, for 1 is a number and True, which equals it, is none.
    return lru_cache(_MOST_ANSWERS, typed=True)(find)


def number_in(answer: Any, reading: Reading) -> Value:
    """The number that an answer tells, on no scale yet."""
    reason = reading.reason(answer)
    if reason is not None:
        return reason
    value = number(answer)
    if value is None:
        return Missing.INVALID
    return reading.codes.get(value, value)


def in_bins(rule: Bins) -> Callable[[float], Value]:
    # A bin that is closed on the left holds its lower edge, so an equal value lies right of that edge.
    find = bisect_right if rule.closed == "left" else bisect_left
    return lambda value: rule.scores[find(rule.edges, value)]


def between_goalposts(rule: Goalposts, scale: Scale) -> Callable[[float], Value]:
    def place(value: float) -> Value:
        share = (value - rule.low) / (rule.high - rule.low)
        if not rule.clip and not 0 <= share <= 1:
            return Missing.INVALID
        clipped = min(1.0, max(0.0, share))
        return _along(scale, 1 - clipped if rule.direction == -1 else clipped)

    return place


def counted(rule: CountRule, reading: Reading, finish: Callable[[float], Value]) -> Lookup:
    """How many of the options are chosen."""
    none, options = frozenset(rule.none), frozenset(rule.options)
    codes = {code: reason for code, reason in reading.codes.items() if code not in options | none}
    alone = none.union(codes)
    place = _count(rule, reading.scale)

    @lru_cache(_MOST_ANSWERS)
    def find(*choices: Any) -> Value:
        if not all(isinstance(choice, str) for choice in choices):
            return Missing.INVALID
        chosen = frozenset(choices)
        if chosen.isdisjoint(alone) or chosen <= none:
            return finish(place(chosen & options))
        return codes.get(choices[0], Missing.INVALID) if len(chosen) == 1 else Missing.INVALID

    def lookup(answer: Any) -> Value:
        if isinstance(answer, list) and answer:
            return find(*answer)
        reason = reading.reason(answer)
        return Missing.INVALID if reason is None else reason

    return lookup


def _count(rule: CountRule, scale: Scale) -> Callable[[frozenset[str]], float]:
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


def _along(scale: Scale, share: float) -> float:
    return scale.min + share * (scale.max - scale.min)
