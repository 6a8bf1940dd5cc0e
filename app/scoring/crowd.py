"""Households that are each a PSU of its own: what their effects add up to, without looking at any one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from app.scoring.cells import Cell, exact_sum

PLACES = 80
"""Σw and Σwy are whole numbers of 2**-80 and 2**-160, and their products accordingly."""

# Stratum by stratum and indicator by indicator: Σ of products of two features, Σw being feature 2k and Σwy 2k + 1.
Products = Mapping[str, Mapping[tuple[int, int], int]]


@dataclass(frozen=True, eq=False)
class Crowd:
    """The households of one domain. `whole` holds Σw and Σwy of each indicator over the whole domain, PSUs included,
    `own` those of the households of each stratum; scores count from wherever the products count them.

    A household's effect on the mean of indicator k is (w y_k R_k - T_k w) / R_k², with R_k and T_k the whole's Σw and
    Σwy. `sum_of` and `product_of` are exact sums of the numerator and of products of two of them.
    """

    indicators: Mapping[str, int]
    whole: Mapping[str, tuple[int, int]]
    own: Mapping[str, Mapping[str, tuple[int, int]]]
    products: Products
    _found: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def slope(self, indicator: str, slope: float) -> Fraction:
        """What the numerator has to be taken by: as near as a float comes, which hits the same all households alike."""
        weight, _ = self.whole[indicator]
        return Fraction(float(Fraction(slope) / (weight * weight << PLACES)))

    def sum_of(self, stratum: str, indicator: str) -> int:
        weight, total = self.whole[indicator]
        own_weight, own_total = self.own[stratum].get(indicator, (0, 0))
        return own_total * weight - total * own_weight

    def product_of(self, stratum: str, one: str, other: str) -> int:
        key = stratum, min(one, other), max(one, other)
        if key not in self._found:
            self._found[key] = self._product(stratum, one, other)
        return self._found[key]

    def _product(self, stratum: str, one: str, other: str) -> int:
        k, j = 2 * self.indicators[one], 2 * self.indicators[other]
        (weight_k, total_k), (weight_j, total_j) = self.whole[one], self.whole[other]
        sums = self.products[stratum]

        def of(left: int, right: int) -> int:
            return sums.get((min(left, right), max(left, right)), 0)

        return (
            weight_k * weight_j * of(k + 1, j + 1)
            - weight_k * total_j * of(k + 1, j)
            - total_k * weight_j * of(k, j + 1)
            + total_k * total_j * of(k, j)
        )


def sums_of(cell: Cell, low: int) -> tuple[int, int]:
    """Σw and Σwy of a cell in whole numbers, scores counted from `low`."""
    weight = _whole(cell.weight, PLACES)
    return weight, _whole(cell.total, 2 * PLACES) - low * weight


def _whole(number: Fraction | float, places: int) -> int:
    return int(Fraction(number) * (1 << places))


@dataclass(frozen=True, slots=True)
class Spread:
    """Over the households of a stratum: sums of two estimates' effects, and of the products of both."""

    x: Fraction = Fraction(0)
    y: Fraction = Fraction(0)
    products: Fraction = Fraction(0)


NONE = Spread()

# How much an estimate follows the means of indicators, by the crowd that these are of.
Slopes = Mapping[tuple[Crowd, str], float]


def spreads(one: Slopes, other: Slopes) -> dict[str, Spread]:
    """By stratum. Crowds of different domains share nobody, so that their products are nothing."""
    left = {key: key[0].slope(key[1], slope) for key, slope in one.items()}
    right = left if other is one else {key: key[0].slope(key[1], slope) for key, slope in other.items()}
    crowds = {crowd for crowd, _ in (*left, *right)}
    return {
        stratum: Spread(_sum(left, stratum), _sum(right, stratum), _products(left, right, stratum))
        for stratum in sorted({stratum for crowd in crowds for stratum in crowd.own})
    }


def _sum(slopes: Mapping[tuple[Crowd, str], Fraction], stratum: str) -> Fraction:
    numbers = [slope * crowd.sum_of(stratum, of) for (crowd, of), slope in slopes.items() if stratum in crowd.own]
    return exact_sum(numbers)


def _products(
    left: Mapping[tuple[Crowd, str], Fraction], right: Mapping[tuple[Crowd, str], Fraction], stratum: str
) -> Fraction:
    return exact_sum(
        slope * factor * crowd.product_of(stratum, one, other)
        for (crowd, one), slope in left.items()
        if stratum in crowd.own
        for (same, other), factor in right.items()
        if same is crowd
    )
