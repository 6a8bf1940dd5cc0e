"""One interview, as the scores see it."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.scoring.rules import Value

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
