"""From a score to the interviews that make it, without telling what the scores themselves withhold."""

import math
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from app.database import Database
from app.forms.catalogue import Catalogue
from app.forms.protection import protected
from app.problems import InvalidRequest, NotFound
from app.scoring.answer import described
from app.scoring.catalogue import PublishedFramework
from app.scoring.estimation import score_rows
from app.scoring.framework import Framework, Indicator, locate
from app.scoring.queries import contribution_of
from app.scoring.sums import Contribution
from app.scoring.tables import ScoredInterview
from app.scoring.tracing.formula import find, formula, indicators_under, weights_in
from app.scoring.withholding import MOST, Domain, domains_of, hidden_domains

SENSITIVE = "sensitive"
SUPPRESSED = "suppressed"

Numbered = tuple[int, Contribution]


@dataclass(frozen=True)
class Page:
    """Interviews after the number `cursor`, at most `limit` of them."""

    cursor: int
    limit: int


@dataclass(frozen=True)
class _Cell:
    """What an estimate rests on: who is in it, and what of theirs may be told."""

    indicators: Sequence[str]
    hidden: Mapping[str, set[Domain]]
    sensitive: frozenset[str]
    totals: Mapping[str, float]
    weights: Mapping[str, float] | None
    dimensions: Sequence[str]


def trace(
    database: Database,
    catalogue: Catalogue,
    published: PublishedFramework,
    node: str,
    domain: Domain,
    communities: Collection[str] | None,
    page: Page,
) -> dict[str, Any]:
    """A node's formula and the interviews behind its number in a domain, in the order of arrival.

    Raises `NotFound` for a node that has no score, and `InvalidRequest` for a domain that no table shows.
    """
    framework = published.framework
    place = find(framework, node)
    if place is None or (place is framework.tree and framework.total == "off"):
        raise NotFound
    if len(domain) > MOST:
        raise InvalidRequest(where="query", what=f"Ask for at most {MOST} of round, community and dimension.")
    with database.read() as session:
        everybody = _interviews(session, framework, communities)
    asked = indicators_under(framework, place)
    names = [each.id for each in asked]
    members = [(seq, each) for seq, each in everybody if _is_in(each, domain, framework, names)]
    interviews = [each for _, each in everybody]
    hidden = {name: hidden_domains(framework, interviews, [name]) for name in names}
    rows = score_rows(framework, [each for _, each in members])
    cell = _Cell(
        names,
        hidden,
        frozenset(each.id for each in asked if _is_sensitive(each, framework, catalogue)),
        {name: _total(name, members) for name in names},
        weights_in(framework, place, rows),
        framework.design.dimensions,
    )
    row = next(row for row in rows if row["node"] == node)
    is_hidden = domain in hidden_domains(framework, interviews, names)
    rest = [(seq, each) for seq, each in members if seq > page.cursor]
    shown = rest[: page.limit]
    return {
        "framework": described(published),
        "node": node,
        "domain": dict(sorted(domain)),
        "estimate": None if is_hidden else row["estimate"],
        "n": None if is_hidden else row["n"],
        "suppressed": SUPPRESSED if is_hidden else None,
        "formula": formula(published, place),
        "weights": None if is_hidden else cell.weights,
        "interviews": [_told(seq, each, cell) for seq, each in shown],
        "next_cursor": shown[-1][0] if len(rest) > len(shown) else None,
    }


def _interviews(session: Session, framework: Framework, communities: Collection[str] | None) -> list[Numbered]:
    query = select(ScoredInterview).where(
        ScoredInterview.framework_id == framework.id,
        ScoredInterview.framework_version == framework.version,
        col(ScoredInterview.counts).is_(True),
    )
    if communities is not None:
        query = query.where(col(ScoredInterview.community).in_(communities))
    rows = session.exec(query.order_by(col(ScoredInterview.seq)))
    return [(row.seq, contribution_of(vars(row))) for row in rows]


def _is_in(interview: Contribution, domain: Domain, framework: Framework, indicators: Sequence[str]) -> bool:
    is_asked = any(name in interview.values for name in indicators)
    return is_asked and domain in domains_of(interview, framework.design.dimensions)


def _is_sensitive(indicator: Indicator, framework: Framework, catalogue: Catalogue) -> bool:
    """Whether any version of a form protects a question that the indicator reads."""
    for reference in indicator.questions():
        form_id, name = locate(reference, framework.form)
        for form in catalogue.versions(form_id).values():
            question = form.find(name)
            names = [*form.fieldwork.personal, *form.fieldwork.sensitive]
            if question is not None and question.path in protected(form, names):
                return True
    return False


def _total(indicator: str, members: Sequence[Numbered]) -> float:
    return math.fsum(each.weight for _, each in members if each.weight is not None and _number(each, indicator))


def _number(interview: Contribution, indicator: str) -> bool:
    return isinstance(interview.values.get(indicator), float | int)


def _told(seq: int, interview: Contribution, cell: _Cell) -> dict[str, Any]:
    """The interview with its values. Where none of them may be told, neither is its place in the sample."""
    inside = set(domains_of(interview, cell.dimensions))
    scores = list(_scores(interview, cell, inside))
    is_open = not any(each["withheld"] for each in scores)
    shares = [each["share"] for each in scores]
    return {
        "instance_id": f"uuid:{uuid.UUID(interview.instance_id)}",
        "seq": seq,
        "community": interview.community,
        "round": interview.round,
        "weight": interview.weight if is_open else None,
        "stratum": interview.stratum if is_open else None,
        "psu": interview.psu if is_open else None,
        "share": _share(scores, cell.weights) if is_open and any(share is not None for share in shares) else None,
        "scores": scores,
    }


def _scores(interview: Contribution, cell: _Cell, inside: set[Domain]) -> Iterator[dict[str, Any]]:
    for name in cell.indicators:
        value = interview.values.get(name)
        if value is None:
            continue
        told: dict[str, Any] = {"indicator": name, "value": None, "missing": None, "share": None, "withheld": None}
        if name in cell.sensitive:
            told["withheld"] = SENSITIVE
        elif not inside.isdisjoint(cell.hidden[name]):
            told["withheld"] = SUPPRESSED
        elif isinstance(value, str):
            told["missing"] = value
        elif interview.weight is None:
            told["missing"] = "invalid_weight"
        else:
            told |= {"value": value, "share": interview.weight / cell.totals[name]}
        yield told


def _share(scores: Sequence[Mapping[str, Any]], weights: Mapping[str, float] | None) -> float | None:
    """The interview's share in the node's estimate: all of them add up to 1."""
    if weights is None:
        return None
    return math.fsum(
        weights.get(each["indicator"], 0.0) * each["share"] for each in scores if each["share"] is not None
    )
