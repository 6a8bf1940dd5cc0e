"""What is wrong with facts and workshops, all of it at once: pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from app.forms.faults import did_you_mean, quoted
from app.scoring.facts.protocol import EntryIn, FactIn, WorkshopIn
from app.scoring.facts.scores import figure_score, last_words, scale_at
from app.scoring.facts.survey import Survey
from app.scoring.framework import Framework

Fault = dict[str, str]
"""`where` in the request, and `what` is wrong there."""

LEAST_DEPARTURE = 0.5
"""Points that an agreed score may always lie from the survey's without a reason."""

# Numbers that are equal on paper may differ by rounding.
_ROUNDING = 1e-9


def fact_faults(framework: Framework, facts: Sequence[FactIn], mine: Collection[str], today: date) -> list[Fault]:
    """Every fault of these facts. `mine` are the communities that the sender may write about."""
    return [fault for number, fact in enumerate(facts) for fault in _of_fact(framework, fact, number, mine, today)]


def workshop_faults(
    framework: Framework, workshop: WorkshopIn, mine: Collection[str], survey: Mapping[str, Survey], today: date
) -> list[Fault]:
    """Every fault of a workshop, held against what the survey says of each node of its community now."""
    labels = [group.label for group in workshop.groups]
    return [
        *_community("body.community", workshop.community, mine),
        *_day("body.held_on", workshop.held_on, today),
        *_twice("body.groups", labels),
        *_twice("body.entries", [entry.node for entry in workshop.entries]),
        *(
            fault
            for number, entry in enumerate(workshop.entries)
            for fault in _of_entry(framework, entry, f"body.entries.{number}", labels, survey.get(entry.node))
        ),
    ]


def departure(survey: Survey | None, agreed: float) -> float | None:
    """By how much an agreed score departs from the survey's further than sampling explains; None if it does not."""
    if survey is None or survey.estimate is None:
        return None
    apart = abs(agreed - survey.estimate)
    return apart if apart > max(LEAST_DEPARTURE, survey.half_width or 0) + _ROUNDING else None


def _of_fact(framework: Framework, fact: FactIn, number: int, mine: Collection[str], today: date) -> Iterator[Fault]:
    where = f"body.facts.{number}"
    yield from _community(f"{where}.community", fact.community, mine)
    yield from _day(f"{where}.observed_on", fact.observed_on, today)
    scale = scale_at(framework, fact.node)
    if scale is None:
        yield _unknown_node(framework, f"{where}.node", fact.node)
    elif fact.value is None:
        return
    elif fact.unit is None:
        yield from _outside(framework, f"{where}.value", fact.node, fact.value)
    elif figure_score(framework, fact.node, fact.value) is None:
        yield _fault(
            f"{where}.unit",
            f"{quoted(fact.node)} has no rule that makes a score of {fact.value:g} {fact.unit}. "
            "Leave `unit` out and give a score.",
        )


def _of_entry(
    framework: Framework, entry: EntryIn, where: str, labels: Sequence[str], survey: Survey | None
) -> Iterator[Fault]:
    if scale_at(framework, entry.node) is None:
        yield _unknown_node(framework, f"{where}.node", entry.node)
        return
    yield from _twice(f"{where}.scores", [score.group for score in entry.scores])
    for number, score in enumerate(entry.scores):
        place = f"{where}.scores.{number}"
        if score.group not in labels:
            yield _fault(f"{place}.group", did_you_mean(score.group, labels, "Name it under `groups`."))
        for stage in ("before", "after"):
            yield from _outside(framework, f"{place}.{stage}", entry.node, getattr(score, stage))
    yield from _outside(framework, f"{where}.agreed", entry.node, entry.agreed)
    yield from _method(entry, where, survey)


def _method(entry: EntryIn, where: str, survey: Survey | None) -> Iterator[Fault]:
    """Whether the method, the agreed score and its grounds fit each other."""
    agreed, told = entry.agreed, told_by_method(entry, survey)
    match entry.method:
        case "no_agreement":
            if agreed is not None:
                yield _fault(f"{where}.agreed", "nothing was agreed: leave it out, or name another method.")
            return
        case "keep_survey" if told is None:
            yield _fault(f"{where}.method", "the survey has no score here that could be kept.")
        case "keep_group" if told is None:
            yield _fault(f"{where}.method", "no group has given a score here that could be kept.")
        case "keep_survey" | "keep_group":
            if agreed is not None and told is not None and abs(agreed - told) > _ROUNDING:
                yield _fault(f"{where}.agreed", "it is another number than the one that is kept: leave it out.")
        case "new_evidence" if not entry.evidence:
            yield _fault(f"{where}.evidence", "name the new evidence.")
    if told is None and entry.method in ("compromise", "new_evidence"):
        yield _fault(f"{where}.agreed", "give the agreed score.")
    if told is not None and entry.reason is None and departure(survey, told) is not None:
        allowed = "0.5 points and than its confidence interval"
        yield _fault(f"{where}.reason", f"it departs from the survey by more than {allowed}: say why.")


def told_by_method(entry: EntryIn, survey: Survey | None) -> float | None:
    """The agreed score, which a method that keeps a number tells by itself."""
    match entry.method:
        case "no_agreement":
            return None
        case "keep_survey":
            return survey.estimate if survey else None
        case "keep_group":
            return last_words([score.model_dump() for score in entry.scores])
        case _:
            return entry.agreed


def _community(where: str, code: str, mine: Collection[str]) -> Iterator[Fault]:
    if code not in mine:
        yield _fault(where, f"no community {quoted(code)} is published, or it is not yours.")


def _day(where: str, day: date, today: date) -> Iterator[Fault]:
    if day > today:
        yield _fault(where, "this day has not come yet.")


def _twice(where: str, names: Sequence[str]) -> Iterator[Fault]:
    for name, times in Counter(names).items():
        if times > 1:
            yield _fault(where, f"{quoted(name)} stands there {times} times.")


def _outside(framework: Framework, where: str, node: str, value: float | None) -> Iterator[Fault]:
    scale = scale_at(framework, node)
    if value is not None and scale is not None and not scale.min <= value <= scale.max:
        yield _fault(where, f"{value:g} is outside of the scale of {quoted(node)}, {scale.min:g} to {scale.max:g}.")


def _unknown_node(framework: Framework, where: str, node: str) -> Fault:
    known = [each.id for each in framework.indicators] + [each.id for each in framework.tree.nodes()]
    remedy = did_you_mean(node, known, "The rows of /scores tell their names.")
    return _fault(where, f"the framework has no indicator or node {quoted(node)}. {remedy}")


def _fault(where: str, what: str) -> Fault:
    return {"where": where, "what": what}
