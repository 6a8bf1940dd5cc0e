"""What interviews are set apart by: their community, their round, and the dimensions that a framework declares."""

from collections.abc import Iterator, Sequence

from app.scoring.framework import Framework
from app.scoring.sums import COMMUNITY, Contribution

ROUND = "round"
NONE = ""
"""Stands for the community, round or answer that an interview does not have; no value is empty."""

MOST = 2
"""So many dimensions may set interviews apart at once: with more of them cells become people."""

Domain = dict[str, str]
Crossing = tuple[str, ...]


def dimensions(framework: Framework) -> list[str]:
    """Everything that may set interviews apart."""
    return [COMMUNITY, ROUND, *framework.design.dimensions]


def crossing(text: str) -> Crossing:
    """The dimensions of `community*sex`, in that order."""
    return tuple(dict.fromkeys(text.split("*")))


def value(interview: Contribution, dimension: str) -> str:
    """Where the interview stands in this dimension, or `NONE`."""
    if dimension == COMMUNITY:
        return interview.community or NONE
    if dimension == ROUND:
        return interview.round or NONE
    return interview.dimensions.get(dimension, NONE)


def within(interviews: Sequence[Contribution], domain: Domain) -> list[Contribution]:
    """The interviews that have every value of the domain."""
    return [each for each in interviews if all(value(each, name) == wanted for name, wanted in domain.items())]


def split(interviews: Sequence[Contribution], by: Sequence[str]) -> Iterator[tuple[Domain, Sequence[Contribution]]]:
    """Domains with their interviews: `{}` with all, then for each of `by` every value, or crossing of values.

    They come in the order of the values; an interview without a value is in no domain of that dimension.
    """
    yield {}, interviews
    for names in dict.fromkeys(crossing(each) for each in by):
        members: dict[tuple[str, ...], list[Contribution]] = {}
        for each in interviews:
            members.setdefault(tuple(value(each, name) for name in names), []).append(each)
        for values in sorted(members):
            if NONE not in values:
                yield dict(zip(names, values, strict=True)), members[values]
