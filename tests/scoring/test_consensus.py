"""Agreement by hand, and where there is nothing to agree on."""

import pytest

from app.scoring.consensus import (
    agreement,
    deviation,
    kappa,
    kendall_w,
    mean_absolute,
    quantile,
    ranks,
    spearman,
    whole_score,
)


def test_groups_without_a_score_do_not_count() -> None:
    got = agreement([2, None, 4], [10, 90, 30])
    assert (got.n_groups, got.median, got.weighted_mean, got.iqr, got.share_within_1) == (2, 3, 3.5, 1, 1)
    assert agreement([None], [8]).median is None
    assert agreement([3], [0]).weighted_mean is None


@pytest.mark.parametrize(("probability", "expected"), [(0, 1), (0.25, 1.75), (0.5, 2.5), (0.75, 4.75), (1, 10)])
def test_quantiles_are_linear_between_values(probability: float, expected: float) -> None:
    assert quantile([10, 1, 3, 2], probability) == expected


def test_deviation_needs_an_error_to_be_judged() -> None:
    assert deviation(3, 2.5, None, 8).delta == 0.5
    assert deviation(3, 2.5, None, 8).outside_ci is None
    assert deviation(3, 2.5, 0.1, 0).outside_ci is None
    assert deviation(3, 2.5, 0.1, 8).outside_ci is True


def test_concordance() -> None:
    assert kendall_w([[1, 1, 1], [2, 2, 2], [3, 3, 3]]) == 1
    assert kendall_w([[1, 3], [2, 2], [3, 1]]) == 0
    assert kendall_w([[2, 2], [2, 2], [2, 2]]) is None
    assert kendall_w([[1, 2], [None, 3]]) is None
    assert kendall_w([]) is None


def test_ties_share_their_rank() -> None:
    assert ranks([5, 1, 5, 0]) == [3.5, 2, 3.5, 1]


def test_correlation_of_ranks() -> None:
    assert spearman([1, 2, 3], [10, 100, 1000]) == pytest.approx(1)
    assert spearman([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert spearman([1, 1, 1], [3, 2, 1]) is None
    assert spearman([], []) is None


def test_agreement_beyond_chance() -> None:
    assert kappa([1, 2, 3], [1, 2, 3]) == 1
    assert kappa([1, 1, 2, 2], [1, 2, 1, 2], power=0) == 0
    assert kappa([3, 3], [3, 3]) is None
    assert kappa([], []) is None


@pytest.mark.parametrize(("score", "whole"), [(2.5, 3), (2.49, 2), (0.2, 1), (5.7, 5), (4.5, 5)])
def test_scores_are_rounded_half_up(score: float, whole: int) -> None:
    assert whole_score(score, 1, 5) == whole


def test_the_mean_size_of_deviations() -> None:
    assert mean_absolute([-1, 2]) == 1.5
    assert mean_absolute([]) is None
