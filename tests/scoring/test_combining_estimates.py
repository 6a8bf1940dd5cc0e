"""Composites carry the errors of their parts, together with what these have in common."""

import math
from itertools import pairwise

import pytest

from app.scoring.framework import Combine
from app.scoring.linearised import Estimate, combine, difference, mean
from app.scoring.variance import covariance, standard_error, variance
from tests.support.small_sample import cells, design

SAMPLE = design({"a": "12", "b": "345"})
TRUST = mean(cells([("a", "1", 1, 2), ("a", "2", 3, 4), ("b", "3", 1, 1), ("b", "4", 2, 5), ("b", "5", 1, 3)]))
DRAINS = mean(cells([("a", "1", 1, 5), ("a", "2", 3, 3), ("b", "3", 1, 4), ("b", "5", 1, 2)]))
WARNING = mean(cells([("a", "2", 3, 5), ("b", "3", 1, 1), ("b", "4", 2, 1), ("b", "5", 1, 5)]))
BASE = TRUST.respondents
WAYS: tuple[Combine, ...] = ("harmonic", "geometric", "arithmetic")


def number(value: float | None) -> float:
    assert value is not None
    return value


def cov(one: Estimate, other: Estimate) -> float:
    return number(covariance(SAMPLE, one, other))


def test_an_arithmetic_mean_has_the_variance_of_its_weighted_sum() -> None:
    got = combine("arithmetic", [(3, TRUST), (1, DRAINS)], BASE)
    assert got.value == pytest.approx(0.75 * number(TRUST.value) + 0.25 * number(DRAINS.value), rel=1e-15)
    expected = 0.75**2 * cov(TRUST, TRUST) + 0.25**2 * cov(DRAINS, DRAINS) + 2 * 0.75 * 0.25 * cov(TRUST, DRAINS)
    assert variance(SAMPLE, got) == pytest.approx(expected, rel=1e-13)


def test_a_difference_has_the_covariance_of_shared_psus() -> None:
    got = difference(TRUST, DRAINS)
    assert got.value == number(TRUST.value) - number(DRAINS.value)
    expected = cov(TRUST, TRUST) + cov(DRAINS, DRAINS) - 2 * cov(TRUST, DRAINS)
    assert variance(SAMPLE, got) == pytest.approx(expected, rel=1e-13)
    assert cov(TRUST, DRAINS) == cov(DRAINS, TRUST) != 0


@pytest.mark.parametrize("how", WAYS)
def test_slopes_are_those_of_a_small_step(how: Combine) -> None:
    parts = [(0.2, TRUST), (0.5, DRAINS), (0.3, WARNING)]
    got, step = combine(how, parts, BASE), 1e-6
    for at, (weight, part) in enumerate(parts):
        moved = Estimate(number(part.value) + step, part.effects, part.respondents)
        slope = number(combine(how, [*parts[:at], (weight, moved), *parts[at + 1 :]], BASE).value) - number(got.value)
        alone = [(w, Estimate(p.value, p.effects if p is part else {}, BASE)) for w, p in parts]
        expected = (slope / step) ** 2 * cov(part, part)
        assert variance(SAMPLE, combine(how, alone, part.respondents)) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("how", WAYS)
def test_means_of_means_are_means_of_all(how: Combine) -> None:
    inner = combine(how, [(1, TRUST), (3, DRAINS)], BASE)
    nested = combine(how, [(0.4, inner), (0.6, WARNING)], BASE)
    flat = combine(how, [(0.1, TRUST), (0.3, DRAINS), (0.6, WARNING)], BASE)
    assert nested.value == pytest.approx(number(flat.value), rel=1e-14)
    assert standard_error(SAMPLE, nested) == pytest.approx(number(standard_error(SAMPLE, flat)), rel=1e-13)


def test_ways_in_order() -> None:
    ways: tuple[Combine, ...] = ("min", *WAYS)
    values = [number(combine(how, [(1, TRUST), (1, DRAINS)], BASE).value) for how in ways]
    assert all(lower < upper for lower, upper in pairwise(values))
    assert values[1:] == pytest.approx(
        [
            2 / (1 / number(TRUST.value) + 1 / number(DRAINS.value)),
            math.sqrt(number(TRUST.value) * number(DRAINS.value)),
            (number(TRUST.value) + number(DRAINS.value)) / 2,
        ],
        rel=1e-15,
    )


@pytest.mark.parametrize(("min_share", "known"), [(0, True), (0.7, True), (0.71, False)])
def test_a_part_without_a_value_leaves_its_weight_to_the_others(min_share: float, known: bool) -> None:
    parts = [(0.4, TRUST), (0.3, DRAINS), (0.3, mean({}))]
    got = combine("arithmetic", parts, BASE, min_share)
    expected = combine("arithmetic", [(4, TRUST), (3, DRAINS)], BASE)
    assert got.value == (pytest.approx(number(expected.value), rel=1e-15) if known else None)
    assert (standard_error(SAMPLE, got) is not None) is known


def test_a_composite_rests_on_whom_it_is_told() -> None:
    got = combine("arithmetic", [(1, DRAINS)], BASE)
    assert got.respondents == BASE
    assert (got.value, got.spread) == (DRAINS.value, None)
