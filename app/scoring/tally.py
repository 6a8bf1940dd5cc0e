"""What the interviews of one cell add up to, and which cell an interview belongs to."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import orjson

from app.scoring.contribution import INVALID_WEIGHT, Content, Contribution, in_order
from app.scoring.framework import Framework
from app.scoring.layout import Layout
from app.scoring.placement import Placement
from app.scoring.reading import Value

MISSING, FPC_PSU, FPC_SSU = "missing", "fpc_psu", "fpc_ssu"


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

    @classmethod
    def of(cls, change: "Change") -> Self:
        place = change.content.place
        return cls(
            change.community or "",
            change.round or "",
            place.stratum or "",
            place.psu or "",
            (place.ssu or "") if place.psu else "",
            tuple([(name, value) for name, value in place.dimensions]),
            change.approved,
        )

    @property
    def unit(self) -> tuple[str, ...]:
        return (self.stratum, self.psu, self.ssu) if self.ssu else (self.stratum, self.psu)


class Change(NamedTuple):
    """An interview that comes into a cell, with the sign 1, or goes out of it, with -1."""

    sign: int
    community: str | None
    round: str | None
    approved: bool
    synthetic: bool
    content: Content

    @classmethod
    def of(cls, framework: Framework, layout: Layout, contribution: Contribution) -> Self:
        return cls(
            1,
            contribution.community,
            contribution.round,
            contribution.approved,
            contribution.synthetic,
            Content(
                Placement(
                    contribution.weight,
                    contribution.stratum,
                    contribution.psu,
                    (contribution.ssu or contribution.instance_id) if framework.design.ssu else None,
                    contribution.fpc_psu,
                    contribution.fpc_ssu,
                    sorted(contribution.dimensions.items()),
                ),
                in_order(contribution.values, layout.scales),
                {},
                {},
            ),
        )


@dataclass(slots=True)
class Tally:
    """Exact sums: `packed` by the framework's layout; `counts` of reasons for missing values by indicator and of the
    populations that interviews told; `moments` of products between indicators, where each household is a PSU of its
    own. What was added can be subtracted, and leaves nothing behind.
    """

    packed: int = 0
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    moments: int = 0

    def add(self, other: "Tally") -> None:
        """Count the other's interviews too."""
        self.packed += other.packed
        self.moments += other.moments
        for key, count in other.counts.items():
            self._count(key, count)

    def stored(self) -> dict[str, bytes]:
        """The same bytes for the same interviews, in whatever order they came and whoever left again."""
        counts = [[*key, count] for key, count in sorted(self.counts.items())]
        return {"sums": _bytes(self.packed), "counts": orjson.dumps(counts), "moments": _bytes(self.moments)}

    @classmethod
    def restored(cls, sums: bytes, counts: bytes, moments: bytes) -> Self:
        own: list[list[Any]] = orjson.loads(counts)
        return cls(_number(sums), Counter({(kind, of, what): count for kind, of, what, count in own}), _number(moments))

    def __bool__(self) -> bool:
        return bool(self.packed or self.counts or self.moments)

    def _change(self, layout: Layout, change: Change) -> None:
        """All but the moments, which are less work for many interviews at once."""
        sign, (place, values, *_) = change.sign, change.content
        weight = place.weight
        packed = layout.pack(weight, values, synthetic=change.synthetic)
        # Not multiplied with the sign, which takes longer than to add.
        self.packed = self.packed + packed if sign == 1 else self.packed - packed
        for name, value in zip(layout.scales, values, strict=False):
            if isinstance(value, str):
                self._count((MISSING, name, str(value)), sign)
            elif weight is None and value is not None:
                self._count((MISSING, name, INVALID_WEIGHT), sign)
        for kind, population in ((FPC_PSU, place.fpc_psu), (FPC_SSU, place.fpc_ssu)):
            if population is not None and weight is not None and layout.is_survey(values):
                self._count((kind, "", repr(population)), sign)

    def _count(self, key: tuple[str, str, str], count: int) -> None:
        left = self.counts.get(key, 0) + count
        if left:
            self.counts[key] = left
        else:
            self.counts.pop(key, None)


def apply(changes: Iterable[Change], layout: Layout, tallies: dict[Key, Tally]) -> None:
    """Let interviews come into the cells of a framework, and out of them."""
    households: dict[tuple[Key, int], list[tuple[float, Sequence[Value | None]]]] = {}
    # Those of one weight share most of the work.
    for change in sorted(changes, key=_weight) if layout.weighted else changes:
        key, (place, values, *_) = Key.of(change), change.content
        tally = tallies.get(key)
        if tally is None:
            tally = tallies[key] = Tally()
        tally._change(layout, change)
        if place.weight is not None and not key.psu:
            households.setdefault((key, change.sign), []).append((place.weight, values))
    for (key, sign), alike in households.items():
        tallies[key].moments += sign * layout.products.sum(alike)


def _weight(change: Change) -> float:
    return change.content.place.weight or 0.0


def _bytes(number: int) -> bytes:
    """Signed, so that damaged sums can be stored, found and mended like all others."""
    return number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True)


def _number(content: bytes) -> int:
    return int.from_bytes(content, "little", signed=True)
