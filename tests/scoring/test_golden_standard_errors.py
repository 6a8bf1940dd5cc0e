"""Estimates, standard errors, intervals and design effects are those of R's survey, row by row."""

import json
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from app.scoring.cells import respondents
from app.scoring.framework import Combine
from app.scoring.intervals import ProportionMethod, proportion_interval, t_interval
from app.scoring.linearised import Estimate, combine, difference, mean, ratio, total
from app.scoring.variance import covariance, standard_error
from tests.support.golden_sample import Row, Sample, deviations, figures, table

INDICATORS = ("i_warning", "i_trust", "i_prepared", "i_evac", "i_income", "i_drain")


@pytest.fixture(scope="session")
def sample(golden: Path) -> Callable[[str], Sample]:
    return cache(lambda case_id: Sample(golden, case_id))


@pytest.mark.parametrize(
    ("file", "count"),
    [
        ("api_estimates", 517),
        ("ucra_open_estimates", 336),
        ("ucra_open_differences", 6),
        ("ucra_rounds_open_estimates", 21),
    ],
)
def test_estimates(file: str, count: int, golden: Path, sample: Callable[[str], Sample]) -> None:
    rows = table(golden / "expected" / f"{file}.csv")
    assert len(rows) == count
    for row in rows:
        case = sample(row["case_id"])
        assert_equal(row, case, estimate(row, case))


def test_composites(golden: Path, sample: Callable[[str], Sample]) -> None:
    tree = json.loads((golden / "scoring_spec.json").read_text())["tree"]
    rows = table(golden / "expected" / "ucra_open_composites.csv")
    assert len(rows) == 144
    for row in rows:
        case = sample(row["case_id"])
        how: Combine = case.declared["composite"]
        assert_equal(row, case, composite(how, find(tree, row["variable"]), row, case))


def test_covariances(golden: Path, sample: Callable[[str], Sample]) -> None:
    files = ("api_estimates", "ucra_open_differences", "ucra_rounds_open_estimates")
    rows = [row for file in files for row in table(golden / "expected" / f"{file}.csv") if row["note"][:4] == "cov="]
    assert len(rows) == 21
    for row in rows:
        case = sample(row["case_id"])
        got = covariance(case.design, *compared(row, case))
        assert got == pytest.approx(float(row["note"][4:]), rel=1e-9, abs=1e-12)


def estimate(row: Row, case: Sample) -> Estimate:
    match row["statistic"]:
        case "difference":
            return difference(*compared(row, case))
        case "total":
            return total(case.cells([row["variable"]], domain(row)))
        case "ratio":
            both = [row["variable"], row["denominator"]], [row["denominator"], row["variable"]]
            return ratio(*(case.cells(each, domain(row)) for each in both))
        case _:
            return mean(case.cells([row["variable"]], domain(row)))


def compared(row: Row, case: Sample) -> tuple[Estimate, Estimate]:
    one, other = row["domain"].split(" - ")
    variable, by = [row["variable"]], row["domain_var"]
    return mean(case.cells(variable, lambda each: each[by] == one)), mean(
        case.cells(variable, lambda each: each[by] == other)
    )


def domain(row: Row) -> Callable[[Row], bool]:
    return lambda each: not row["domain_var"] or each[row["domain_var"]] == row["domain"]


def composite(how: Combine, node: dict[str, Any], row: Row, case: Sample) -> Estimate:
    if "indicator" in node:
        return mean(case.cells([node["indicator"]], domain(row)))
    parts = [(child["weight"], composite(how, child, row, case)) for child in node["children"]]
    return combine(how, parts, respondents(case.cells(INDICATORS, domain(row))))


def find(node: dict[str, Any], name: str) -> dict[str, Any]:
    found = [node] if node.get("id") == name else [find(child, name) for child in node.get("children", [])]
    return next(filter(None, found), {})


def assert_equal(row: Row, case: Sample, got: Estimate) -> None:
    numbers = figures(case.design, got) | intervals(row, got, standard_error(case.design, got))
    assert {column: off for column, off in deviations(row, numbers).items() if off > 1e-9} == {}, row


def intervals(row: Row, got: Estimate, error: float | None) -> dict[str, float | None]:
    level, base = float(row["level"]), got.respondents
    by_t, by_z = t_interval(got.value, error, base.df, level), t_interval(got.value, error, math.inf, level)
    # R calls the t interval of a proportion "mean", the golden table that of a mean "wald".
    methods: dict[str, ProportionMethod] = {method: method for method in get_args(ProportionMethod)}
    named = proportion_interval(got.value, error, base.df, base.n, methods.get(row["ci_method"], "t"), level)
    assert by_t
    assert by_z
    assert named
    return {
        "ci_t_low": by_t.low,
        "ci_t_high": by_t.high,
        "ci_z_low": by_z.low,
        "ci_z_high": by_z.high,
        "ci_low": named.low,
        "ci_high": named.high,
    }
