"""When alpha can be told, and what it warns of."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scoring.reliability import Rows, cronbach

ALIKE: Rows = [[x, x + 1, 2 * x] for x in range(1, 13)]


def noisy(noise: float, n: int = 40) -> list[list[float]]:
    """Three items of one trait with a little or a lot of noise, the same at every run."""
    dice = random.Random(7)
    traits = [dice.uniform(1, 5) for _ in range(n)]
    return [[trait + dice.uniform(-noise, noise) for _ in range(3)] for trait in traits]


def test_items_that_say_the_same_are_redundant() -> None:
    same = cronbach([[x, x, x] for x in range(1, 13)])
    assert same.alpha == same.standardised == 1
    assert same.flags == ("redundant",)


@pytest.mark.parametrize(("noise", "flags"), [(1.5, ()), (9, ("low",))])
def test_noise_lowers_alpha(noise: float, flags: tuple[str, ...]) -> None:
    assert cronbach(noisy(noise)).flags == flags


def test_a_forgotten_reversal_shows() -> None:
    turned = cronbach([[one, two, 6 - three] for one, two, three in noisy(1.5)])
    assert turned.item_rest[2] is not None
    assert turned.item_rest[2] < 0
    assert turned.flags == ("low", "negative")


def test_two_of_two_items_turned_apart_make_alpha_negative() -> None:
    apart = cronbach([[x, 6 - x + x % 2] for x in range(1, 13)])
    assert apart.alpha is not None
    assert apart.alpha < 0
    assert apart.flags == ("low", "negative")
    assert apart.alpha_if_dropped == (None, None)


TOO_LITTLE: list[Rows] = [
    [],
    ALIKE[:9],
    [[x] for x in range(20)],
    [[x, None, x] for x in range(20)],
    [[3, 3, 3]] * 20,
    [[3.3, 3.3, 3.3]] * 20,
    [[1, None], [None, 2]] * 10,
]


@pytest.mark.parametrize("rows", TOO_LITTLE)
def test_too_little_tells_nothing(rows: Rows) -> None:
    for got in (cronbach(rows), cronbach(rows, "pairwise")):
        assert got.alpha is None
        assert got.flags == ()


def test_ten_respondents_are_enough() -> None:
    assert cronbach(ALIKE[:10]).alpha is not None


def test_a_constant_item_has_no_correlation() -> None:
    got = cronbach([[*row, 4] for row in ALIKE])
    assert got.alpha is not None
    assert got.standardised is None
    assert got.item_rest[3] is None


def test_complete_leaves_out_whom_pairwise_takes() -> None:
    rows: Rows = [*noisy(1.5), [1, None, 2], [None, None, None]]
    assert cronbach(rows).n == 40
    assert cronbach(rows, "pairwise").n == 41


@given(order=st.permutations(range(40)))
def test_the_order_of_respondents_never_matters(order: list[int]) -> None:
    rows = noisy(1.5)
    assert cronbach([rows[at] for at in order]) == cronbach(rows)
