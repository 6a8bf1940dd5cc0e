"""Agreed scores tell nothing of anybody that the survey does not tell: shown by what can be solved for.

Every row that is told is a sum of what each community said of each indicator, with known weights. Whatever was agreed,
the rows of `agreed` are to be sums of the rows that the survey tells, and of given scores.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scoring.catalogue import PublishedFramework
from app.scoring.contribution import Contribution
from app.scoring.facts.sources import source_rows
from app.scoring.facts.values import Value
from app.scoring.framework import Framework
from app.scoring.indicators import compile_framework
from app.scoring.inquiry import Inquiry
from app.scoring.queries import Contributions
from app.scoring.sums import Sample

INDICATORS, PLACES = ("warning", "shelter", "trust"), ("a", "b", "c")
NODES = ("total", "safety", *INDICATORS)
UNKNOWN = [(place, indicator) for place in PLACES for indicator in INDICATORS]
STEP = 0.25

FRAMEWORK = Framework.model_validate(
    {
        "spec": "score/1",
        "id": "safety",
        "version": "1",
        "form": "household",
        "scale": {"min": 1, "max": 5},
        "indicators": [
            {"id": name, "rule": {"type": "map", "question": name, "map": {"yes": 5}}} for name in INDICATORS
        ],
        "tree": {
            "id": "total",
            "children": [
                {
                    "id": "safety",
                    "weight": 0.5,
                    "children": [{"indicator": "warning", "weight": 0.75}, {"indicator": "shelter", "weight": 0.25}],
                },
                {"indicator": "trust", "weight": 0.5},
            ],
        },
        "policy": {"n_suppress": 5},
    }
)
Counts = Mapping[tuple[str, str], int]
Told = dict[tuple[Any, str], float]

counts = st.fixed_dictionaries({cell: st.sampled_from([0, 2, 4, 5, 8, 12]) for cell in UNKNOWN})
agreed = st.sets(st.tuples(st.sampled_from(PLACES), st.sampled_from(NODES)))


def _value(place: str, node: str) -> Value:
    return Value(node, place, None, "agreed", 3.5, 1, datetime(2026, 11, 12, tzinfo=UTC))


def _people(counts: Counts) -> list[Contribution]:
    """Each answers one question alone, with 3."""
    return [
        Contribution(f"{place}-{indicator}-{at}", place, None, 1, {}, {indicator: 3.0})
        for (place, indicator), count in counts.items()
        for at in range(count)
    ]


def _inquiry(people: Sequence[Contribution]) -> Inquiry:
    published = PublishedFramework(FRAMEWORK, b"", compile_framework(FRAMEWORK))
    sample = Sample.of(FRAMEWORK, people)
    return Inquiry(published, None, Contributions(sample, 0, None), sample.design(), frozenset())


def _rows(people: Sequence[Contribution], values: Sequence[Value] | None) -> list[dict[str, Any]]:
    inquiry = _inquiry(people)
    if values is None:
        return [row for domain in inquiry.domains(["community"]) for row in inquiry.rows(domain)]
    return source_rows("agreed", inquiry, values, ["community"])


def _told(people: Sequence[Contribution], values: Sequence[Value] | None) -> Told:
    rows = _rows(people, values)
    return {(tuple(row["domain"].items()), row["node"]): row["estimate"] for row in rows if row["estimate"] is not None}


def _moved(people: Iterable[Contribution], place: str, indicator: str) -> list[Contribution]:
    return [
        replace(each, values={indicator: 3 + STEP}) if (each.community, *each.values) == (place, indicator) else each
        for each in people
    ]


def _sums(people: Sequence[Contribution], values: Sequence[Value] | None) -> list[list[Fraction]]:
    """By row that is told, how much each unknown is worth in it."""
    before = _told(people, values)
    after = [_told(_moved(people, *cell), values) for cell in UNKNOWN]
    return [
        [Fraction((moved[row] - score) / STEP).limit_denominator(10_000) for moved in after]
        for row, score in before.items()
    ]


def _rank(rows: Sequence[Sequence[Fraction]]) -> int:
    left, rank = [list(row) for row in rows], 0
    for column in range(len(UNKNOWN)):
        pivot = next((row for row in left[rank:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(rank, pivot)
        for row in left[rank + 1 :]:
            share = row[column] / pivot[column]
            row[:] = [own - share * other for own, other in zip(row, pivot, strict=True)]
        rank += 1
    return rank


@settings(max_examples=30)
@given(counts=counts, agreed=agreed)
def test_nothing_more_can_be_solved_for(counts: Counts, agreed: set[tuple[str, str]]) -> None:
    people, values = _people(counts), [_value(*each) for each in sorted(agreed)]
    survey, mixed = _sums(people, None), _sums(people, values)
    assert _rank(survey + mixed) == _rank(survey)


@given(counts=counts, agreed=agreed)
def test_nobody_is_counted_whom_the_survey_hides(counts: Counts, agreed: set[tuple[str, str]]) -> None:
    people, values = _people(counts), [_value(*each) for each in sorted(agreed)]
    survey = {(str(row["domain"]), row["node"]): row for row in _rows(people, None)}
    for row in _rows(people, values):
        own = survey.get((str(row["domain"]), row["node"]))
        assert not row["n"] or (own is not None and (row["n"], row["missing"]) == (own["n"], own["missing"]))


def test_the_law_can_fail() -> None:
    """Two hidden halves of a whole, of which one is known."""
    whole, half = [Fraction(1, 2)] * 2, [Fraction(0), Fraction(1)]
    zeros = [Fraction(0)] * 7
    assert _rank([whole + zeros]) == 1
    assert _rank([whole + zeros, half + zeros]) == 2


@pytest.mark.parametrize("node", NODES)
def test_every_place_may_be_agreed_on(node: str) -> None:
    people = _people(dict.fromkeys(UNKNOWN, 2))
    assert _told(people, [_value("a", node)])[(("community", "a"),), node] == 3.5
