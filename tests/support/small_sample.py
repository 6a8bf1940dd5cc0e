"""Interviews by hand, for estimates that one can check with a pencil."""

from collections.abc import Iterable

from app.scoring.cells import Cell, Cells, Number, Unit
from app.scoring.variance import Design, Lonely, Psu, Stratum

# Stratum, PSU, weight, value.
Interview = tuple[str, str, Number, Number]


def cells(interviews: Iterable[Interview]) -> Cells:
    sums: dict[Unit, Cell] = {}
    for stratum, psu, weight, value in interviews:
        sums[stratum, psu] = sums.get((stratum, psu), Cell()) + Cell.of(weight, value)
    return sums


def design(strata: dict[str, str], lonely: Lonely = "adjust", **populations: int) -> Design:
    """Strata with PSUs of one letter each, such as {"a": "12"}, and how many PSUs some strata have."""
    return Design(
        {name: Stratum({psu: Psu() for psu in psus}, populations.get(name)) for name, psus in strata.items()}, lonely
    )
