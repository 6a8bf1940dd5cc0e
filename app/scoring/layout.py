"""All sums of one cell as one whole number, so that to add or withdraw an interview is to add or subtract once.

Every sum has a stretch of bytes of its own in it, wide enough for 2**40 interviews. Weights and scores count in
2**-80, their squares in 2**-160 and so on: exact, and so the same in any order. Scores are counted from the low end of
their scale, so that no sum is ever below zero and borrows from its neighbour.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple, Self

from app.scoring.cells import Cell
from app.scoring.framework import Framework
from app.scoring.rules import Value

BITS = 80
"""Binary places of exact sums. Every float from 1e-8 on is a whole number of 2**-80."""

_COUNT = 5
"""Bytes of a count of interviews."""

_HEAVIEST_BITS = 31
"""A weight of 1e9, the heaviest that an interview may have, is below 2**31."""


_MOST_WEIGHTS, _MOST_VALUES = 16, 256


class Heads(NamedTuple):
    """How many interviews: all, the synthetic ones, and those with a weight that were drawn from the frame."""

    interviews: int
    synthetic: int
    sampled: int


class Base(NamedTuple):
    """How many interviews, their Σw and their Σw²."""

    n: int
    weight: Fraction
    weight_squares: Fraction


class _Widths(NamedTuple):
    """Bytes of n, Σw, Σwy, Σw² and Σwy². Without weights Σw and Σw² are n, and take none."""

    n: int
    weight: int
    total: int
    weight_squares: int
    value_squares: int


@dataclass(frozen=True)
class _Scale:
    """Where an indicator's scores begin, in 2**-80, and how wide its sums are."""

    low: int
    widths: _Widths
    weighted: bool

    def single(self, weight: float, value: Value | None) -> bytes:
        """One interview's sums of one indicator; nothing where it has no score."""
        if value is None or isinstance(value, str):
            return bytes(sum(self.widths))
        w, y = fixed(weight) if self.weighted else 1, fixed(value) - self.low
        return _join((1, w, w * y, w * w, w * y * y) if self.weighted else (1, 0, y, 0, y * y), self.widths)


class _Singles(dict[Value | None, bytes]):
    """Single interviews' sums of one indicator by their value, of which the same come again and again."""

    def __init__(self, scale: _Scale, weight: float) -> None:
        super().__init__()
        self._scale, self._weight = scale, weight

    def __missing__(self, value: Value | None) -> bytes:
        if len(self) >= _MOST_VALUES:
            self.clear()
        found = self[value] = self._scale.single(self._weight, value)
        return found


@dataclass(frozen=True)
class Layout:
    """Where each sum of a framework's cells stands. It never changes for a published version.

    `nodes` go from node to the indicators under it; `surveyed` are the indicators asked of a
    sample, in order.
    """

    scales: Mapping[str, _Scale]
    nodes: Mapping[str, frozenset[str]]
    surveyed: Mapping[str, None]
    weighted: bool

    @classmethod
    def of(cls, framework: Framework, *, weighted: bool | None = None) -> Self:
        """The layout of a framework; `weighted` tells whether any weight but 1 occurs, if not the framework does."""
        by_weight = framework.design.weight is not None if weighted is None else weighted
        scales = {}
        # What interviews are seldom asked stands at the end, so that most sums of it are no bytes at all.
        for each in sorted(framework.indicators, key=lambda each: each.source != "survey"):
            scale = framework.scale_of(each)
            scales[each.id] = _scale(scale.min, scale.max, by_weight)
        nodes = {node.id: frozenset(leaf.indicator for leaf in node.leaves()) for node in framework.tree.nodes()}
        surveyed = dict.fromkeys(each.id for each in framework.indicators if each.source == "survey")
        return cls(scales, nodes, surveyed, by_weight)

    def pack(self, weight: float | None, values: Mapping[str, Value], *, synthetic: bool = False) -> int:
        """What one interview adds. Raises ValueError for a weight that the framework does not declare."""
        if weight not in (None, 1) and not self.weighted:
            raise ValueError("a weight without a declared one")
        sampled = weight is not None and self.is_survey(values)
        parts = [_heads(synthetic, sampled)]
        if weight is not None:
            answered = not all(isinstance(value, str) for value in values.values())
            parts.append(self._bases(weight, tuple(values) if answered else ()))
            asked = self.surveyed if values.keys() <= self.surveyed.keys() else self.scales
            singles = self._singles_at(weight)
            parts += [own[value] for own, value in zip(singles, map(values.get, asked), strict=False)]
        return int.from_bytes(b"".join(parts), "little")

    def _bases(self, weight: float, asked: tuple[str, ...]) -> bytes:
        """One interview's sums of the nodes: of those that have any of these indicators under them."""
        known = self._known_bases
        if (weight, asked) not in known:
            if len(known) >= _MOST_VALUES:
                known.clear()
            one = _base(weight, self.weighted)
            none = bytes(len(one))
            known[weight, asked] = b"".join(none if below.isdisjoint(asked) else one for below in self.nodes.values())
        return known[weight, asked]

    @cached_property
    def _known_bases(self) -> dict[tuple[float, tuple[str, ...]], bytes]:
        return {}

    def _singles_at(self, weight: float) -> list[_Singles]:
        found = self._singles.get(weight)
        if found is None:
            if len(self._singles) >= _MOST_WEIGHTS:
                self._singles.clear()
            found = self._singles[weight] = [_Singles(scale, weight) for scale in self.scales.values()]
        return found

    @cached_property
    def _singles(self) -> dict[float, list[_Singles]]:
        return {}

    def is_survey(self, values: Mapping[str, Value]) -> bool:
        """Whether an interview belongs to the sample: groups and records are no households drawn from a frame."""
        return not self.surveyed.keys().isdisjoint(values)

    def heads(self, packed: int) -> Heads:
        return Heads(*_cut(packed.to_bytes(self._size, "little"), 0, (_COUNT,) * 3))

    def unpack(self, packed: int) -> tuple[dict[str, Cell], dict[str, Base]]:
        """The sums by indicator that anybody answered, and by node that anybody was asked under."""
        content = packed.to_bytes(self._size, "little")
        starts = self._starts
        cells = {
            indicator: _cell(scale, content, start)
            for (indicator, scale), start in zip(self.scales.items(), starts, strict=False)
            if any(content[start : start + _COUNT])
        }
        widths = _base_widths(self.weighted)
        bases = {}
        for number, node in enumerate(self.nodes):
            n, *weights = _cut(content, 3 * _COUNT + number * sum(widths), widths)
            if n:
                weight, squares = weights or (n << BITS, n << 2 * BITS)
                bases[node] = Base(n, Fraction(weight, 1 << BITS), Fraction(squares, 1 << 2 * BITS))
        return cells, bases

    def moments(self, weight: float | None, values: Mapping[str, Value]) -> int:
        """What one household that is a PSU of its own adds to the sums of products between indicators.

        The products are those of any two of Σw and Σwy of all surveyed indicators, in the order of `products`.
        """
        if weight is None:
            return 0
        size, features = self._product_size, self._features(weight, values)
        row = int.from_bytes(b"".join(each.to_bytes(size, "little") for each in features), "little")
        parts = []
        for number, each in enumerate(features):
            parts.append((each * row).to_bytes((len(features) - number) * size, "little"))
            row >>= 8 * size
        return int.from_bytes(b"".join(parts), "little")

    def products(self, moments: int) -> dict[tuple[int, int], int]:
        """The sums of products by the numbers of two features, in 2**-160 for each Σw and 2**-80 more for each Σwy.

        Feature 2k is Σw of the k-th surveyed indicator, feature 2k + 1 its Σwy, scores counted from the low end.
        """
        size, count = self._product_size, 2 * len(self.surveyed)
        pairs = [(one, other) for one in range(count) for other in range(one, count)]
        content = moments.to_bytes(len(pairs) * size, "little")
        shift = 0 if self.weighted else 2 * BITS
        return {
            pair: product << shift
            for pair, product in zip(pairs, _cut(content, 0, (size,) * len(pairs)), strict=True)
            if product
        }

    def _features(self, weight: float, values: Mapping[str, Value]) -> list[int]:
        features, w = [], fixed(weight) if self.weighted else 1
        for indicator in self.surveyed:
            value = values.get(indicator)
            if value is None or isinstance(value, str):
                features += [0, 0]
            else:
                features += [w, w * (fixed(value) - self.scales[indicator].low)]
        return features

    @cached_property
    def _product_size(self) -> int:
        return max(
            2 * scale.widths.total if scale.weighted else scale.widths.value_squares for scale in self.scales.values()
        )

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        """Where each indicator begins, behind the nodes, and the end."""
        nodes_end = 3 * _COUNT + len(self.nodes) * sum(_base_widths(self.weighted))
        return tuple(accumulate((sum(scale.widths) for scale in self.scales.values()), initial=nodes_end))

    @cached_property
    def _size(self) -> int:
        return self._starts[-1]


def fixed(number: float) -> int:
    """A number in whole 2**-80."""
    return int(math.ldexp(number, BITS))


@lru_cache(1024)
def _scale(low: float, high: float, weighted: bool) -> _Scale:
    value = BITS + (fixed(high) - fixed(low) >> BITS).bit_length()
    weight = BITS + _HEAVIEST_BITS if weighted else 0
    squares = 2 * weight
    bits = (weight, weight + value, squares, weight + 2 * value)
    return _Scale(fixed(low), _Widths(_COUNT, *(-(-each // 8) + _COUNT if each else 0 for each in bits)), weighted)


@lru_cache(8)
def _heads(synthetic: bool, sampled: bool) -> bytes:
    return b"".join(int(each).to_bytes(_COUNT, "little") for each in (True, synthetic, sampled))


@lru_cache(65536)
def _base(weight: float, weighted: bool) -> bytes:
    w = fixed(weight)
    numbers = (1, w, w * w) if weighted else (1,)
    return _join(numbers, _base_widths(weighted))


@lru_cache(2)
def _base_widths(weighted: bool) -> tuple[int, ...]:
    bits = (BITS + _HEAVIEST_BITS, 2 * (BITS + _HEAVIEST_BITS)) if weighted else ()
    return (_COUNT, *(-(-each // 8) + _COUNT for each in bits))


def _cell(scale: _Scale, content: bytes, start: int) -> Cell:
    n, weight, total, weight_squares, value_squares = _cut(content, start, scale.widths)
    if not scale.weighted:
        weight, total, weight_squares = n << BITS, total << BITS, n << 2 * BITS
        value_squares <<= BITS
    # (low + y)² = low² + 2 low y + y², and both sums take their weights along.
    squares = value_squares + 2 * scale.low * total + scale.low**2 * weight
    return Cell(
        n,
        Fraction(weight, 1 << BITS),
        Fraction(total + scale.low * weight, 1 << 2 * BITS),
        Fraction(weight_squares, 1 << 2 * BITS),
        Fraction(squares, 1 << 3 * BITS),
    )


def _cut(content: bytes, start: int, widths: tuple[int, ...]) -> Iterator[int]:
    for width in widths:
        yield int.from_bytes(content[start : start + width], "little")
        start += width


def _join(numbers: Iterable[int], widths: Iterable[int]) -> bytes:
    return b"".join(number.to_bytes(width, "little") for number, width in zip(numbers, widths, strict=True))
