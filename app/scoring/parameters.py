"""What the doors to the scores may be asked, as parameters of a query."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

from app.scoring.facts.values import Source
from app.scoring.inquiry import Included, Scope
from app.scoring.intervals import ProportionMethod

By = Annotated[
    tuple[str, ...],
    Query(
        description="`community`, `round` or a dimension that the framework declares; repeatable. Two are crossed by "
        "`*`, as in `community*sex`. At most two dimensions at once, `round=` being one of them."
    ),
]
Round = Annotated[str | None, Query(description="Only interviews of this round.")]
Include = Annotated[
    Included,
    Query(description="`all`: every interview that counts and that no review rejects; `approved`: only approved ones."),
]
CiMethod = Annotated[ProportionMethod, Query(description="The interval of indicators that are proportions.")]
Score = Annotated[Source, Query(description="Whose numbers: the survey's, those of groups or records, or the agreed.")]


@dataclass(frozen=True)
class Asked:
    """Which framework version, and which interviews."""

    framework: str | None = None
    version: str | None = None
    round: Round = None
    include: Include = "all"

    @property
    def scope(self) -> Scope:
        return Scope(self.round, self.include)


@dataclass(frozen=True)
class AskedBy(Asked):
    """And for which domains."""

    by: By = ()


@dataclass(frozen=True)
class AskedScores(AskedBy):
    """And whose numbers, with which intervals."""

    score: Score = "survey"
    ci_method: CiMethod = "logit"
