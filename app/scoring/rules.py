"""How answers become a score: each rule of a framework as one plain function, built once.

A value is a float, or the reason why there is none. Nothing raises and nothing is guessed: an answer that a
rule does not know is `invalid`. The framework has passed `app.scoring.check`.
"""

import math
from collections.abc import Callable
from dataclasses import replace

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
from app.scoring.lookups import Lookup, between_goalposts, counted, in_bins, mapped, number_in, numbered, value_of
from app.scoring.reading import Answers, Missing, Reading, Value

Scoring = Callable[[Answers], Value]
SingleRule = MapRule | BinsRule | GoalpostsRule | CountRule

# Of an item that a scale fills itself when nobody answered it; no reason of a framework can be empty.
_UNANSWERED = ""


def compile_rule(rule: Rule, reading: Reading, finish: Callable[[float], Value] = float) -> Scoring:
    """The rule as a function from the answers of one interview to a value. `finish` has the last word on each score."""
    match rule:
        case ScaleRule():
            return _then(_scale(rule, reading), finish)
        case RatioRule():
            return _then(_then(_ratio(rule, reading), _placed(rule, reading.scale)), finish)
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


def name_in(question: str) -> str:
    """The name of a question that its form may stand before."""
    return locate(question, "").name


def read_number(question: str, reading: Reading) -> Scoring:
    """The number that answers a question, on no scale yet."""
    name = name_in(question)
    return lambda answers: number_in(answers.get(name), reading)


def _at(name: str, lookup: Lookup) -> Scoring:
    return lambda answers: value_of(lookup, answers.get(name))


def _then(scoring: Scoring, step: Callable[[float], Value]) -> Scoring:
    def score(answers: Answers) -> Value:
        value = scoring(answers)
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


def _scale(rule: ScaleRule, reading: Reading) -> Scoring:
    fills, fill = rule.blank is not None, rule.blank or 0.0
    inner = replace(reading, blank=_UNANSWERED) if fills else reading
    weights = rule.weights or [1.0] * len(rule.items)
    questions = [name_in(item.question) for item in rule.items]
    lookups = [compile_lookup(item, inner) for item in rule.items]
    whole = sum(weights) if rule.combine == "sum" else 1.0

    def score(answers: Answers) -> Value:
        total = present = 0.0
        answered, asked, applicable = 0, len(lookups), len(lookups)
        for value, weight in zip(map(value_of, lookups, map(answers.get, questions)), weights, strict=True):
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
