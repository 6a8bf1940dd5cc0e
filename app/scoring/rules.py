"""How answers become a score: each rule of a framework as one plain function, built once.

A value is a float, or the reason why there is none. Nothing raises and nothing is guessed: an answer that a
rule does not know is `invalid`. The framework has passed `app.scoring.check`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from app.scoring.framework import (
    Bins,
    BinsRule,
    CountRule,
    GoalpostsRule,
    MapRule,
    RatioRule,
    Rule,
    Scale,
    ScaleRule,
    locate,
    placing,
)
from app.scoring.lookups import (
    Lookup,
    between_goalposts,
    counted,
    in_bins,
    look_up,
    mapped,
    number_in,
    numbered,
    value_of,
)
from app.scoring.reading import Answers, Missing, Reading, Value

Scoring = Callable[[Answers], Value]
SingleRule = MapRule | BinsRule | GoalpostsRule | CountRule

T = TypeVar("T")

# Of an item that a scale fills itself when nobody answered it; no reason of a framework can be empty.
_UNANSWERED = ""


def compile_rule(rule: Rule, reading: Reading, finish: Callable[[float], Value] = float) -> Scoring:
    """The rule as a function from the answers of one interview to a value. `finish` has the last word on each score."""
    match rule:
        case ScaleRule():
            read, combine = compile_items(rule, reading), compile_combination(rule)
            return then(lambda answers: combine(read(answers)), finish)
        case RatioRule():
            return then(then(_ratio(rule, reading), _placed(rule, reading.scale)), finish)
        case _:
            return _at(name_in(rule.question), compile_lookup(rule, reading, finish))


def compile_lookup(rule: SingleRule, reading: Reading, finish: Callable[[float], Value] = float) -> Lookup:
    """A rule that reads one question, as a function of its answer."""
    match rule:
        case MapRule():
            return mapped(rule, reading, finish)
        case CountRule():
            return counted(rule, reading, finish)
        case _:
            return numbered(rule, reading, finish)


def compile_items(rule: ScaleRule, reading: Reading) -> Callable[[Answers], list[Value]]:
    """The value of each item of a scale."""
    inner = reading if rule.blank is None else replace(reading, blank=_UNANSWERED)
    questions = [name_in(item.question) for item in rule.items]
    lookups = [compile_lookup(item, inner) for item in rule.items]
    return lambda answers: look_up(lookups, map(answers.get, questions))


def compile_combination(rule: ScaleRule) -> Callable[[Sequence[Value]], Value]:
    """The score of a scale, from the values of its items."""
    filled = set() if rule.blank is None else {_UNANSWERED, Missing.NOT_ASKED}
    fill, weights = rule.blank or 0.0, rule.weights or [1.0] * len(rule.items)
    whole = sum(weights) if rule.combine == "sum" else 1.0

    def combine(values: Sequence[Value]) -> Value:
        total = present = 0.0
        answered = len(values)
        for value, weight in zip(values, weights, strict=True):
            if isinstance(value, str):
                answered -= 1
                if value not in filled:
                    continue
                value = fill
            total += weight * value
            present += weight
        if answered < len(values):
            applicable = len(values) - values.count(Missing.NOT_APPLICABLE)
            if values.count(Missing.NOT_ASKED) == len(values):
                return Missing.NOT_ASKED
            if not applicable:
                return Missing.NOT_APPLICABLE
            if answered < (rule.min_answered or (1 if filled else applicable)):
                return Missing.TOO_FEW_ITEMS
        return total / (present / whole)

    return combine


def name_in(question: str) -> str:
    """The name of a question that its form may stand before."""
    return locate(question, "").name


def read_number(question: str, reading: Reading) -> Scoring:
    """The number that answers a question, on no scale yet."""
    name = name_in(question)
    return lambda answers: number_in(answers.get(name), reading)


def _at(name: str, lookup: Lookup) -> Scoring:
    return lambda answers: value_of(lookup, answers.get(name))


def then(scoring: Callable[[T], Value], step: Callable[[float], Value]) -> Callable[[T], Value]:
    """The same, with one more step for what is a score."""

    def score(given: T) -> Value:
        value = scoring(given)
        return value if isinstance(value, str) else step(value)

    return score


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
    return in_bins(place) if isinstance(place, Bins) else between_goalposts(place, scale)
