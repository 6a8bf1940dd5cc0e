"""One interview, scored: the value of each indicator."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import call
from typing import Any

from app.scoring.contribution import in_order
from app.scoring.framework import (
    Bins,
    CountRule,
    Framework,
    Goalposts,
    Indicator,
    MapRule,
    Rule,
    Scale,
    ScaleRule,
    locate,
    placing,
)
from app.scoring.lookups import value_of
from app.scoring.reading import Answers, Missing, Reading, Value, missing_codes
from app.scoring.rules import Scoring, SingleRule, compile_lookup, compile_rule, name_in

# Weighted means and linear rules may overshoot the end of a scale by rounding alone.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class FormScorer:
    """The indicators in the framework's order, up to the last that asks this form: for each the question that it looks
    up and how, and by its place in the order what reads several questions. What does not ask this form finds None.
    """

    questions: Sequence[str]
    lookups: Sequence[Callable[[Any], Value | None]]
    others: Mapping[int, Scoring]

    def score(self, answers: Answers) -> list[Value | None]:
        try:
            # An interview has dozens of these: no line of Python is run for one of them.
            found = list(map(call, self.lookups, map(answers.get, self.questions)))
        except TypeError:
            found = list(map(value_of, self.lookups, map(answers.get, self.questions)))
        for place, scoring in self.others.items():
            found[place] = scoring(answers)
        return found


@dataclass(frozen=True, slots=True)
class Scorer:
    """A framework made ready: what it reads of each form, as functions."""

    by_form: Mapping[str, FormScorer]
    checked: Mapping[str, tuple[tuple[str, tuple[Scoring, ...]], ...]]

    def score(self, form_id: str, answers: Answers) -> list[Value | None]:
        """In the framework's order, a score, or the reason why there is none, for each indicator that asks this form,
        and None for those that do not, up to the last that does; never raises.

        `answers` go from bare question names outside of repeats to values; unanswered questions are absent.
        """
        return self.by_form[form_id].score(answers) if form_id in self.by_form else []

    def items(self, form_id: str, answers: Answers) -> dict[str, list[float | None]]:
        """For each indicator that asks this form and whose scale is to be checked, the score of every item."""
        found = {}
        for indicator, items in self.checked.get(form_id, ()):
            values = [item(answers) for item in items]
            found[indicator] = [None if isinstance(value, str) else value for value in values]
        return found


def compile_framework(framework: Framework) -> Scorer:
    """The framework as functions, to be built once and called for every interview."""
    codes = missing_codes(framework.missing.codes)
    by_form: dict[str, dict[str, tuple[Indicator, Reading]]] = {}
    checked: dict[str, list[tuple[str, tuple[Scoring, ...]]]] = {}
    for indicator in framework.indicators:
        reading = Reading(framework.scale_of(indicator), codes, framework.missing.blank)
        form_id = locate(next(indicator.questions()), framework.form).form_id
        by_form.setdefault(form_id, {})[indicator.id] = indicator, reading
        if isinstance(indicator.rule, ScaleRule) and indicator.rule.alpha:
            items = tuple(compile_rule(item, reading) for item in indicator.rule.items)
            checked.setdefault(form_id, []).append((indicator.id, items))
    return Scorer(
        {form_id: _compile(asking, framework.order()) for form_id, asking in by_form.items()},
        {form_id: tuple(scales) for form_id, scales in checked.items()},
    )


def _compile(asking: Mapping[str, tuple[Indicator, Reading]], order: Iterable[str]) -> FormScorer:
    questions: list[str] = []
    lookups: list[Callable[[Any], Value | None]] = []
    others: dict[int, Scoring] = {}
    for place, each in enumerate(in_order(asking, order)):
        questions.append("")
        lookups.append(_nothing)
        if each is None:
            continue
        (indicator, reading), rule = each, each[0].rule
        finish = _finish(indicator, reading.scale)
        if isinstance(rule, SingleRule):
            questions[place], lookups[place] = name_in(rule.question), compile_lookup(rule, reading, finish)
        else:
            others[place] = compile_rule(rule, reading, finish)
    return FormScorer(questions, lookups, others)


def _nothing(_: Any) -> None:
    return None


def _finish(indicator: Indicator, scale: Scale) -> Callable[[float], Value]:
    mirrored = indicator.direction == -1 and not _says_direction(indicator.rule)
    return lambda score: _within(scale, scale.min + scale.max - score if mirrored else score)


def is_proportion(indicator: Indicator, scale: Scale) -> bool:
    """Whether its scores can only be 0 and 1, so that their mean is a share of those who answered."""
    return listed_scores(indicator, scale) == {0, 1}


def listed_scores(indicator: Indicator, scale: Scale) -> set[Value]:
    """All scores that there can be, if the rule names each of them; otherwise none."""
    is_reversed = isinstance(indicator.rule, MapRule) and indicator.rule.reverse
    finish, ends = _finish(indicator, scale), scale.min + scale.max
    return {finish(ends - score if is_reversed else score) for score in _listed(indicator.rule)}


def _listed(rule: Rule) -> list[float]:
    match rule:
        case MapRule():
            return list(rule.map.values())
        case CountRule() if rule.to is not None:
            return rule.to
    place = placing(rule)
    return place.scores if isinstance(place, Bins) else []


def _says_direction(rule: Rule) -> bool:
    """A rule that turns its own score must not be turned a second time."""
    place = placing(rule)
    return (isinstance(rule, MapRule) and rule.reverse) or (
        isinstance(place, Goalposts) and place.direction is not None
    )


def _within(scale: Scale, value: float) -> Value:
    if scale.min <= value <= scale.max:
        return value
    nearest = min(max(value, scale.min), scale.max)
    return nearest if abs(value - nearest) <= _ROUNDING else Missing.INVALID
