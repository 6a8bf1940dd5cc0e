"""A stratum of one PSU, under each rule of R's survey: by hand, and as printed by the package's own tests."""

from collections.abc import Callable

import pytest

from app.scoring.cells import Cell, Cells, Unit
from app.scoring.linearised import combine, mean, total
from app.scoring.variance import Design, Lonely, Psu, Stratum, lonely_strata, standard_error, variance
from tests.support.small_sample import cells, design

STRATA = {"a": "12", "b": "3", "c": "456"}
# PSU totals 2, 6 | 10 | 1, 2, 3: around their own means 2 x 8 = 16 and 3/2 x 2 = 3, mean of all PSUs 24/6 = 4.
EVERYBODY = cells(
    [("a", "1", 1, 2), ("a", "2", 1, 6), ("b", "3", 1, 10), *(("c", str(3 + x), 1, x) for x in (1, 2, 3))]
)
# PSU totals 2, 6 | 6, 0, 0: mean of the PSUs of both strata 14/5.
DOMAIN = cells([("a", "1", 1, 2), ("a", "2", 1, 6), ("c", "4", 1, 6)])


@pytest.mark.parametrize(
    ("lonely", "expected"),
    [
        ("adjust", 19 + (10 - 4) ** 2),
        ("average", 19 * 3 / 2),
        ("remove", 19),
        ("certainty", 19),
        ("fail", None),
    ],
)
def test_a_lonely_psu_of_the_design(lonely: Lonely, expected: float | None) -> None:
    sample = design(STRATA, lonely)
    assert variance(sample, total(EVERYBODY)) == expected
    assert lonely_strata(sample, total(EVERYBODY).respondents) == ["b"]


@pytest.mark.parametrize(
    ("lonely", "expected"),
    [
        ("adjust", 16 + 1.5 * ((6 - 2.8) ** 2 + 2 * 2.8**2)),
        ("average", 16 * 2),
        ("remove", 16 + 1.5 * (4**2 + 2 * 2**2)),
        ("certainty", 16 + 36),
        ("fail", 16 + 36),
    ],
)
def test_a_psu_that_is_lonely_in_the_domain(lonely: Lonely, expected: float) -> None:
    sample = design(STRATA, lonely)
    assert variance(sample, total(DOMAIN)) == pytest.approx(expected, rel=1e-15)
    assert lonely_strata(sample, total(DOMAIN).respondents) == (["c"] if lonely in ("adjust", "average") else [])


@pytest.mark.parametrize("lonely", ["adjust", "average", "remove", "certainty", "fail"])
def test_a_psu_that_is_all_of_its_stratum_is_not_lonely(lonely: Lonely) -> None:
    expected = 19 * 3 / 3
    assert variance(design(STRATA, lonely, b=1), total(EVERYBODY)) == expected


def test_the_mean_over_psus_is_that_of_strata_with_somebody() -> None:
    alone = cells([("a", "1", 1, 2), ("a", "2", 1, 6), ("b", "3", 1, 10)])
    assert variance(design(STRATA), total(alone)) == 16 + (10 - 18 / 3) ** 2


def test_a_composite_is_as_lonely_as_all_whom_it_rests_on() -> None:
    one_psu = total(cells([("a", "1", 1, 2), ("b", "3", 1, 10)]))
    composite = combine("arithmetic", [(1, one_psu)], total(EVERYBODY).respondents)
    sample = design(STRATA)
    assert variance(sample, one_psu) == 2 * ((2 - 4) ** 2 + 4**2) + (10 - 4) ** 2
    assert variance(sample, composite) == 2 * ((2 - 1) ** 2 + 1) + (10 - 2) ** 2


def test_only_lonely_psus_have_no_average() -> None:
    one_each = design({"a": "1", "b": "2"}, "average")
    assert variance(one_each, total(cells([("a", "1", 1, 2), ("b", "2", 1, 3)]))) is None


def singles(rows: list[dict[str, str]]) -> Cells:
    """Every school by itself, districts being strata, as the package's test declares it."""
    return {(row["dnum"], row["id"]): Cell.of(float(row["pw"]), float(row["api00"])) for row in rows}


def districts(rows: list[dict[str, str]], lonely: Lonely, populations: dict[str, int] | None = None) -> Design:
    held: dict[str, dict[str, Psu]] = {}
    for row in rows:
        held.setdefault(row["dnum"], {})[row["id"]] = Psu()
    return Design({name: Stratum(psus, (populations or {}).get(name)) for name, psus in held.items()}, lonely)


@pytest.fixture(scope="session")
def schools(golden_rows: Callable[[str], list[dict[str, str]]]) -> list[dict[str, str]]:
    return golden_rows("inputs/api_clus1.csv")


@pytest.mark.parametrize(
    ("lonely", "printed"), [("remove", 5.8058), ("certainty", 5.8058), ("adjust", 5.8281), ("average", 6.0096)]
)
def test_printed_of_a_lonely_district(lonely: Lonely, printed: float, schools: list[dict[str, str]]) -> None:
    error = standard_error(districts(schools, lonely), mean(singles(schools)))
    assert error == pytest.approx(printed, abs=5e-5)


@pytest.mark.parametrize("lonely", ["fail", "remove", "certainty", "adjust", "average"])
def test_printed_of_a_district_seen_whole(lonely: Lonely, schools: list[dict[str, str]]) -> None:
    populations = {row["dnum"]: 1 if row["dnum"] == "413" else 1000 for row in schools}
    error = standard_error(districts(schools, lonely, populations), mean(singles(schools)))
    assert error == pytest.approx(5.7344, abs=5e-5)


@pytest.mark.parametrize(
    ("lonely", "printed"),
    [("fail", 5.8909), ("remove", 5.8909), ("certainty", 5.8909), ("adjust", 5.9119), ("average", 6.0914)],
)
def test_printed_of_a_school_lonely_in_the_domain(
    lonely: Lonely, printed: float, schools: list[dict[str, str]]
) -> None:
    sampled = [row for row in schools if row["dnum"] != "413"]
    estimate = mean(singles(sampled[:30] + sampled[31:]))
    assert estimate.value == pytest.approx(645.14, abs=5e-3)
    assert standard_error(districts(sampled, lonely), estimate) == pytest.approx(printed, abs=5e-5)


@pytest.mark.parametrize(("lonely", "printed"), [("remove", 126625), ("certainty", 126625), ("adjust", 127579.8)])
def test_printed_of_a_total(lonely: Lonely, printed: float) -> None:
    ages = [("1", "1", 10.5, 30.5), ("1", "2", 10.5, 40.5), ("2", "3", 20, 35), ("2", "4", 20, 52), ("3", "5", 15, 44)]
    got = variance(design({"1": "12", "2": "34", "3": "5"}, lonely), total(cells(ages)))
    assert got == pytest.approx(printed, rel=1e-6)


@pytest.mark.parametrize("lonely", ["adjust", "average", "remove", "certainty", "fail"])
def test_a_lonely_household_adds_nothing_inside_of_its_psu(lonely: Lonely) -> None:
    sample = Design({"a": Stratum({"1": Psu(2, 8), "2": Psu(1, 5)}, 4)}, lonely)
    values: dict[Unit, int] = {("a", "1", "x"): 0, ("a", "1", "y"): 4, ("a", "2", "x"): 6}
    between = (1 - 2 / 4) * 2 * ((4 - 5) ** 2 + (6 - 5) ** 2)
    within = 2 / 4 * (1 - 2 / 8) * 2 * ((0 - 2) ** 2 + (4 - 2) ** 2)
    got = variance(sample, total({unit: Cell.of(1, value) for unit, value in values.items()}))
    assert got == (None if lonely == "fail" else between + within)
