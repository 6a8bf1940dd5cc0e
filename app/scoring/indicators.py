"""One interview, scored: the value of each indicator, and the interview's place in the sample."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
from app.scoring.rules import Answers, Missing, Reading, Scoring, Value, compile_rule, missing_codes, number

# No household stands for more of them than a country has; one absurd answer would drown every sum.
HEAVIEST_WEIGHT = 1e9
# Weighted means and linear rules may overshoot the end of a scale by rounding alone.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Scorer:
    """A framework made ready: what it reads of each form, as functions."""

    by_form: Mapping[str, tuple[tuple[str, Scoring], ...]]
    checked: Mapping[str, tuple[tuple[str, tuple[Scoring, ...]], ...]]

    def score(self, form_id: str, answers: Answers) -> dict[str, Value]:
        """A score, or the reason why there is none, for each indicator that asks this form; never raises.

        `answers` go from bare question names outside of repeats to values; unanswered questions are absent.
        """
        return {indicator: scoring(answers) for indicator, scoring in self.by_form.get(form_id, ())}

    def items(self, form_id: str, answers: Answers) -> dict[str, list[float | None]]:
        """For each indicator that asks this form and whose scale is to be checked, the score of every item."""
        found = {}
        for indicator, items in self.checked.get(form_id, ()):
            values = [item(answers) for item in items]
            found[indicator] = [None if isinstance(value, str) else value for value in values]
        return found


@dataclass(frozen=True, slots=True)
class Placement:
    """An interview's place in the sample. `weight` None means unusable: kept, but out of every estimate."""

    weight: float | None
    stratum: str | None
    psu: str | None
    ssu: str | None
    fpc_psu: float | None
    fpc_ssu: float | None
    dimensions: Mapping[str, str]


def compile_framework(framework: Framework) -> Scorer:
    """The framework as functions, to be built once and called for every interview."""
    codes = missing_codes(framework.missing.codes)
    by_form: dict[str, list[tuple[str, Scoring]]] = {}
    checked: dict[str, list[tuple[str, tuple[Scoring, ...]]]] = {}
    for indicator in framework.indicators:
        reading = Reading(framework.scale_of(indicator), codes, framework.missing.blank)
        form_id = locate(next(indicator.questions()), framework.form).form_id
        by_form.setdefault(form_id, []).append((indicator.id, _compile(indicator, reading)))
        if isinstance(indicator.rule, ScaleRule) and indicator.rule.alpha:
            items = tuple(compile_rule(item, reading) for item in indicator.rule.items)
            checked.setdefault(form_id, []).append((indicator.id, items))
    return Scorer(
        {form_id: tuple(scorings) for form_id, scorings in by_form.items()},
        {form_id: tuple(scales) for form_id, scales in checked.items()},
    )


def placement(framework: Framework, form_id: str, answers: Answers) -> Placement:
    """Where the design questions of this form put an interview; what another form asks is undeclared here.

    Without a declared weight every interview weighs 1; a declared one that is missing, not a number, not
    above zero or absurd is unusable. Missing codes hold for dimensions, which people answer, and not for
    sample labels: "99" may well be the name of a neighbourhood.
    """
    design, codes = framework.design, framework.missing.codes

    def here(question: str | None) -> str | None:
        reference = locate(question, framework.form) if question else None
        return reference.name if reference and reference.form_id == form_id else None

    def answer(question: str | None) -> Any:
        name = here(question)
        return answers.get(name) if name else None

    labels = {name: _label(answers.get(name)) for question in design.dimensions if (name := here(question))}
    return Placement(
        weight=_weight(answer(design.weight)) if here(design.weight) else 1.0,
        stratum=_label(answer(design.strata)),
        psu=_label(answer(design.psu)),
        ssu=_label(answer(design.ssu)),
        fpc_psu=number(answer(design.fpc_psu)),
        fpc_ssu=number(answer(design.fpc_ssu)),
        dimensions={name: label for name, label in labels.items() if label is not None and label not in codes},
    )


def is_proportion(indicator: Indicator, scale: Scale) -> bool:
    """Whether its scores can only be 0 and 1, so that their mean is a share of those who answered."""
    turned = indicator.direction == -1 and not _says_direction(indicator.rule)
    mirrored = turned or (isinstance(indicator.rule, MapRule) and indicator.rule.reverse)
    return {scale.min + scale.max - score if mirrored else score for score in _listed(indicator.rule)} == {0, 1}


def _listed(rule: Rule) -> list[float]:
    """The scores of a rule that names each of them."""
    match rule:
        case MapRule():
            return list(rule.map.values())
        case CountRule() if rule.to is not None:
            return rule.to
    place = placing(rule)
    return place.scores if isinstance(place, Bins) else []


def _compile(indicator: Indicator, reading: Reading) -> Scoring:
    scale, mirrored = reading.scale, indicator.direction == -1 and not _says_direction(indicator.rule)

    def finish(score: float) -> Value:
        return _within(scale, scale.min + scale.max - score if mirrored else score)

    return compile_rule(indicator.rule, reading, finish)


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


def _weight(answer: Any) -> float | None:
    weight = number(answer)
    return weight if weight is not None and 0 < weight <= HEAVIEST_WEIGHT else None


def _label(answer: Any) -> str | None:
    """The text of a label, the same whether it came as "7", 7 or 7.0."""
    if isinstance(answer, str):
        return answer or None
    value = number(answer)
    if value is None:
        return None
    return str(int(value)) if value.is_integer() else repr(value)
