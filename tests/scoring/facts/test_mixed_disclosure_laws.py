"""Agreed scores tell nothing of anybody that the survey does not tell: shown by what can be solved for.

Every row that is told is a sum of what each community said of each indicator, with known weights. Whatever was agreed,
the rows of `agreed` are to be sums of the rows that the survey tells, and of given scores.
"""

import uuid
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
from app.scoring.inquiry import Included, Inquiry, Scope
from app.scoring.queries import Contributions
from app.scoring.sums import Sample

INDICATORS, PLACES = ("warning", "shelter", "trust"), ("a", "b", "c")
NODES = ("total", "safety", *INDICATORS)
CELLS = [(place, indicator) for place in PLACES for indicator in INDICATORS]
UNKNOWN = [(*cell, approved) for cell in CELLS for approved in (False, True)]
STEP = 0.25

LARGEST_DENOMINATOR = 1_000_000
"""Shares of shares of a hundred people have smaller ones, and floats tell these apart."""

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
Counts = Mapping[tuple[str, str, bool], int]
Told = dict[tuple[Any, str], float]

size = st.sampled_from([0, 2, 4, 5, 8, 12])
unreviewed = st.fixed_dictionaries({(*cell, False): size for cell in CELLS})
reviewed = st.fixed_dictionaries(dict.fromkeys(UNKNOWN, size))
agreed = st.sets(st.tuples(st.sampled_from(PLACES), st.sampled_from(NODES)))


def _value(place: str, node: str) -> Value:
    return Value(node, place, None, "agreed", 3.5, 1, datetime(2026, 11, 12, tzinfo=UTC), "workshop", uuid.UUID(int=1))


def _people(counts: Counts) -> list[Contribution]:
    """Each answers one question alone, with 3."""
    return [
        Contribution(f"{place}-{indicator}-{approved}-{at}", place, None, 1, {}, {indicator: 3.0}, approved=approved)
        for (place, indicator, approved), count in counts.items()
        for at in range(count)
    ]


def _inquiry(people: Sequence[Contribution], include: Included) -> Inquiry:
    published = PublishedFramework(FRAMEWORK, b"", compile_framework(FRAMEWORK))
    sample = Sample.of(FRAMEWORK, people)
    whole = Contributions(sample, 0, None)
    found = replace(whole, sample=sample.reviewed(approved=True)) if include == "approved" else whole
    return Inquiry(published, Scope(None, include), whole, found, sample.design(), frozenset())


def _rows(
    people: Sequence[Contribution], values: Sequence[Value] | None, include: Included = "all"
) -> list[dict[str, Any]]:
    inquiry = _inquiry(people, include)
    if values is None:
        return [row for domain in inquiry.domains(["community"]) for row in inquiry.rows(domain)]
    return source_rows("agreed", inquiry, values, ["community"])


def _told(people: Sequence[Contribution], values: Sequence[Value] | None, include: Included = "all") -> Told:
    rows = _rows(people, values, include)
    return {(tuple(row["domain"].items()), row["node"]): row["estimate"] for row in rows if row["estimate"] is not None}


def _moved(people: Iterable[Contribution], cell: tuple[str, str, bool]) -> list[Contribution]:
    return [
        replace(each, values=dict.fromkeys(each.values, 3 + STEP))
        if (each.community, *each.values, each.approved) == cell
        else each
        for each in people
    ]


def _sums(
    people: Sequence[Contribution], values: Sequence[Value] | None, include: Included = "all"
) -> list[list[Fraction]]:
    """By row that is told, how much each unknown is worth in it."""
    before = _told(people, values, include)
    held = {(each.community, *each.values, each.approved) for each in people}
    after = [_told(_moved(people, cell), values, include) if cell in held else before for cell in UNKNOWN]
    return [
        [Fraction((moved[row] - score) / STEP).limit_denominator(LARGEST_DENOMINATOR) for moved in after]
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
@given(counts=unreviewed, agreed=agreed)
def test_nothing_more_can_be_solved_for(counts: Counts, agreed: set[tuple[str, str]]) -> None:
    people, values = _people(counts), [_value(*each) for each in sorted(agreed)]
    survey, mixed = _sums(people, None), _sums(people, values)
    assert _rank(survey + mixed) == _rank(survey)


@settings(max_examples=20)
@given(counts=reviewed, agreed=agreed)
def test_nothing_more_can_be_solved_for_from_what_is_approved(counts: Counts, agreed: set[tuple[str, str]]) -> None:
    people, values = _people(counts), [_value(*each) for each in sorted(agreed)]
    survey = [*_sums(people, None), *_sums(people, None, "approved")]
    mixed = [*_sums(people, values), *_sums(people, values, "approved")]
    assert _rank(survey + mixed) == _rank(survey)


@given(counts=unreviewed, agreed=agreed)
def test_nobody_is_counted_whom_the_survey_hides(counts: Counts, agreed: set[tuple[str, str]]) -> None:
    people, values = _people(counts), [_value(*each) for each in sorted(agreed)]
    survey = {(str(row["domain"]), row["node"]): row for row in _rows(people, None)}
    for row in _rows(people, values):
        own = survey.get((str(row["domain"]), row["node"]))
        assert not row["n"] or (own is not None and (row["n"], row["missing"]) == (own["n"], own["missing"]))


def test_the_law_can_fail() -> None:
    """Two hidden halves of a whole, of which one is known."""
    whole, half = [Fraction(1, 2)] * 2, [Fraction(0), Fraction(1)]
    zeros = [Fraction(0)] * (len(UNKNOWN) - 2)
    assert _rank([whole + zeros]) == 1
    assert _rank([whole + zeros, half + zeros]) == 2


@pytest.mark.parametrize("node", NODES)
def test_every_place_may_be_agreed_on(node: str) -> None:
    people = _people(dict.fromkeys(UNKNOWN, 2))
    assert _told(people, [_value("a", node)])[(("community", "a"),), node] == 3.5
