"""What goes wrong in the field: censuses, silence, unanimity, reused labels, weights of 0, frames that are wrong."""

from fractions import Fraction

import pytest

from app.scoring.cells import Cell, Cells
from app.scoring.intervals import proportion_interval, t_interval
from app.scoring.linearised import Estimate, combine, difference, mean, ratio, total
from app.scoring.variance import (
    Design,
    Psu,
    Stratum,
    coefficient_of_variation,
    covariance,
    design_effect,
    design_effect_without_replacement,
    standard_error,
    variance,
)
from tests.support.small_sample import cells, design

FOUR = design({"a": "12", "b": "34"})
ANSWERS = [("a", "1", 1, 2), ("a", "2", 1, 6), ("b", "3", 1, 1), ("b", "4", 1, 3)]


def test_a_census_has_no_sampling_error() -> None:
    assert variance(design({"a": "12", "b": "34"}, a=2, b=2), total(cells(ANSWERS))) == 0
    assert variance(design({"a": "12", "b": "34"}, a=2), total(cells(ANSWERS))) == 2 * 2
    assert variance(FOUR, total(cells(ANSWERS))) == 2 * 8 + 2 * 2


def test_a_frame_smaller_than_its_sample_corrects_nothing() -> None:
    assert variance(design({"a": "12", "b": "34"}, a=1, b=1), total(cells(ANSWERS))) == 20


def test_nobody_answered() -> None:
    silent = mean({})
    assert (silent.value, silent.respondents.n, silent.respondents.df, silent.respondents.n_effective) == (
        None,
        0,
        0,
        None,
    )
    assert standard_error(FOUR, silent) is None
    assert coefficient_of_variation(silent, None) is None
    assert total({}).value is ratio({}, {}).value is None
    assert difference(silent, mean(cells(ANSWERS))).value is None
    assert t_interval(silent.value, None, 0) is None
    assert combine("arithmetic", [(1, silent)], silent.respondents).value is None
    assert combine("arithmetic", [], silent.respondents).value is None


@pytest.mark.parametrize(("answer", "cv"), [(1, 0), (0, None), (4.2, 0)])
def test_everybody_said_the_same(answer: float, cv: float | None) -> None:
    same = mean(cells([(stratum, psu, 100 / 3, answer) for stratum, psu, *_ in ANSWERS] * 3))
    error = standard_error(FOUR, same)
    assert (same.value, error, same.spread) == (answer, 0, 0)
    assert coefficient_of_variation(same, error) == cv
    assert design_effect(same, error) is None
    assert design_effect_without_replacement(same, error) is None


def test_a_proportion_of_one_has_an_exact_interval() -> None:
    everybody = mean(cells([(stratum, psu, 1, 1) for stratum, psu, *_ in ANSWERS]))
    base = everybody.respondents
    got = proportion_interval(everybody.value, standard_error(FOUR, everybody), base.df, base.n)
    assert got
    assert got.low == pytest.approx(0.025**0.25, rel=1e-12)
    assert (got.high, got.method) == (1, "exact")


def test_labels_may_come_again_in_another_stratum() -> None:
    reused = cells([("a", "1", 1, 2), ("a", "2", 1, 6), ("b", "1", 1, 1), ("b", "2", 1, 3)])
    assert variance(design({"a": "12", "b": "12"}), mean(reused)) == variance(FOUR, mean(cells(ANSWERS)))
    assert mean(reused).respondents.df == 2


def test_weights_of_zero_count_heads_and_nothing_else() -> None:
    weightless = mean(cells([(stratum, psu, 0, value) for stratum, psu, _, value in ANSWERS]))
    assert (weightless.value, weightless.respondents.n, standard_error(FOUR, weightless)) == (None, 4, None)
    assert weightless.respondents.n_effective is None
    with_one = mean(cells([*ANSWERS, ("b", "4", 0, 99)]))
    assert (with_one.value, with_one.respondents.n) == (3, 5)
    assert variance(FOUR, with_one) == variance(FOUR, mean(cells(ANSWERS)))


def test_without_degrees_of_freedom_there_is_an_estimate_and_no_error() -> None:
    one_psu = mean(cells([("a", "1", 1, 2), ("a", "1", 1, 4)]))
    assert (one_psu.value, one_psu.respondents.df) == (3, 0)
    assert standard_error(FOUR, one_psu) is None
    assert coefficient_of_variation(one_psu, None) is None
    assert design_effect(one_psu, None) is None
    assert t_interval(one_psu.value, None, one_psu.respondents.df) is None


def test_one_interview_alone() -> None:
    alone = mean(cells([("a", "1", 2, 5)]))
    assert (alone.value, alone.spread, standard_error(FOUR, alone)) == (5, None, None)


def test_all_sampled_psus_count_even_those_without_anybody() -> None:
    men = total(cells([("a", "1", 1, 2), ("a", "2", 1, 6)]))
    assert variance(design({"a": "123"}), men) == pytest.approx(1.5 * (40 - 64 / 3), rel=1e-15)
    assert men.respondents.df == 1


def test_a_psu_that_was_not_sampled_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        variance(FOUR, mean(cells([*ANSWERS, ("b", "9", 1, 1)])))
    with pytest.raises(KeyError):
        variance(FOUR, mean(cells([*ANSWERS, ("z", "1", 1, 1)])))


def test_design_effects_compare_with_simple_random_sampling() -> None:
    estimate = mean(cells([(stratum, psu, 3, value) for stratum, psu, _, value in ANSWERS]))
    # Values 2, 6, 1, 3 around 3: S² = 14/3. V = (2 x 8 + 2 x 2)/16.
    assert estimate.spread == 14 / 3
    error = standard_error(FOUR, estimate)
    assert design_effect(estimate, error) == pytest.approx(20 / 16 / (14 / 3 / 4), rel=1e-15)
    assert design_effect_without_replacement(estimate, error) == pytest.approx(
        20 / 16 / (14 / 3 / 4 * 8 / 12), rel=1e-15
    )
    unweighted = mean(cells(ANSWERS))
    assert design_effect_without_replacement(unweighted, standard_error(FOUR, unweighted)) is None


def test_sums_may_be_rounded_too() -> None:
    exact: Cells = {("a", "1"): Cell.of(0.1, 0.3) + Cell.of(0.2, 4), ("a", "2"): Cell.of(0.7, 1.1)}
    rounded: Cells = {
        unit: Cell(cell.n, float(cell.weight), float(cell.total), float(cell.weight_squares), float(cell.value_squares))
        for unit, cell in exact.items()
    }
    sample = design({"a": "12"})
    assert isinstance(exact["a", "1"].weight, Fraction)
    assert mean(rounded).value == pytest.approx(mean(exact).value, rel=1e-15)
    assert standard_error(sample, mean(rounded)) == pytest.approx(standard_error(sample, mean(exact)), rel=1e-14)


def test_numbers_without_a_known_error_have_no_variance() -> None:
    known = mean(cells(ANSWERS))
    from_elsewhere = Estimate(4.0, None, known.respondents)
    assert covariance(FOUR, known, from_elsewhere) is None
    assert covariance(FOUR, from_elsewhere, known) is None
    assert standard_error(FOUR, combine("arithmetic", [(1, known), (1, from_elsewhere)], known.respondents)) is None
    assert standard_error(FOUR, combine("min", [(1, known), (2, known)], known.respondents)) is None
    assert standard_error(FOUR, difference(known, from_elsewhere)) is None


def test_secondary_units_nobody_counted_are_those_that_are_there() -> None:
    members: Cells = {("a", "1", "x"): Cell.of(1, 0), ("a", "1", "y"): Cell.of(1, 4), ("a", "2", "z"): Cell.of(1, 6)}
    declared = Design({"a": Stratum({"1": Psu(2), "2": Psu(1)}, 4)})
    counted = Design({"a": Stratum({"1": Psu(), "2": Psu()}, 4)})
    assert variance(counted, total(members)) == variance(declared, total(members)) == 2 + 0.5 * 2 * 8
