"""What the interviews of one cell add up to, and which cell an interview belongs to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import orjson

from app.scoring.contribution import INVALID_WEIGHT, Contribution, in_order
from app.scoring.framework import Framework
from app.scoring.layout import Layout
from app.scoring.placement import Placement
from app.scoring.reading import Value

_POPULATIONS = FPC_PSU, FPC_SSU = "fpc_psu", "fpc_ssu"


class Key(NamedTuple):
    """The interviews of one sampled unit that no domain tells apart. What is unknown is "", so that the households
    without a PSU, each a PSU of its own, share a cell.
    """

    community: str
    round: str
    stratum: str
    psu: str
    ssu: str
    dimensions: tuple[tuple[str, str], ...]
    approved: bool

    @property
    def unit(self) -> tuple[str, ...]:
        return (self.stratum, self.psu, self.ssu) if self.ssu else (self.stratum, self.psu)


class Change(NamedTuple):
    """An interview that comes into a cell, with the sign 1, or goes out of it, with -1. `populations` are those that it
    tells, of PSUs and of SSUs.
    """

    sign: int
    key: Key
    synthetic: bool
    weight: float | None
    populations: tuple[float | None, float | None]
    values: Sequence[Value | None]

    @classmethod
    def of(
        cls,
        sign: int,
        community: str | None,
        round_: str | None,
        approved: bool,
        synthetic: bool,
        place: Placement,
        values: Sequence[Value | None],
    ) -> Self:
        """`place` may also be what JSON holds of one."""
        weight, stratum, psu, ssu, fpc_psu, fpc_ssu, dimensions = place
        key = Key(
            community or "",
            round_ or "",
            stratum or "",
            psu or "",
            (ssu or "") if psu else "",
            tuple([(name, value) for name, value in dimensions]),
            approved,
        )
        return cls(sign, key, synthetic, weight, (fpc_psu, fpc_ssu), values)

    @classmethod
    def coming(cls, framework: Framework, layout: Layout, contribution: Contribution) -> Self:
        """An interview that nobody kept."""
        place = Placement(
            contribution.weight,
            contribution.stratum,
            contribution.psu,
            (contribution.ssu or contribution.instance_id) if framework.design.ssu else None,
            contribution.fpc_psu,
            contribution.fpc_ssu,
            sorted(contribution.dimensions.items()),
        )
        values = in_order(contribution.values, layout.scales)
        return cls.of(
            1,
            contribution.community,
            contribution.round,
            contribution.approved,
            contribution.synthetic,
            place,
            values,
        )


@dataclass(slots=True)
class Tally:
    """Exact sums: `packed` by the framework's layout; `counts` of reasons for missing values ("3 refused" for the
    fourth indicator) and of the populations that interviews told ("fpc_psu 120.0"); `moments` of products between
    indicators, where each household is a PSU of its own. What was added can be subtracted, and leaves nothing behind.
    """

    packed: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    moments: int = 0

    def add(self, other: "Tally") -> None:
        """Count the other's interviews too."""
        self.packed += other.packed
        self.moments += other.moments
        for key, count in other.counts.items():
            self.counts[key] = self.counts.get(key, 0) + count

    def stored(self) -> dict[str, bytes]:
        """The same bytes for the same interviews, in whatever order they came and whoever left again."""
        counts = {key: count for key, count in self.counts.items() if count}
        return {
            "sums": _bytes(self.packed),
            "counts": orjson.dumps(counts, option=orjson.OPT_SORT_KEYS),
            "moments": _bytes(self.moments),
        }

    @classmethod
    def restored(cls, sums: bytes, counts: bytes, moments: bytes) -> Self:
        return cls(_number(sums), orjson.loads(counts), _number(moments))

    def __bool__(self) -> bool:
        return bool(self.packed or any(self.counts.values()) or self.moments)

    def missing(self) -> Iterator[tuple[int, str, int]]:
        """How many gave which reason, by the place of the indicator in the framework's order."""
        for key, count in self.counts.items():
            of, _, reason = key.partition(" ")
            if of.isdecimal() and count:
                yield int(of), reason, count

    def populations(self, kind: str) -> Iterator[float]:
        """The populations of one kind that interviews told."""
        for key, count in self.counts.items():
            of, _, population = key.partition(" ")
            if of == kind and count:
                yield float(population)

    def _change(self, layout: Layout, change: Change) -> None:
        """All but the moments, which are less work for many interviews at once."""
        sign, _, synthetic, weight, populations, values = change
        if weight is None:
            values = [INVALID_WEIGHT if isinstance(value, float | int) else value for value in values]
        # An interview has dozens of scores, and of anything else a few: they are looked for once.
        unscored = [
            (at, value)
            for at, value in enumerate(values)
            if value.__class__ is not int and value.__class__ is not float
        ]
        packed = layout.pack(weight, values, unscored, synthetic=synthetic)
        # Not multiplied with the sign, which takes longer than to add.
        self.packed = self.packed + packed if sign == 1 else self.packed - packed
        told = [f"{at} {value}" for at, value in unscored if value is not None]
        if populations != (None, None) and weight is not None and layout.is_survey(values):
            told += [
                f"{kind} {each!r}" for kind, each in zip(_POPULATIONS, populations, strict=True) if each is not None
            ]
        for key in told:
            self.counts[key] = self.counts.get(key, 0) + sign


def apply(changes: Iterable[Change], layout: Layout, tallies: dict[Key, Tally]) -> None:
    """Let interviews come into the cells of a framework, and out of them."""
    households: dict[tuple[Key, int], list[tuple[float, Sequence[Value | None]]]] = {}
    # Those of one weight share most of the work.
    for change in sorted(changes, key=_weight) if layout.weighted else changes:
        key, weight = change.key, change.weight
        tally = tallies.get(key)
        if tally is None:
            tally = tallies[key] = Tally()
        tally._change(layout, change)
        if weight is not None and not key.psu:
            households.setdefault((key, change.sign), []).append((weight, change.values))
    for (key, sign), alike in households.items():
        tallies[key].moments += sign * layout.products.sum(alike)


def _weight(change: Change) -> float:
    return change.weight or 0.0


def _bytes(number: int) -> bytes:
    """Signed, so that damaged sums can be stored, found and mended like all others."""
    return number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True)


def _number(content: bytes) -> int:
    return int.from_bytes(content, "little", signed=True)
