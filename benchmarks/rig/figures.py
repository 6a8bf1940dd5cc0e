"""What was measured, and what follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

NEW = "new"


@dataclass(frozen=True)
class Case:
    """One measurement of interviews that were `sent` new, again, or with another answer under the same id.

    `stored` interviews were there before; `rate` and the limits are interviews and rows a second; `cpu_us` is processor
    time of the server an interview; `get_p99_ms` how long small questions took beside it; `memory_mb` the most that the
    server has taken since it started; `sender_share` how busy the senders kept a processor.
    """

    mode: str
    sent: str
    batch: int
    tablets: int
    stored: int
    rate: float
    limit_before: float
    limit_after: float
    cpu_us: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    get_p99_ms: float
    memory_mb: float
    sender_share: float

    @property
    def limit(self) -> float:
        """The raw limit, rows a second: the mean of before and after."""
        return (self.limit_before + self.limit_after) / 2

    @property
    def ratio(self) -> float:
        """The rate as a share of the raw limit."""
        return self.rate / self.limit

    @property
    def unsteadiness(self) -> float:
        """How far apart the two limits are, as a share of their mean. Large: somebody else used the machine."""
        return abs(self.limit_after - self.limit_before) / self.limit

    def document(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}


@dataclass(frozen=True)
class Growth:
    """The same load on an empty server and on one that has stored a lot."""

    empty: Case
    full: Case

    def cases(self) -> tuple[Case, Case]:
        return self.empty, self.full

    def document(self) -> dict[str, Any]:
        """Besides the two cases, what of `full` is to that of `empty`."""
        return {
            "empty": self.empty.document(),
            "full": self.full.document(),
            "rate": self.full.rate / self.empty.rate,
            "ratio": self.full.ratio / self.empty.ratio,
            "cpu": self.full.cpu_us / self.empty.cpu_us if self.empty.cpu_us else None,
        }


@dataclass(frozen=True)
class Figures:
    """A whole run. `seconds` is the length of each measurement, `idle_mb` the memory of a server that rests."""

    machine: Mapping[str, str]
    seconds: float
    idle_mb: float
    cases: Sequence[Case]
    growth: Growth | None

    def document(self) -> dict[str, Any]:
        return {
            "machine": dict(self.machine),
            "seconds": self.seconds,
            "idle_mb": self.idle_mb,
            "cases": [case.document() for case in self.cases],
            "growth": self.growth.document() if self.growth else None,
        }
