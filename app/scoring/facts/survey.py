"""What the survey says of a community at one moment, as a workshop sees it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Survey:
    """One node's number from the survey, and how sure it is; without any number where these may not be told."""

    estimate: float | None
    standard_error: float | None
    df: int | None
    ci_low: float | None
    ci_high: float | None
    ci_level: float
    n: int | None

    @property
    def half_width(self) -> float | None:
        """Of the confidence interval, in points."""
        return None if self.ci_low is None or self.ci_high is None else (self.ci_high - self.ci_low) / 2


def survey_of(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Survey]:
    """By indicator and node, what these score rows say, of one community and as far as it may be told."""
    return {row["node"]: Survey(**{name: row[name] for name in Survey.__dataclass_fields__}) for row in rows}
