"""What estimates are made of: sums over the interviews of one sampled unit, and whom they count.

Sums that are `Fraction` or `int` are exact, so that no order of adding and no withdrawing changes a bit of what
follows from them; floats are taken at the exact number that they hold.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Self, TypeVar

Key = TypeVar("Key")
Number = int | float | Fraction
# (stratum, psu), or (stratum, psu, ssu) where the second stage of sampling counts too; (stratum, "") are all
# households of a stratum that are each a PSU of its own.
Unit = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What `n` valid values y with weights w add up to: `weight` Σw, `total` Σwy, `weight_squares` Σw²,
    `value_squares` Σwy².
    """

    n: int = 0
    weight: Number = 0
    total: Number = 0
    weight_squares: Number = 0
    value_squares: Number = 0

    @classmethod
    def of(cls, weight: Number, value: Number) -> Self:
        """One interview, exactly."""
        w, y = Fraction(weight), Fraction(value)
        return cls(1, w, w * y, w * w, w * y * y)

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(
            self.n + other.n,
            self.weight + other.weight,
            self.total + other.total,
            self.weight_squares + other.weight_squares,
            self.value_squares + other.value_squares,
        )

    def __sub__(self, other: "Cell") -> "Cell":
        return Cell(
            self.n - other.n,
            self.weight - other.weight,
            self.total - other.total,
            self.weight_squares - other.weight_squares,
            self.value_squares - other.value_squares,
        )


Cells = Mapping[Unit, Cell]


@dataclass(frozen=True, slots=True)
class Respondents:
    """Whom an estimate rests on: the interviews with a valid value, the (stratum, psu) that hold them, and by stratum
    the households among them that are each a PSU of its own.
    """

    n: int
    weight: Fraction
    weight_squares: Fraction
    psus: frozenset[Unit]
    households: Mapping[str, int] = field(default_factory=dict)

    @property
    def n_psu(self) -> int:
        return len(self.psus) + sum(self.households.values())

    @property
    def n_strata(self) -> int:
        return len({stratum for stratum, *_ in self.psus} | self.households.keys())

    @property
    def df(self) -> int:
        """Degrees of freedom: PSUs less strata, of those with a valid value (Korn & Graubard 1999)."""
        return self.n_psu - self.n_strata

    @property
    def n_effective(self) -> float | None:
        """(Σw)² / Σw² (Kish 1965, section 11.7); None without weight."""
        return float(self.weight**2 / self.weight_squares) if self.weight_squares else None

    def __or__(self, others: "Respondents") -> "Respondents":
        """Both together, of whom nobody is in both."""
        return Respondents(
            self.n + others.n,
            self.weight + others.weight,
            self.weight_squares + others.weight_squares,
            self.psus | others.psus,
            dict(Counter(self.households) + Counter(others.households)),
        )


def respondents(cells: Cells) -> Respondents:
    """Whom these cells count. A unit whose last value was withdrawn is not there any more."""
    held = {unit: cell for unit, cell in cells.items() if cell.n}
    return Respondents(
        n=sum(cell.n for cell in held.values()),
        weight=exact_sum(cell.weight for cell in held.values()),
        weight_squares=exact_sum(cell.weight_squares for cell in held.values()),
        psus=frozenset(unit[:2] for unit in held if unit[1]),
        households={unit[0]: cell.n for unit, cell in held.items() if not unit[1]},
    )


def exact_sum(numbers: Iterable[Number]) -> Fraction:
    """The sum, without rounding."""
    integers, scale = common_scale(dict(enumerate(numbers)))
    return Fraction(sum(integers.values()), scale)


def common_scale(numbers: Mapping[Key, Number]) -> tuple[dict[Key, int], int]:
    """The same numbers as integers over one denominator, much faster to add and multiply than fractions."""
    pairs = {key: number.as_integer_ratio() for key, number in numbers.items()}
    scale = math.lcm(*(denominator for _, denominator in pairs.values()))
    return {key: numerator * (scale // denominator) for key, (numerator, denominator) in pairs.items()}, scale
