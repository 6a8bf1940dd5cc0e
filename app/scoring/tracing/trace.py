"""From a score to the interviews that make it, without telling what the scores themselves withhold."""

import math
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlmodel import Session

from app.problems import NotFound
from app.scoring.conceal import conceal
from app.scoring.contribution import INVALID_WEIGHT, Contribution
from app.scoring.domains import Domain, within
from app.scoring.estimation import domain_rows
from app.scoring.facts.sources import rows_in
from app.scoring.facts.values import Givens, Source, Value
from app.scoring.framework import Framework
from app.scoring.inquiry import Inquiry
from app.scoring.interviews import load_interviews
from app.scoring.margins import Place, count
from app.scoring.tracing.discretion import place_of, reserved
from app.scoring.tracing.formula import find, formula, weights_in
from app.scoring.tracing.standing import standing, surveyed
from app.scoring.tracing.standing import told as recorded

SENSITIVE = "sensitive"
WITHHELD = "suppressed"

Numbered = tuple[int, Contribution]


@dataclass(frozen=True)
class Page:
    """Interviews after the number `cursor`, at most `limit` of them."""

    cursor: int
    limit: int


@dataclass(frozen=True)
class Sources:
    """Whose number is traced, and the facts and workshops that may stand in it."""

    score: Source = "survey"
    values: Sequence[Value] = ()


SURVEY = Sources()


@dataclass(frozen=True)
class _Cell:
    """What an estimate rests on: the weights in it, and whose values may be told."""

    framework: Framework
    indicators: Sequence[str]
    sensitive: Collection[str]
    reserved: Mapping[str, Collection[Place]]
    totals: Mapping[str, float]
    weights: Mapping[str, float] | None
    is_hidden: bool


def trace(
    session: Session,
    inquiry: Inquiry,
    node: str,
    domain: Domain,
    communities: Collection[str] | None,
    page: Page | None,
    sources: Sources = SURVEY,
) -> dict[str, Any]:
    """A node's formula, and what is behind its number in a domain: the facts and workshops, and the interviews in the
    order of arrival.

    Without a page no interview is named, for those who may see none. Raises `NotFound` for a node without a score.
    """
    framework = inquiry.framework
    place = find(framework, node)
    if place is None or (place is framework.tree and framework.total == "off"):
        raise NotFound
    apart = {**domain, **inquiry.restriction}
    rows, told, given = _rows(inquiry, node, domain, sources)
    names = surveyed(sources.score, framework, place, given)
    everybody = _interviews(session, inquiry, communities)
    members = [(seq, each) for seq, each in everybody if _is_in(each, apart, names)]
    cell = _Cell(
        framework,
        names,
        inquiry.sensitive,
        _reserved(inquiry, names),
        {name: _total(name, members) for name in names},
        weights_in(framework, place, rows, given),
        told["suppressed"] is not None,
    )
    return {
        **inquiry.about(),
        "domain": apart,
        **{name: told[name] for name in ("node", "estimate", "n", "suppressed")},
        "score": sources.score,
        "values": [recorded(each) for each in standing(sources.score, framework, sources.values, place, apart)],
        "formula": formula(inquiry.published, place),
        "weights": None if cell.is_hidden else cell.weights,
        **_named(members, cell, page),
    }


def _rows(
    inquiry: Inquiry, node: str, domain: Domain, sources: Sources
) -> tuple[Sequence[Mapping[str, Any]], Mapping[str, Any], Givens]:
    """The rows of the domain, that of the node as far as it may be told, and what is given in the place of others."""
    if sources.score == "survey":
        rows = domain_rows(inquiry.framework, domain, inquiry.sums(domain), inquiry.design)
        own = next(row for row in rows if row["node"] == node)
        return rows, conceal(own, {**domain, **inquiry.restriction}, inquiry.verdicts), {}
    found, given = rows_in(sources.score, inquiry, sources.values, domain)
    return found, next(row for row in found if row["node"] == node), given


def _interviews(session: Session, inquiry: Inquiry, communities: Collection[str] | None) -> list[Numbered]:
    found = load_interviews(session, inquiry.framework, communities, only_approved=inquiry.scope.only_approved)
    return sorted(((each.seq, each.contribution) for each in found), key=itemgetter(0))


def _reserved(inquiry: Inquiry, indicators: Collection[str]) -> dict[str, frozenset[Place]]:
    """The places whose values are told neither of what is asked about nor of the whole that it is a part of."""
    found = reserved(inquiry.framework, count(inquiry.found.sample), inquiry.verdicts, indicators)
    if inquiry.found is inquiry.whole:
        return found
    whole = _reserved(inquiry.of_all, indicators)
    return {name: own | whole[name] for name, own in found.items()}


def _is_in(interview: Contribution, domain: Domain, indicators: Sequence[str]) -> bool:
    is_asked = any(name in interview.values for name in indicators)
    return is_asked and bool(within([interview], domain))


def _total(indicator: str, members: Sequence[Numbered]) -> float:
    return math.fsum(each.weight for _, each in members if each.weight is not None and _has_score(each, indicator))


def _has_score(interview: Contribution, indicator: str) -> bool:
    return isinstance(interview.values.get(indicator), float | int)


def _named(members: Sequence[Numbered], cell: _Cell, page: Page | None) -> dict[str, Any]:
    if page is None:
        return {"interviews": [], "next_cursor": None}
    rest = [(seq, each) for seq, each in members if seq > page.cursor]
    shown = rest[: page.limit]
    return {
        "interviews": [_told(seq, each, cell) for seq, each in shown],
        "next_cursor": shown[-1][0] if len(rest) > len(shown) else None,
    }


def _told(seq: int, interview: Contribution, cell: _Cell) -> dict[str, Any]:
    """The interview with its values. Where one of them may not be told, neither is its place in the sample."""
    scores = list(_scores(interview, cell))
    is_open = not any(each["withheld"] for each in scores)
    return {
        "instance_id": f"uuid:{uuid.UUID(interview.instance_id)}",
        "seq": seq,
        "community": interview.community,
        "round": interview.round,
        "weight": interview.weight if is_open else None,
        "stratum": interview.stratum if is_open else None,
        "psu": interview.psu if is_open else None,
        "share": _share(scores, cell.weights) if is_open else None,
        "scores": scores,
    }


def _scores(interview: Contribution, cell: _Cell) -> Iterator[dict[str, Any]]:
    place = place_of(cell.framework, interview)
    for name in cell.indicators:
        value = interview.values.get(name)
        if value is None:
            continue
        told: dict[str, Any] = {"indicator": name, "value": None, "missing": None, "share": None, "withheld": None}
        if name in cell.sensitive:
            told["withheld"] = SENSITIVE
        elif cell.is_hidden or place in cell.reserved[name]:
            told["withheld"] = WITHHELD
        elif isinstance(value, str):
            told["missing"] = value
        elif interview.weight is None:
            told["missing"] = INVALID_WEIGHT
        else:
            told |= {"value": value, "share": interview.weight / cell.totals[name]}
        yield told


def _share(scores: Sequence[Mapping[str, Any]], weights: Mapping[str, float] | None) -> float | None:
    """The interview's share in the node's estimate: all of them add up to 1. None without a score."""
    shares = {each["indicator"]: each["share"] for each in scores if each["share"] is not None}
    if weights is None or not shares:
        return None
    return math.fsum(weights.get(name, 0.0) * share for name, share in shares.items())
