"""What the survey says of a community at one moment, as a workshop sees it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.scoring.estimation import ScoreRow
from app.scoring.framework import Framework
from app.scoring.sums import COMMUNITY


@dataclass(frozen=True, slots=True)
class Survey:
    """One node's number from the survey, and how sure it is; without an estimate where too few were asked."""

    estimate: float | None
    standard_error: float | None
    df: int
    ci_low: float | None
    ci_high: float | None
    ci_level: float
    n: int

    @property
    def half_width(self) -> float | None:
        """Of the confidence interval, in points."""
        return None if self.ci_low is None or self.ci_high is None else (self.ci_high - self.ci_low) / 2


def survey_of(framework: Framework, community: str, rows: Sequence[ScoreRow]) -> Mapping[str, Survey]:
    """By indicator and node, what these score rows say of the community."""
    return {row["node"]: _survey(framework, row) for row in rows if row["domain"] == {COMMUNITY: community}}


def _survey(framework: Framework, row: Mapping[str, Any]) -> Survey:
    members = {name: row[name] for name in Survey.__dataclass_fields__}
    if row["n"] < framework.policy.n_suppress:
        members |= {"estimate": None, "standard_error": None, "ci_low": None, "ci_high": None}
    return Survey(**members)
