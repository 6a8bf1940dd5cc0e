"""The golden interviews as the sums and designs that estimates are made of."""

import csv
import json
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from app.scoring.cells import Cell, Cells, Unit
from app.scoring.linearised import Estimate
from app.scoring.variance import (
    Design,
    Psu,
    Stratum,
    coefficient_of_variation,
    design_effect,
    design_effect_without_replacement,
    standard_error,
)

Row = dict[str, str]


def table(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as source:
        return list(csv.DictReader(source))


class Sample:
    """One case of designs.json with its rows; scores of the interviews stand beside their answers."""

    def __init__(self, folder: Path, case_id: str) -> None:
        self.declared: dict[str, Any] = json.loads((folder / "designs.json").read_text())[case_id]
        self.rows = table(folder / "inputs" / self.declared["input"])
        if self.declared["input"] == "ucra_open.csv":
            scores = {row["submission_id"]: row for row in table(folder / "expected" / "ucra_open_scores.csv")}
            self.rows = [row | scores[row["submission_id"]] for row in self.rows]
        self.units = [self._unit(at, row) for at, row in enumerate(self.rows)]

    def _unit(self, at: int, row: Row) -> Unit:
        stratum, psu, ssu = (self.declared[name] for name in ("strata", "psu", "ssu"))
        first = (row[stratum] if stratum else "", row[psu] if psu else str(at))
        return (*first, row[ssu]) if ssu else first

    @cached_property
    def design(self) -> Design:
        held: dict[str, dict[str, set[str]]] = {}
        frames: dict[str, float | None] = {}
        households: dict[Unit, float | None] = {}
        for unit, row in zip(self.units, self.rows, strict=True):
            held.setdefault(unit[0], {}).setdefault(unit[1], set()).add(unit[-1])
            frames[unit[0]] = self._count(row, "fpc_psu")
            households[unit[:2]] = self._count(row, "fpc_ssu")
        return Design(
            {
                name: Stratum({psu: Psu(len(ssus), households[name, psu]) for psu, ssus in psus.items()}, frames[name])
                for name, psus in held.items()
            },
            self.declared["lonely_psu"],
        )

    def _count(self, row: Row, name: str) -> float | None:
        column = self.declared[name]
        return float(row[column]) if column else None

    def cells(self, variables: Iterable[str], within: Callable[[Row], bool] = lambda row: True) -> Cells:
        """The sums of the first variable over the rows within a domain that have a value of any of them."""
        first, *others = variables
        sums: dict[Unit, Cell] = {}
        for unit, row in zip(self.units, self.rows, strict=True):
            values = [value(row, variable) for variable in (first, *others)]
            if within(row) and any(each is not None for each in values) and self._is_filtered_in(row):
                weight = self.declared["weight"]
                one = Cell.of(float(row[weight]) if weight else 1, values[0] or 0)
                sums[unit] = sums.get(unit, Cell()) + one
        return sums

    def _is_filtered_in(self, row: Row) -> bool:
        return all(row[name] == wanted for name, wanted in (self.declared["filter"] or {}).items())


def value(row: Row, variable: str) -> float | None:
    """A number, or for `question=answer` whether that is the answer; None for blanks and "dk"."""
    if variable == "one":
        return 1
    question, _, answer = variable.partition("=")
    if row[question] in ("", "dk", "NA"):
        return None
    return float(row[question] == answer) if answer else float(row[question])


def figures(design: Design, estimate: Estimate) -> dict[str, float | None]:
    """Whatever the golden tables know of an estimate, but for intervals."""
    error, base = standard_error(design, estimate), estimate.respondents
    return {
        "n": base.n,
        "n_psu": base.n_psu,
        "n_strata": base.n_strata,
        "sum_w": float(base.weight),
        "n_eff_kish": base.n_effective,
        "estimate": estimate.value,
        "se": error,
        "df": base.df,
        "cv": coefficient_of_variation(estimate, error),
        "deff_wr": design_effect(estimate, error),
        "deff": design_effect_without_replacement(estimate, error),
    }


def deviations(expected: Row, got: dict[str, float | None]) -> dict[str, float]:
    """|got - expected| / max(1, |expected|) by column that is not blank."""
    return {
        column: abs(_number(number) - float(expected[column])) / max(1, abs(float(expected[column])))
        for column, number in got.items()
        if expected[column] != ""
    }


def _number(number: float | None) -> float:
    return float("inf") if number is None else number
