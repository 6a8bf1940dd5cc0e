"""What interviews are set apart by: their community, their round, and the dimensions that a framework declares."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from app.scoring.framework import Framework

COMMUNITY = "community"
ROUND = "round"
NONE = ""
"""Stands for the community, round or answer that an interview does not have; no value is empty."""

MOST = 2
"""So many dimensions may set interviews apart at once: with more of them cells become people."""

Domain = dict[str, str]
Crossing = tuple[str, ...]


class Placed(Protocol):
    """An interview, or all that nothing sets apart."""

    @property
    def community(self) -> str | None: ...

    @property
    def round(self) -> str | None: ...

    @property
    def dimensions(self) -> Mapping[str, str] | tuple[tuple[str, str], ...]: ...


Each = TypeVar("Each", bound=Placed)


def dimensions(framework: Framework) -> list[str]:
    """Everything that may set interviews apart."""
    return [COMMUNITY, ROUND, *framework.design.dimensions]


def crossing(text: str) -> Crossing:
    """The dimensions of `community*sex`, in that order."""
    return tuple(dict.fromkeys(text.split("*")))


def value(place: Placed, dimension: str) -> str:
    """Where somebody stands in this dimension, or `NONE`."""
    if dimension == COMMUNITY:
        return place.community or NONE
    if dimension == ROUND:
        return place.round or NONE
    return dict(place.dimensions).get(dimension, NONE)


def within(everyone: Iterable[Each], domain: Domain) -> list[Each]:
    """Those that have every value of the domain."""
    return [each for each in everyone if all(value(each, name) == wanted for name, wanted in domain.items())]


def split(everyone: Sequence[Each], by: Sequence[str]) -> Iterator[tuple[Domain, Sequence[Each]]]:
    """Domains with those in them: `{}` with all, then for each of `by` every value, or crossing of values.

    They come in the order of the values; who has no value is in no domain of that dimension.
    """
    yield {}, everyone
    for names in dict.fromkeys(crossing(each) for each in by):
        members: dict[tuple[str, ...], list[Each]] = {}
        for each in everyone:
            members.setdefault(tuple(value(each, name) for name in names), []).append(each)
        for values in sorted(members):
            if NONE not in values:
                yield dict(zip(names, values, strict=True)), members[values]
