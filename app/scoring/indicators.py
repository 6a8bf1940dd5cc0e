"""One interview, scored: the value of each indicator."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

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
from app.scoring.lookups import look_up
from app.scoring.reading import Answers, Missing, Reading, Value, missing_codes
from app.scoring.rules import (
    Scoring,
    SingleRule,
    compile_combination,
    compile_items,
    compile_lookup,
    compile_rule,
    name_in,
    then,
)

# Weighted means and linear rules may overshoot the end of a scale by rounding alone.
_ROUNDING = 1e-9
# JSON has no room for whole numbers of any size, and above this one floats leave some out.
_MOST_WHOLE = 2**53


class Scores(NamedTuple):
    """One interview's value of each indicator in the framework's order, up to the last that asks its form: a score, the
    reason why there is none, or None where the form is not asked. `items` are the scores of the items, or None, of
    scales that are to be checked.
    """

    values: Sequence[Value | None]
    items: Mapping[str, Sequence[float | None]]


@dataclass(frozen=True, slots=True)
class CheckedScale:
    """A scale whose items are kept beside its score."""

    indicator: str
    read: Callable[[Answers], list[Value]]
    combine: Callable[[Sequence[Value]], Value]


@dataclass(frozen=True, slots=True)
class FormScorer:
    """The indicators in the framework's order, up to the last that asks this form: for each the question that it looks
    up and how, and by its place in the order what reads several questions. What does not ask this form finds None.
    """

    questions: Sequence[str]
    lookups: Sequence[Callable[[Any], Value | None]]
    others: Mapping[int, Scoring]
    checked: Mapping[int, CheckedScale]

    def score(self, answers: Answers) -> Scores:
        found = look_up(self.lookups, map(answers.get, self.questions))
        for place, scoring in self.others.items():
            found[place] = scoring(answers)
        items = {}
        for place, scale in self.checked.items():
            values = scale.read(answers)
            found[place] = scale.combine(values)
            items[scale.indicator] = [None if isinstance(value, str) else value for value in values]
        return Scores(found, items)


@dataclass(frozen=True, slots=True)
class Scorer:
    """A framework made ready: what it reads of each form, as functions."""

    by_form: Mapping[str, FormScorer]

    def score(self, form_id: str, answers: Answers) -> Scores:
        """What an interview of this form gives; never raises.

        `answers` go from bare question names outside of repeats to values; unanswered questions are absent.
        """
        return self.by_form[form_id].score(answers) if form_id in self.by_form else Scores([], {})


def compile_framework(framework: Framework) -> Scorer:
    """The framework as functions, to be built once and called for every interview."""
    codes = missing_codes(framework.missing.codes)
    by_form: dict[str, dict[str, tuple[Indicator, Reading]]] = {}
    for indicator in framework.indicators:
        reading = Reading(framework.scale_of(indicator), codes, framework.missing.blank)
        form_id = locate(next(indicator.questions()), framework.form).form_id
        by_form.setdefault(form_id, {})[indicator.id] = indicator, reading
    return Scorer({form_id: _compile(asking, framework.order()) for form_id, asking in by_form.items()})


def _compile(asking: Mapping[str, tuple[Indicator, Reading]], order: Iterable[str]) -> FormScorer:
    questions: list[str] = []
    lookups: list[Callable[[Any], Value | None]] = []
    others: dict[int, Scoring] = {}
    checked: dict[int, CheckedScale] = {}
    for place, each in enumerate(in_order(asking, order)):
        questions.append("")
        lookups.append(_nothing)
        if each is None:
            continue
        (indicator, reading), rule = each, each[0].rule
        finish = _finish(indicator, reading.scale)
        if isinstance(rule, SingleRule):
            questions[place], lookups[place] = name_in(rule.question), compile_lookup(rule, reading, finish)
        elif isinstance(rule, ScaleRule) and rule.alpha:
            combine = then(compile_combination(rule), finish)
            checked[place] = CheckedScale(indicator.id, compile_items(rule, reading), combine)
        else:
            others[place] = compile_rule(rule, reading, finish)
    return FormScorer(questions, lookups, others, checked)


def _nothing(_: Any) -> None:
    return None


def _finish(indicator: Indicator, scale: Scale) -> Callable[[float], Value]:
    mirrored = indicator.direction == -1 and not _says_direction(indicator.rule)
    return lambda score: _plain(_within(scale, scale.min + scale.max - score if mirrored else score))


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


def _plain(value: Value) -> Value:
    """A whole score as a whole number, which takes less room and less time wherever it is kept and counted."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < _MOST_WHOLE else value


def _within(scale: Scale, value: float) -> Value:
    if scale.min <= value <= scale.max:
        return value
    nearest = min(max(value, scale.min), scale.max)
    return nearest if abs(value - nearest) <= _ROUNDING else Missing.INVALID
