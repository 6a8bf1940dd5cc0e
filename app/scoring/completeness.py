"""How many of the values that a framework asks for are in, by kind: qualitative and quantitative are never added up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from app.scoring.framework import Framework, RatioRule, Rule, ScaleRule, locate
from app.scoring.reading import Answers, Missing, Reading, missing_codes
from app.scoring.rules import Scoring, compile_rule, read_number

HERE, NOT_APPLICABLE, ABSENT = "1", "-", "0"

Inputs = Mapping[str, str]
"""By kind, a sign for each value that is asked for, in the framework's order."""


class Share(TypedDict):
    """`values` that are in `of` those that apply."""

    values: int
    of: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one record of a framework brings to the assessment of a community in a round."""

    community: str | None
    round: str | None
    inputs: Inputs


@dataclass(frozen=True, slots=True)
class Checklist:
    """The values that a framework asks for: by kind, the form and the reading of each."""

    kinds: Mapping[str, Sequence[tuple[str, Scoring]]]

    def read(self, form_id: str, answers: Answers) -> dict[str, str]:
        """Which values an interview of this form brings; empty for a form that none of them is asked in."""
        return {
            kind: "".join(_sign(scoring, answers) if form == form_id else ABSENT for form, scoring in asked)
            for kind, asked in self.kinds.items()
            if any(form == form_id for form, _ in asked)
        }


def compile_checklist(framework: Framework) -> Checklist:
    """Every question that the indicators of a kind read, each once: those of a scale or a ratio count one by one."""
    codes = missing_codes(framework.missing.codes)
    found: dict[str, dict[str, tuple[str, Scoring]]] = {}
    for indicator in framework.indicators:
        if indicator.kind is None:
            continue
        reading = Reading(framework.scale_of(indicator), codes, framework.missing.blank)
        for question, scoring in _values(indicator.rule, reading):
            form_id = locate(question, framework.form).form_id
            found.setdefault(indicator.kind, {})[question] = (form_id, scoring)
    return Checklist({kind: tuple(asked.values()) for kind, asked in found.items()})


def _values(rule: Rule, reading: Reading) -> Iterator[tuple[str, Scoring]]:
    match rule:
        case ScaleRule():
            yield from ((item.question, compile_rule(item, reading)) for item in rule.items)
        case RatioRule():
            yield from ((each, read_number(each, reading)) for each in (rule.numerator, rule.denominator))
        case _:
            yield rule.question, compile_rule(rule, reading)


def completeness(frameworks: Iterable[tuple[Checklist, Sequence[Assessment]]]) -> dict[str, Share]:
    """By kind, over all communities and rounds that have a record, each of which is asked for every value.

    What any record of a community and round brings is in; what only ever does not apply leaves the denominator.
    """
    known = list(frameworks)
    places = {(each.community, each.round) for _, records in known for each in records}
    found: dict[str, Share] = {}
    for checklist, records in known:
        for kind, asked in checklist.kinds.items():
            signs = [sign for place in places for sign in _together(kind, len(asked), place, records)]
            signs = signs if places else [ABSENT] * len(asked)
            before = found.get(kind, {"values": 0, "of": 0, "share": None})
            found[kind] = _share(before, signs.count(HERE), len(signs) - signs.count(NOT_APPLICABLE))
    return found


def _share(before: Share, values: int, of: int) -> Share:
    values, of = before["values"] + values, before["of"] + of
    return {"values": values, "of": of, "share": values / of if of else None}


def _together(
    kind: str, size: int, place: tuple[str | None, str | None], records: Sequence[Assessment]
) -> Iterable[str]:
    own = [each.inputs[kind] for each in records if (each.community, each.round) == place and kind in each.inputs]
    for signs in zip(ABSENT * size, *own, strict=True):
        yield HERE if HERE in signs else NOT_APPLICABLE if NOT_APPLICABLE in signs else ABSENT


def _sign(scoring: Scoring, answers: Answers) -> str:
    value = scoring(answers)
    if not isinstance(value, str):
        return HERE
    return NOT_APPLICABLE if value == Missing.NOT_APPLICABLE else ABSENT
