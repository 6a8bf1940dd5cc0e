"""Laws of estimates, on samples that nobody chose."""

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scoring.cells import Cell, Cells, Unit, respondents
from app.scoring.linearised import Estimate, combine, difference, mean, ratio, total
from app.scoring.variance import Design, Lonely, Psu, Stratum, design_effect, standard_error, variance

Interview = tuple[Unit, float, float]
units = st.tuples(st.sampled_from("ab"), st.sampled_from("123"))
weights = st.floats(0.1, 50)
scores = st.floats(1, 5)
interviews = st.lists(st.tuples(units, weights, scores), min_size=1, max_size=25)
rules = st.sampled_from(["adjust", "average", "remove", "certainty", "fail"])


def sums(sample: list[Interview]) -> Cells:
    cells: dict[Unit, Cell] = {}
    for unit, weight, value in sample:
        cells[unit] = cells.get(unit, Cell()) + Cell.of(weight, value)
    return cells


def design(sample: list[Interview], lonely: Lonely = "adjust", population: float | None = None) -> Design:
    held: dict[str, dict[str, Psu]] = {}
    for (stratum, psu), *_ in sample:
        held.setdefault(stratum, {})[psu] = Psu()
    return Design({name: Stratum(psus, population) for name, psus in held.items()}, lonely)


def outcome(sample: list[Interview], order: list[Interview], lonely: Lonely) -> list[object]:
    found = sums(order)
    estimates = [mean(found), total(found)]
    both = combine("geometric", [(1, estimates[0]), (0.3, ratio(found, found))], respondents(found))
    return [
        *((estimate.value, estimate.spread, estimate.respondents) for estimate in (*estimates, both)),
        *(variance(design(order, lonely), estimate) for estimate in (*estimates, both)),
    ]


@given(sample=interviews, lonely=rules, seed=st.integers())
def test_order_never_matters_by_a_bit(sample: list[Interview], lonely: Lonely, seed: int) -> None:
    shuffled = random.Random(seed).sample(sample, len(sample))
    assert outcome(sample, shuffled, lonely) == outcome(sample, sample, lonely)


@given(sample=interviews, extra=interviews)
def test_adding_and_withdrawing_leaves_no_trace(sample: list[Interview], extra: list[Interview]) -> None:
    cells = dict(sums(sample + extra))
    for unit, weight, value in extra:
        cells[unit] -= Cell.of(weight, value)
    found = {unit: cell for unit, cell in cells.items() if cell != Cell()}
    assert found == sums(sample)
    assert mean(cells) == mean(sums(sample))
    assert total(cells) == total(sums(sample))


@given(sample=interviews, factor=st.fractions(Fraction(1, 100), 100).filter(bool))
def test_the_unit_of_weights_changes_nothing_but_totals(sample: list[Interview], factor: Fraction) -> None:
    one = mean(sums(sample))
    other = mean(sums_scaled(sample, factor))
    plan = design(sample)
    assert (other.value, other.effects, other.spread) == (one.value, one.effects, one.spread)
    assert other.respondents.n_effective == one.respondents.n_effective
    assert standard_error(plan, other) == standard_error(plan, one)
    assert design_effect(other, standard_error(plan, other)) == design_effect(one, standard_error(plan, one))
    scaled = total(sums_scaled(sample, factor)).value
    assert scaled == pytest.approx((total(sums(sample)).value or 0) * float(factor), rel=1e-12)


def sums_scaled(sample: list[Interview], factor: Fraction) -> Cells:
    cells: dict[Unit, Cell] = {}
    for unit, weight, value in sample:
        cells[unit] = cells.get(unit, Cell()) + Cell.of(Fraction(weight) * factor, value)
    return cells


@given(sample=interviews, lonely=rules)
def test_a_reversed_item_has_a_mirrored_mean_and_the_same_error(sample: list[Interview], lonely: Lonely) -> None:
    exact = [(unit, weight, round(value * 8) / 8) for unit, weight, value in sample]
    mirrored = [(unit, weight, 6 - value) for unit, weight, value in exact]
    one, other, plan = mean(sums(exact)), mean(sums(mirrored)), design(sample, lonely)
    assert one.value is not None
    assert other.value == pytest.approx(6 - one.value, rel=1e-15)
    assert standard_error(plan, other) == standard_error(plan, one)
    assert other.spread == one.spread


@given(sample=interviews, lonely=rules, population=st.integers(3, 60))
def test_knowing_the_population_never_makes_less_sure(sample: list[Interview], lonely: Lonely, population: int) -> None:
    estimate = mean(sums(sample))
    without = variance(design(sample, lonely), estimate)
    corrected = variance(design(sample, lonely, population), estimate)
    assert without is None or (corrected is not None and corrected <= without)


@given(sample=interviews, lonely=rules)
def test_a_domain_minus_itself_is_certainly_nothing(sample: list[Interview], lonely: Lonely) -> None:
    nothing = difference(mean(sums(sample)), mean(sums(sample)))
    assert nothing.value == 0
    assert variance(design(sample, lonely), nothing) in (0, None)
    assert lonely not in ("adjust", "remove", "certainty") or variance(design(sample, lonely), nothing) == 0


@given(sample=interviews)
def test_every_household_a_psu_is_the_textbook_formula(sample: list[Interview]) -> None:
    """Equal weights, one stratum: s / √n (Cochran 1977, theorem 2.4)."""
    values = [value for *_, value in sample]
    alone: list[Interview] = [(("a", str(at)), 2.5, value) for at, value in enumerate(values)]
    n, middle = len(values), math.fsum(values) / len(values)
    got = standard_error(design(alone), mean(sums(alone)))
    if n < 2:
        assert got is None
    else:
        s = math.sqrt(math.fsum((value - middle) ** 2 for value in values) / (n - 1))
        assert got == pytest.approx(s / math.sqrt(n), rel=1e-9, abs=1e-14)


@given(sample=interviews)
def test_a_stratum_alone_knows_nothing_of_the_others(sample: list[Interview]) -> None:
    own = [each for each in sample if each[0][0] == "a"]
    for lonely in ("remove", "fail"):
        assert standard_error(design(own, lonely), mean(sums(own))) == standard_error(
            design(sample, lonely), mean(sums(own))
        )


@given(sample=interviews, lonely=rules)
def test_variances_are_never_negative(sample: list[Interview], lonely: Lonely) -> None:
    found = sums(sample)
    parts: list[tuple[float, Estimate]] = [(0.5, mean(found)), (0.5, ratio(found, found))]
    got = variance(design(sample, lonely), combine("harmonic", parts, respondents(found)))
    assert got is None or got >= 0
