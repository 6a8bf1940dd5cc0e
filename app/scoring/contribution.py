"""One interview, as the scores see it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self, TypeVar

import orjson

from app.scoring.placement import Placement
from app.scoring.reading import Value

T = TypeVar("T")

INVALID_WEIGHT = "invalid_weight"
"""Why a score is missing whose interview has no usable weight."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one interview adds to the scores, and where it stands in the sample.

    `weight` None is unusable: counted as missing, never as 1. `fpc_psu` and `fpc_ssu` are population counts.
    """

    instance_id: str
    community: str | None
    round: str | None
    weight: float | None
    dimensions: Mapping[str, str]
    values: Mapping[str, Value]
    stratum: str | None = None
    psu: str | None = None
    ssu: str | None = None
    fpc_psu: float | None = None
    fpc_ssu: float | None = None
    synthetic: bool = False
    approved: bool = False


class Content(NamedTuple):
    """What is kept of a contribution, in JSON.

    `values` are in the order of the framework, None where the indicator was not asked, up to the last that was.
    `items` hold the score of each item, or None, of the scales that are to be checked; `inputs` what the interview
    brings of the values that are asked for by kind.
    """

    place: Placement
    values: Sequence[Value | None]
    items: Mapping[str, Sequence[float | None]]
    inputs: Mapping[str, str]

    @classmethod
    def loaded(cls, content: bytes) -> Self:
        place, *others = orjson.loads(content)
        return cls(Placement(*place), *others)

    def dumped(self) -> bytes:
        return orjson.dumps([[*self.place], *self[1:]])


def in_order(values: Mapping[str, T], order: Iterable[str]) -> list[T | None]:
    """What is told by indicator, as `Content` has values."""
    found = list(map(values.get, order))
    while found and found[-1] is None:
        found.pop()
    return found
