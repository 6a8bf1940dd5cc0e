"""What is wrong with indicators and their rules, against the questions that they ask."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from app.forms.faults import did_you_mean, quoted
from app.scoring.framework import (
    Bins,
    BinsRule,
    CountRule,
    Goalposts,
    GoalpostsRule,
    Indicator,
    ItemRule,
    MapRule,
    RatioRule,
    Rule,
    Scale,
    ScaleRule,
    locate,
    placing,
)
from app.scoring.ground import Finding, Ground

_FINEST, _FARTHEST = 1e-15, 1e15
_NUMERIC = frozenset({"integer", "decimal", "range", "calculate"})


def scale_findings(scale: Scale, path: str) -> Iterator[Finding]:
    """A scale needs a length, and ends that can be counted with."""
    if scale.min >= scale.max:
        yield path, f"The scale ends at {scale.max:g}, not above its beginning.", "Let max be more than min."
    if any(end and not _FINEST <= abs(end) <= _FARTHEST for end in (scale.min, scale.max)):
        remedy = f"Choose another unit: an end may be 0, or from {_FINEST:g} to {_FARTHEST:g} on either side of it."
        what = f"The scale goes from {scale.min:g} to {scale.max:g}, farther or finer than scores are counted."
        yield path, what, remedy


def indicator_findings(indicator: Indicator, path: str, scale: Scale | None, ground: Ground) -> Iterator[Finding]:
    """Faults of one indicator on its scale (None if that cannot be read)."""
    rule, place = indicator.rule, placing(indicator.rule)
    if indicator.scale:
        yield from scale_findings(indicator.scale, f"{path}.scale")
    if isinstance(place, Goalposts) and place.direction == 1 and indicator.direction == -1:
        remedy = "Say the direction once, in the rule or in the indicator."
        yield f"{path}.direction", "The indicator's direction is -1 and its rule's is 1.", remedy
    forms = {locate(question, ground.home).form_id for question in indicator.questions()}
    if len(forms) > 1:
        shown = ", ".join(quoted(form) for form in sorted(forms))
        remedy = "Make an indicator for each form and combine them in the tree."
        yield f"{path}.rule", f"It asks several forms ({shown}), which no single interview answers.", remedy
    yield from _rule(rule, f"{path}.rule", scale, ground)


def not_positive(weights: Mapping[str, float]) -> Iterator[Finding]:
    """Weights, by place, that are zero or less."""
    for path, weight in weights.items():
        if weight <= 0:
            yield (
                path,
                f"The weight {weight:g} is not above zero.",
                "Give a weight above zero, or remove the part.",
            )


def _rule(rule: Rule, path: str, scale: Scale | None, ground: Ground) -> Iterator[Finding]:
    """`scale` is None where nothing bounds the scores, as for the items of a sum."""
    match rule:
        case MapRule():
            yield from _map(rule, path, scale, ground)
        case BinsRule():
            yield from _asked(rule.question, f"{path}.question", rule.type, _NUMERIC, ground)
            yield from _bins(rule, path, scale)
        case GoalpostsRule():
            yield from _asked(rule.question, f"{path}.question", rule.type, _NUMERIC, ground)
            yield from _goalposts(rule, path)
        case CountRule():
            yield from _count(rule, path, scale, ground)
        case ScaleRule():
            yield from _scale(rule, path, scale, ground)
        case RatioRule():
            yield from _ratio(rule, path, scale, ground)


def _map(rule: MapRule, path: str, scale: Scale | None, ground: Ground) -> Iterator[Finding]:
    yield from _asked(rule.question, f"{path}.question", rule.type, frozenset({"select_one"}), ground)
    yield from _outside({f"{path}.map.{choice}": score for choice, score in rule.map.items()}, scale)
    choices = ground.choices(rule.question)
    if choices is None:
        return
    yield from _no_choice(rule.map, choices, f"{path}.map")
    yield from _no_choice(rule.not_applicable, choices, f"{path}.not_applicable")
    known = {*rule.map, *rule.not_applicable, *ground.codes}
    if unmapped := [quoted(choice) for choice in choices if choice not in known]:
        remedy = "Map them, or list them under not_applicable or missing.codes."
        yield f"{path}.map", f"These choices have no score: {', '.join(unmapped)}.", remedy


def _bins(rule: Bins, path: str, scale: Scale | None) -> Iterator[Finding]:
    yield from _not_rising(rule.edges, f"{path}.edges")
    if len(rule.scores) != len(rule.edges) + 1:
        told = f"There are {len(rule.edges)} edges and {len(rule.scores)} scores."
        yield f"{path}.scores", told, "Give one score more than edges: one for each bin."
    yield from _outside({f"{path}.scores[{place}]": score for place, score in enumerate(rule.scores)}, scale)


def _goalposts(rule: Goalposts, path: str) -> Iterator[Finding]:
    yield from _not_rising([rule.low, rule.high], f"{path}.high")


def _ratio(rule: RatioRule, path: str, scale: Scale | None, ground: Ground) -> Iterator[Finding]:
    yield from _asked(rule.numerator, f"{path}.numerator", rule.type, _NUMERIC, ground)
    yield from _asked(rule.denominator, f"{path}.denominator", rule.type, _NUMERIC, ground)
    if rule.bins:
        yield from _bins(rule.bins, f"{path}.bins", scale)
    if rule.goalposts:
        yield from _goalposts(rule.goalposts, f"{path}.goalposts")
    if rule.bins and rule.goalposts:
        yield f"{path}.bins", "A ratio is placed by `bins` or by `goalposts`, not by both.", "Remove one of them."
    if not rule.bins and not rule.goalposts:
        remedy = "Add `bins` (edges, scores) or `goalposts` (low, high)."
        yield path, "Nothing says which score a ratio has.", remedy
    if rule.level == "community":
        told = "The ratio of a community's sums is not available yet."
        remedy = (
            'Let it be "unit": each interview\'s own ratio is scored, and a community has the mean of these scores.'
        )
        yield f"{path}.level", told, remedy


def _count(rule: CountRule, path: str, scale: Scale | None, ground: Ground) -> Iterator[Finding]:
    yield from _asked(rule.question, f"{path}.question", rule.type, frozenset({"select_multiple"}), ground)
    choices = ground.choices(rule.question)
    if choices is not None:
        yield from _no_choice(rule.options, choices, f"{path}.options")
        yield from _no_choice(rule.none, choices, f"{path}.none")
    for choice, times in Counter([*rule.options, *rule.none]).items():
        if times > 1:
            yield f"{path}.options", f"{quoted(choice)} is listed twice.", "List every choice once."
    weights = rule.weights or {}
    if rule.to is not None:
        yield from _looked_up(rule, rule.to, path, scale)
    else:
        everything = sum(weights.values()) if weights else len(rule.options)
        yield from _not_rising([rule.low, everything if rule.high is None else rule.high], f"{path}.high")
    yield from not_positive({f"{path}.weights.{option}": weight for option, weight in weights.items()})
    if rule.weights is not None and set(weights) != set(rule.options):
        remedy = "Give a weight to every option, and to nothing else."
        yield f"{path}.weights", "The weights and the options name different choices.", remedy


def _looked_up(rule: CountRule, to: list[float], path: str, scale: Scale | None) -> Iterator[Finding]:
    if len(to) != len(rule.options) + 1:
        told = f"There are {len(rule.options)} options and {len(to)} scores."
        yield f"{path}.to", told, "Give one score more than options: one for each count, from none to all."
    if rule.weights is not None or rule.high is not None or rule.low != 0:
        remedy = "Keep either `to`, or `weights`, `low` and `high`."
        yield f"{path}.to", "A count is either looked up in `to` or measured.", remedy
    yield from _outside({f"{path}.to[{place}]": score for place, score in enumerate(to)}, scale)


def _scale(rule: ScaleRule, path: str, scale: Scale | None, ground: Ground) -> Iterator[Finding]:
    summed, count = rule.combine == "sum", len(rule.items)
    for place, item in enumerate(rule.items):
        yield from _rule(item, f"{path}.items[{place}]", None if summed else scale, ground)
        if summed and isinstance(item, MapRule) and item.reverse:
            remedy = "Write the reversed scores into `map`."
            yield f"{path}.items[{place}].reverse", "An item of a sum has no scale to be mirrored on.", remedy
    if rule.min_answered is not None and rule.min_answered > count:
        yield f"{path}.min_answered", f"There are only {count} items.", f"Ask for {count} or fewer."
    weights = rule.weights or [1.0] * count
    yield from not_positive({f"{path}.weights[{place}]": weight for place, weight in enumerate(weights)})
    if len(weights) != count:
        told = f"There are {count} items and {len(weights)} weights."
        yield f"{path}.weights", told, "Give one weight for each item."
    elif summed and scale:
        yield from _sum_outside(rule, weights, path, scale)
    if rule.blank is not None and not summed:
        yield from _outside({f"{path}.blank": rule.blank}, scale)


def _sum_outside(rule: ScaleRule, weights: list[float], path: str, scale: Scale) -> Iterator[Finding]:
    blank = [] if rule.blank is None else [rule.blank]
    reach = [[*_scores(item, scale), *blank] for item in rule.items]
    low = sum(weight * min(scores, default=0) for weight, scores in zip(weights, reach, strict=True))
    high = sum(weight * max(scores, default=0) for weight, scores in zip(weights, reach, strict=True))
    if low < scale.min or high > scale.max:
        told = f"The sum goes from {low:g} to {high:g}, the scale from {scale.min:g} to {scale.max:g}."
        yield path, told, "Give the indicator a `scale` of its own, or correct the items."


def _scores(rule: ItemRule, scale: Scale) -> list[float]:
    match rule:
        case MapRule():
            return list(rule.map.values())
        case BinsRule():
            return rule.scores
        case CountRule() if rule.to is not None:
            return rule.to
    return [scale.min, scale.max]


def _asked(reference: str, path: str, kind: str, fit: frozenset[str], ground: Ground) -> Iterator[Finding]:
    """`kind` is the type of the rule, `fit` the types of questions that it can score."""
    yield from ground.unfound(reference, path)
    question = ground.question(reference)
    if question and question.type not in fit:
        told = f"{quoted(question.name)} is a question of type {question.type}, which {kind} cannot score."
        yield path, told, f"Ask a question of type {' or '.join(sorted(fit))}, or use another rule."


def _no_choice(listed: Iterable[str], choices: Mapping[str, object], path: str) -> Iterator[Finding]:
    for name in listed:
        if name not in choices:
            remedy = did_you_mean(name, choices, "Correct the name, or remove it.")
            yield path, f"The question has no choice {quoted(name)}.", remedy


def _outside(scores: Mapping[str, float], scale: Scale | None) -> Iterator[Finding]:
    for path, score in scores.items():
        if scale and not scale.min <= score <= scale.max:
            told = f"The score {score:g} lies outside of the scale {scale.min:g} to {scale.max:g}."
            yield path, told, "Correct the score, or the scale."


def _not_rising(numbers: Iterable[float], path: str) -> Iterator[Finding]:
    for lower, upper in pairwise(numbers):
        if upper <= lower:
            yield path, f"{upper:g} follows {lower:g}.", "Write the numbers in increasing order."
