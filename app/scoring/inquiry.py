"""A question to one framework version: what counts of the fieldwork, and what may be told of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlmodel import Session

from app.forms.catalogue import Catalogue
from app.scoring.catalogue import PublishedFramework
from app.scoring.conceal import conceal
from app.scoring.disclosure import Verdict
from app.scoring.domains import ROUND, Domain, split, within
from app.scoring.estimation import design_of, domain_rows
from app.scoring.framework import Framework, locate
from app.scoring.intervals import ProportionMethod
from app.scoring.margins import Verdicts, judge_all, tally
from app.scoring.queries import Contributions, load_contributions
from app.scoring.sums import Contribution, Sums, add_up
from app.scoring.variance import Design


@dataclass(frozen=True)
class Inquiry:
    """What counts in the asker's communities (`found`), out of a sample of which these may be a part (`design`).

    `sensitive` are the indicators on which it harms to be known to answer as everybody does.
    """

    published: PublishedFramework
    round: str | None
    found: Contributions
    design: Design
    sensitive: frozenset[str]

    @property
    def framework(self) -> Framework:
        return self.published.framework

    @property
    def restriction(self) -> Domain:
        """What sets apart everything that is asked about."""
        return {} if self.round is None else {ROUND: self.round}

    @cached_property
    def interviews(self) -> list[Contribution]:
        """Those that are asked about."""
        return within(self.found.contributions, self.restriction)

    def domains(self, by: Sequence[str]) -> list[Domain]:
        """All that is asked about, and each domain of `by` in it."""
        return [domain for domain, _ in split(self.interviews, by)]

    def sums(self, domain: Domain) -> Sums:
        """What the interviews of a domain add up to."""
        return add_up(self.framework, within(self.interviews, domain))

    def rows(self, domain: Domain, ci_method: ProportionMethod = "logit") -> list[dict[str, Any]]:
        """Every node's row in a domain, as far as it may be told."""
        rows = domain_rows(self.framework, domain, self.sums(domain), self.design, ci_method)
        return [conceal(row, {**domain, **self.restriction}, self.verdicts) for row in rows]

    def verdict(self, domain: Domain, node: str) -> Verdict:
        """Whether a node's numbers may be told in a domain of what is asked about."""
        return self.verdicts.on({**domain, **self.restriction}, node)

    @cached_property
    def verdicts(self) -> Verdicts:
        """What may be told, which does not depend on what is asked."""
        return judge_all(self.framework, tally(self.framework, self.found.contributions), self.sensitive)

    def about(self) -> dict[str, Any]:
        """What an answer rests on."""
        framework = self.framework
        return {
            "framework": {
                "id": framework.id,
                "version": framework.version,
                "sha256": self.published.sha256.hex(),
                "provenance": framework.provenance,
                "label": framework.label,
                "note": framework.note,
                "complete": self.published.complete,
            },
            "round": self.round,
            "watermark": {
                "seq": self.found.last_seq,
                "submissions": len(self.interviews),
                "as_of": self.found.as_of,
            },
            "include": "all",
            "synthetic": bool(self.found.synthetic),
            "design": {"declared": framework.design.is_declared, **framework.design.model_dump()},
        }


def inquire(
    session: Session,
    published: PublishedFramework,
    round_: str | None,
    mine: Collection[str] | None,
    forms: Catalogue,
) -> Inquiry:
    """The inquiry of somebody who may see these communities, None meaning all.

    The sample is that of everybody, so that a score and its error are the same for all who may see it.
    """
    framework = published.framework
    found = load_contributions(session, framework, mine)
    sample = found if mine is None else load_contributions(session, framework, None)
    design = design_of(framework, sample.contributions)
    return Inquiry(published, round_, found, design, _sensitive(published, forms))


def _sensitive(published: PublishedFramework, forms: Catalogue) -> frozenset[str]:
    """The indicators that ask a question which some version of its form calls personal or sensitive."""
    framework = published.framework
    named = {
        (form_id, name)
        for form_id in published.scorer.by_form
        for form in forms.versions(form_id).values()
        for name in (*form.fieldwork.personal, *form.fieldwork.sensitive)
    }
    return frozenset(
        each.id
        for each in framework.indicators
        if any(tuple(locate(question, framework.form)) in named for question in each.questions())
    )
