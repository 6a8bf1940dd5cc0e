"""A question to one framework version: what counts of the fieldwork, and what may be told of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from sqlmodel import Session

from app.forms.protection import protected
from app.forms.questions import Form
from app.scoring.catalogue import PublishedFramework
from app.scoring.completeness import Share
from app.scoring.conceal import conceal
from app.scoring.disclosure import Verdict
from app.scoring.domains import ROUND, Domain
from app.scoring.estimation import domain_rows
from app.scoring.framework import Framework, locate
from app.scoring.intervals import ProportionMethod
from app.scoring.margins import Verdicts, count, judge_all, judge_part
from app.scoring.queries import Contributions, load_contributions
from app.scoring.sums import Sample, Sums
from app.scoring.variance import Design

Included = Literal["all", "approved"]


@dataclass(frozen=True)
class Scope:
    """What is asked about: interviews of one round or of all, and of these all that count or the approved ones."""

    round: str | None = None
    include: Included = "all"

    @property
    def only_approved(self) -> bool:
        return self.include == "approved"


@dataclass(frozen=True)
class Inquiry:
    """What counts in the asker's communities (`whole`) and what of it is asked about (`found`: all of it, or what is
    approved), out of a sample of which these may be a part (`design`).

    `sensitive` are the indicators on which it harms to be known to answer as everybody does, and `completeness` tells
    by kind how many of the values that the framework asks for are in.
    """

    published: PublishedFramework
    scope: Scope
    whole: Contributions
    found: Contributions
    design: Design
    sensitive: frozenset[str]
    completeness: Mapping[str, Share] = field(default_factory=dict)

    @property
    def framework(self) -> Framework:
        return self.published.framework

    @property
    def of_all(self) -> "Inquiry":
        """The same about all that count, approved or not."""
        return replace(self, scope=Scope(self.scope.round), found=self.whole)

    @property
    def restriction(self) -> Domain:
        """What sets apart everything that is asked about."""
        return {} if self.scope.round is None else {ROUND: self.scope.round}

    @cached_property
    def asked(self) -> Sample:
        """Those that are asked about."""
        return self.found.sample.within(self.restriction)

    def domains(self, by: Sequence[str]) -> list[Domain]:
        """All that is asked about, and each domain of `by`, also where nothing is approved yet."""
        return self.whole.sample.within(self.restriction).domains(by)

    def sums(self, domain: Domain) -> Sums:
        """What the interviews of a domain add up to."""
        return self.asked.within(domain).sums()

    def rows(self, domain: Domain, ci_method: ProportionMethod = "logit") -> list[dict[str, Any]]:
        """Every node's row in a domain, as far as it may be told."""
        rows = domain_rows(self.framework, domain, self.sums(domain), self.design, ci_method)
        return [conceal(row, {**domain, **self.restriction}, self.verdicts) for row in rows]

    def verdict(self, domain: Domain, node: str) -> Verdict:
        """Whether a node's numbers may be told in a domain of what is asked about."""
        return self.verdicts.on({**domain, **self.restriction}, node)

    @cached_property
    def verdicts(self) -> Verdicts:
        """What may be told, which does not depend on what is asked: of what is approved nothing by which it, or what
        is not approved, could be had by subtraction."""
        everybody = count(self.whole.sample)
        if self.found is self.whole:
            return judge_all(self.framework, everybody, self.sensitive)
        parts = count(self.found.sample), count(self.whole.sample.reviewed(approved=False))
        return judge_part(self.framework, everybody, parts, self.sensitive)

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
            "round": self.scope.round,
            "watermark": {
                "seq": self.found.last_seq,
                "submissions": self.asked.interviews,
                "as_of": self.found.as_of,
            },
            "include": self.scope.include,
            "completeness": self.completeness,
            "synthetic": bool(self.found.sample.synthetic),
            "design": {"declared": framework.design.is_declared, **framework.design.model_dump()},
        }


def inquire(
    session: Session,
    published: PublishedFramework,
    scope: Scope,
    mine: Collection[str] | None,
    forms: Mapping[str, Iterable[Form]],
) -> Inquiry:
    """The inquiry of somebody who may see these communities, None meaning all.

    The sample is that of everybody, so that a score and its error are the same for all who may see it; what is
    approved is a domain in it. `forms` are the versions of each form.
    """
    framework = published.framework
    whole = load_contributions(session, published, mine)
    found = replace(whole, sample=whole.sample.reviewed(approved=True)) if scope.only_approved else whole
    everybody = whole if mine is None else load_contributions(session, published, None)
    return Inquiry(published, scope, whole, found, everybody.sample.design(), sensitive_in(framework, forms))


def sensitive_in(framework: Framework, forms: Mapping[str, Iterable[Form]]) -> frozenset[str]:
    """The indicators that ask a question which some version of its form calls personal or sensitive."""
    named = {
        (form_id, path[-1])
        for form_id, versions in forms.items()
        for form in versions
        for path in protected(form, (*form.fieldwork.personal, *form.fieldwork.sensitive))
    }
    return frozenset(
        each.id
        for each in framework.indicators
        if any(tuple(locate(question, framework.form)) in named for question in each.questions())
    )
