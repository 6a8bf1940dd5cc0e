"""Score rows of interviews, without a database between them."""

from collections.abc import Iterable, Sequence

from app.scoring.contribution import Contribution
from app.scoring.domains import ROUND
from app.scoring.estimation import ScoreRow, domain_rows
from app.scoring.framework import Framework
from app.scoring.intervals import ProportionMethod
from app.scoring.sums import Sample


def score_rows(
    framework: Framework,
    contributions: Iterable[Contribution],
    by: Sequence[str] = (),
    round_: str | None = None,
    ci_method: ProportionMethod = "logit",
) -> list[ScoreRow]:
    """The rows of all interviews of a round (or of all) together, then of each domain of `by`.

    All interviews make the sample, whatever their round or domain: the same PSU in two rounds is one PSU, and a
    domain's PSUs without anybody of it count as zero.
    """
    sample = Sample.of(framework, contributions)
    asked = sample if round_ is None else sample.within({ROUND: round_})
    design = sample.design()
    return [
        row
        for domain in asked.domains(by)
        for row in domain_rows(framework, domain, asked.within(domain).sums(), design, ci_method)
    ]
