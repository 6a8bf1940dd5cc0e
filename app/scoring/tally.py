"""What the interviews of one cell add up to, and which cell an interview belongs to."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import orjson

from app.scoring.contribution import INVALID_WEIGHT, Contribution
from app.scoring.framework import Framework
from app.scoring.layout import Layout

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
    def of(cls, framework: Framework, contribution: Contribution) -> Self:
        return cls(
            contribution.community or "",
            contribution.round or "",
            contribution.stratum or "",
            contribution.psu or "",
            (contribution.ssu or contribution.instance_id) if contribution.psu and framework.design.ssu else "",
            tuple(sorted(contribution.dimensions.items())),
            contribution.approved,
        )

    @property
    def unit(self) -> tuple[str, ...]:
        return (self.stratum, self.psu, self.ssu) if self.ssu else (self.stratum, self.psu)


@dataclass(slots=True)
class Tally:
    """Exact sums: `packed` by the framework's layout; `counts` of reasons for missing values by indicator and of the
    populations that interviews told; `moments` of products between indicators, where each household is a PSU of its
    own. What was added can be subtracted, and leaves nothing behind.
    """

    packed: int = 0
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    moments: int = 0

    @classmethod
    def of(cls, layout: Layout, contribution: Contribution) -> Self:
        """One interview."""
        weight, values = contribution.weight, contribution.values
        counts: Counter[tuple[str, str, str]] = Counter()
        for of, value in values.items():
            if isinstance(value, str):
                counts[MISSING, of, str(value)] = 1
        if weight is None:
            for indicator, value in values.items():
                if not isinstance(value, str):
                    counts[MISSING, indicator, INVALID_WEIGHT] = 1
        if weight is not None and layout.is_survey(contribution.values):
            for name, population in ((FPC_PSU, contribution.fpc_psu), (FPC_SSU, contribution.fpc_ssu)):
                if population is not None:
                    counts[name, "", repr(population)] += 1
        packed = layout.pack(weight, contribution.values, synthetic=contribution.synthetic)
        return cls(packed, counts, 0 if contribution.psu else layout.moments(weight, contribution.values))

    def add(self, other: "Tally", sign: int = 1) -> None:
        """Count the other's interviews too; with `sign` -1, no more."""
        self.packed += sign * other.packed
        self.moments += sign * other.moments
        for key, count in other.counts.items():
            self.counts[key] += sign * count
            if not self.counts[key]:
                del self.counts[key]

    def add_stored(self, sums: bytes, counts: list[list[Any]], moments: bytes) -> None:
        """The same for what is stored of others; `counts` is what their JSON holds."""
        self.packed += _number(sums)
        self.moments += _number(moments)
        own = self.counts
        for kind, of, what, count in counts:
            key = kind, of, what
            if left := own.get(key, 0) + count:
                own[key] = left
            else:
                own.pop(key, None)

    def stored(self) -> dict[str, bytes]:
        """The same bytes for the same interviews, in whatever order they came and whoever left again."""
        counts = [[*key, count] for key, count in sorted(self.counts.items())]
        return {"sums": _bytes(self.packed), "counts": orjson.dumps(counts), "moments": _bytes(self.moments)}

    @classmethod
    def restored(cls, sums: bytes, counts: bytes, moments: bytes) -> Self:
        found = cls()
        found.add_stored(sums, orjson.loads(counts), moments)
        return found

    def __bool__(self) -> bool:
        return bool(self.packed or self.counts or self.moments)


def _bytes(number: int) -> bytes:
    """Signed, so that damaged sums can be stored, found and mended like all others."""
    return number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True)


def _number(content: bytes) -> int:
    return int.from_bytes(content, "little", signed=True)
