"""Sums of products between indicators, where each household is a PSU of its own, as one whole number.

A household has two features for each surveyed indicator, its w and its wy. The product of any two of them has a
stretch of bytes of its own, wide enough for all households there will ever be.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.scoring.reading import Value

BITS = 80
"""Binary places of exact sums. Every float from 1e-8 on is a whole number of 2**-80."""

_Features = tuple[int, int]


@dataclass(frozen=True)
class Products:
    """`lows` are where the scores of each surveyed indicator begin, in 2**-80; `size` is the bytes of a sum."""

    lows: Sequence[int]
    size: int
    weighted: bool

    def sum(self, households: Iterable[tuple[float, Sequence[Value | None]]]) -> int:
        """What these add up to, each with its weight and its values in the layout's order."""
        rows: list[dict[_Features, int]] = [defaultdict(int) for _ in self.lows]
        for weight, values in households:
            known = [*values, *[None] * (len(self.lows) - len(values))]
            w = fixed(weight) if self.weighted else 1
            features = [_features(w, low, value, self.size) for low, value in zip(self.lows, known, strict=False)]
            row = int.from_bytes(b"".join([content for _, content in features]), "little")
            # Households with the same features are multiplied together.
            for alike, (own, _) in zip(rows, features, strict=True):
                if own is not None:
                    alike[own] += row
        return int.from_bytes(b"".join(self._parts(rows)), "little")

    def _parts(self, rows: Sequence[dict[_Features, int]]) -> Iterable[bytes]:
        """Of each feature, its products with itself and with all that follow."""
        count = 2 * len(rows)
        for number in range(count):
            passed = 8 * self.size * number
            total = sum(own[number % 2] * (row >> passed) for own, row in rows[number // 2].items())
            yield total.to_bytes((count - number) * self.size, "little")

    def cut(self, sums: int) -> dict[tuple[int, int], int]:
        """The sums by the numbers of two features, in 2**-160 for each Σw and 2**-80 more for each Σwy.

        Feature 2k is Σw of the k-th surveyed indicator, feature 2k + 1 its Σwy, scores counted from the low end.
        """
        size, count = self.size, 2 * len(self.lows)
        pairs = [(one, other) for one in range(count) for other in range(one, count)]
        content = sums.to_bytes(len(pairs) * size, "little")
        shift = 0 if self.weighted else 2 * BITS
        found = (int.from_bytes(content[at * size : (at + 1) * size], "little") for at in range(len(pairs)))
        return {pair: product << shift for pair, product in zip(pairs, found, strict=True) if product}


def fixed(number: float) -> int:
    """A number in whole 2**-80."""
    return int(math.ldexp(number, BITS))


@lru_cache(4096)
def _features(weight: int, low: int, value: Value | None, size: int) -> tuple[_Features | None, bytes]:
    """What one household has of an indicator, if anything, as numbers and in its stretch of bytes."""
    if value is None or isinstance(value, str):
        return None, bytes(2 * size)
    own = weight, weight * (fixed(value) - low)
    return own, b"".join(each.to_bytes(size, "little") for each in own)
