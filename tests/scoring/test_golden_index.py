"""Goalposts, means of every kind, a threshold for data and leaving one out, as COINr computes them."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from app.scoring.cells import Respondents
from app.scoring.framework import Combine, GoalpostsRule, Scale
from app.scoring.linearised import Estimate, combine
from app.scoring.reading import Reading
from app.scoring.rules import compile_rule

Table = list[dict[str, str]]
Aggregate = Callable[..., float | None]
READING = Reading(Scale(min=1, max=5), {}, "not_answered")
NOBODY = Respondents(0, Fraction(0), Fraction(0), frozenset())


@pytest.fixture(scope="session")
def index(golden_rows: Callable[[str], Table]) -> dict[str, Table]:
    names = {"units": "inputs", "meta": "inputs", "expected": "expected"}
    return {name: golden_rows(f"{folder}/index_{name}.csv") for name, folder in names.items()}


@pytest.fixture(scope="session")
def scores(index: dict[str, Table]) -> dict[tuple[str, str], float]:
    """Each unit's score of each indicator."""
    found = {}
    for meta in index["meta"]:
        if meta["Type"] == "Indicator":
            posts = {"type": "goalposts", "question": "q", "low": float(meta["lo"]), "high": float(meta["hi"])}
            posts["direction"] = int(meta["Direction"])
            rule = compile_rule(GoalpostsRule.model_validate(posts), READING)
            for unit in index["units"]:
                score = rule({"q": float(unit[meta["iCode"]])})
                assert isinstance(score, float)
                found[unit["uCode"], meta["iCode"]] = score
    return found


@pytest.fixture(scope="session")
def aggregate(index: dict[str, Table], scores: dict[tuple[str, str], float]) -> Aggregate:
    def node(
        unit: str, code: str, how: Combine = "arithmetic", without: str = "", equal: bool = False, least: float = 0
    ) -> Estimate:
        below = [(meta["iCode"], float(meta["Weight"])) for meta in index["meta"] if meta["Parent"] == code]
        if not below:
            return Estimate(None if code == without else scores[unit, code], None, NOBODY)
        parts = [(1 if equal else weight, node(unit, child, how, without, equal, least)) for child, weight in below]
        return combine(how, parts, NOBODY, least)

    return lambda *args, **kwargs: node(*args, **kwargs).value


def rows(index: dict[str, Table], step: str, method: str) -> Table:
    return [row for row in index["expected"] if row["step"] == step and row["method"].startswith(method)]


def test_goalposts(index: dict[str, Table], scores: dict[tuple[str, str], float]) -> None:
    expected = rows(index, "normalise", "goalposts_1_5_truncated")
    assert len(expected) == 72
    assert scores == pytest.approx({(row["unit"], row["code"]): float(row["value"]) for row in expected}, rel=1e-12)


@pytest.mark.parametrize(
    ("step", "method", "options"),
    [
        ("aggregate", "arithmetic", {}),
        ("aggregate", "geometric", {"how": "geometric"}),
        ("aggregate", "harmonic", {"how": "harmonic"}),
        ("aggregate", "arithmetic_dat_thresh_0.7", {"least": 0.7}),
        ("sensitivity", "equal_weights", {"equal": True}),
    ],
)
def test_aggregates(
    step: str, method: str, options: dict[str, object], index: dict[str, Table], aggregate: Aggregate
) -> None:
    expected = [row for row in rows(index, step, method) if row["method"] == method]
    assert len(expected) == 48
    for row in expected:
        assert aggregate(row["unit"], row["code"], **options) == pytest.approx(float(row["value"]), rel=1e-12)


def test_leaving_one_indicator_out(index: dict[str, Table], aggregate: Aggregate) -> None:
    expected = rows(index, "leave_one_out", "drop_")
    assert len(expected) == 72
    for row in expected:
        got = aggregate(row["unit"], "Index", without=row["method"].removeprefix("drop_"))
        assert got == pytest.approx(float(row["value"]), rel=1e-12)
