"""All sums of one cell as one whole number, so that to add or withdraw an interview is to add or subtract once.

Every sum has a stretch of bytes of its own in it, wide enough for 2**40 interviews. Weights and scores count in
2**-80, their squares in 2**-160 and so on: exact, and so the same in any order. Scores of a rule that names each of
them count in the binary places that these need. Scores are counted from the low end of their scale, so that no sum is
ever below zero and borrows from its neighbour.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import accumulate
from operator import getitem
from typing import NamedTuple, Self

from app.scoring.cells import Cell
from app.scoring.framework import Framework, Scale
from app.scoring.indicators import listed_scores
from app.scoring.products import BITS, Products, fixed
from app.scoring.reading import Value

Unscored = Sequence[tuple[int, Value | None]]
"""The values that are no scores, each with its place among the others."""

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
    """Where an indicator's scores begin, in 2**-80, how far they reach, in how many binary places they count, and how
    wide its sums are.
    """

    low: int
    span: int
    places: int
    widths: _Widths
    weighted: bool

    def single(self, weight: float, value: Value | None) -> bytes:
        """One interview's sums of one indicator; nothing where it has no score."""
        if value is None or isinstance(value, str):
            return bytes(sum(self.widths))
        w, y = fixed(weight) if self.weighted else 1, fixed(value) - self.low >> BITS - self.places
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
    def of(cls, framework: Framework, *, weighted: bool | None = None, invented: bool = False) -> Self:
        """The layout of a framework; `weighted` tells whether any weight but 1 occurs, if not the framework does.

        `invented` scores may be any, also such as no rule of the framework gives.
        """
        by_weight = framework.design.weight is not None if weighted is None else weighted
        scales = {}
        indicators = {each.id: each for each in framework.indicators}
        # What is seldom asked stands at the end of this order, so that most sums of it are no bytes at all.
        for name in framework.order():
            scale = framework.scale_of(indicators[name])
            listed = set[Value]() if invented else listed_scores(indicators[name], scale)
            scales[name] = _scale(scale.min, scale.max, by_weight, _places(scale, listed))
        nodes = {node.id: frozenset(leaf.indicator for leaf in node.leaves()) for node in framework.tree.nodes()}
        surveyed = dict.fromkeys(each.id for each in framework.indicators if each.source == "survey")
        return cls(scales, nodes, surveyed, by_weight)

    def pack(
        self, weight: float | None, values: Sequence[Value | None], unscored: Unscored, *, synthetic: bool = False
    ) -> int:
        """What one interview adds. Raises ValueError for a weight that the framework does not declare."""
        if weight not in (None, 1) and not self.weighted:
            raise ValueError("a weight without a declared one")
        parts = [self._begin(weight, values, unscored, synthetic)]
        if weight is not None:
            parts += map(getitem, self._singles_at(weight), values)
        return int.from_bytes(b"".join(parts), "little")

    def is_survey(self, values: Sequence[Value | None]) -> bool:
        """Whether an interview belongs to the sample: groups and records are no households drawn from a frame."""
        return any(value is not None for value in values[: len(self.surveyed)])

    def _begin(
        self, weight: float | None, values: Sequence[Value | None], unscored: Unscored, synthetic: bool
    ) -> bytes:
        """How one interview counts, and its sums of the nodes that anything under them was asked, if it answered
        anything."""
        known, is_answered = self._known_begins, len(unscored) < len(values)
        key = weight, synthetic, is_answered, len(values), tuple([at for at, value in unscored if value is None])
        found = known.get(key)
        if found is None:
            if len(known) >= _MOST_VALUES:
                known.clear()
            found = known[key] = self._make_begin(weight, values, synthetic, is_answered)
        return found

    def _make_begin(
        self, weight: float | None, values: Sequence[Value | None], synthetic: bool, is_answered: bool
    ) -> bytes:
        heads = _join((1, synthetic, weight is not None and self.is_survey(values)), (_COUNT,) * 3)
        if weight is None:
            return heads
        named = zip(self.scales, values, strict=False)
        asked = {name for name, value in named if value is not None} if is_answered else set[str]()
        one = _base(weight, self.weighted)
        none = bytes(len(one))
        return heads + b"".join(none if below.isdisjoint(asked) else one for below in self.nodes.values())

    @cached_property
    def _known_begins(self) -> dict[tuple[float | None, bool, bool, int, tuple[int, ...]], bytes]:
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

    @cached_property
    def products(self) -> Products:
        """The sums of products between the surveyed indicators."""
        size = max(
            2 * widths.total if self.weighted else widths.value_squares
            for widths in (_widths(scale.span, BITS, self.weighted) for scale in self.scales.values())
        )
        return Products([self.scales[indicator].low for indicator in self.surveyed], size, self.weighted)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        """Where each indicator begins, behind the nodes, and the end."""
        nodes_end = 3 * _COUNT + len(self.nodes) * sum(_base_widths(self.weighted))
        return tuple(accumulate((sum(scale.widths) for scale in self.scales.values()), initial=nodes_end))

    @cached_property
    def _size(self) -> int:
        return self._starts[-1]


@lru_cache(1024)
def _scale(low: float, high: float, weighted: bool, places: int) -> _Scale:
    span = fixed(high) - fixed(low) >> BITS
    return _Scale(fixed(low), span, places, _widths(span, places, weighted), weighted)


def _widths(span: int, places: int, weighted: bool) -> _Widths:
    value = places + span.bit_length()
    weight = BITS + _HEAVIEST_BITS if weighted else 0
    bits = (weight, weight + value, 2 * weight, weight + 2 * value)
    return _Widths(_COUNT, *(-(-each // 8) + _COUNT if each else 0 for each in bits))


def _places(scale: Scale, listed: Collection[Value]) -> int:
    """In how many binary places these scores are exact, counted from the low end of the scale."""
    scores = [score for score in listed if not isinstance(score, str)]
    steps = [Fraction(score) - Fraction(scale.min) for score in scores] or [Fraction(1, 1 << BITS)]
    return min(BITS, max(step.denominator.bit_length() - 1 for step in steps))


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
    total, value_squares = total << BITS - scale.places, value_squares << 2 * (BITS - scale.places)
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
