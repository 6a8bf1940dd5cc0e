"""Of which interviews the values may be told, so that they lead to no number that is hidden."""

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations

from app.scoring.contribution import Contribution
from app.scoring.domains import MOST, dimensions, value
from app.scoring.framework import Framework
from app.scoring.margins import People, Place, Verdicts, guarded

Cell = tuple[tuple[str, str], ...]


def place_of(framework: Framework, interview: Contribution) -> Place:
    """Where an interview stands in all dimensions."""
    return tuple(value(interview, name) for name in dimensions(framework))


def reserved(
    framework: Framework, everybody: Mapping[Place, People], verdicts: Verdicts, indicators: Collection[str]
) -> dict[str, frozenset[Place]]:
    """For each indicator the places whose people's values are not told: all those of hidden cells, and their likes.

    A published estimate less the values that are told is what the others have together. So where these are some, but
    fewer than may be published, everybody else in that cell is reserved, too.
    """
    cells: dict[Cell, list[Place]] = {}
    for place in everybody:
        for cell in _cells(framework, place):
            cells.setdefault(cell, []).append(place)
    found: dict[str, frozenset[Place]] = dict.fromkeys(indicators, frozenset())
    for at, indicator in enumerate(guarded(framework)):
        if indicator in found:
            people = {place: own.counts[at] for place, own in everybody.items()}
            hidden = [own for cell, own in cells.items() if verdicts.on(dict(cell), indicator).suppressed]
            found[indicator] = _grown({each for own in hidden for each in own}, cells, people, framework)
    return found


def _grown(
    start: set[Place], cells: Mapping[Cell, Collection[Place]], people: Mapping[Place, int], framework: Framework
) -> frozenset[Place]:
    held, added = set(start), set(start)
    while added:
        few = [
            own
            for own in cells.values()
            if 0 < sum(people[each] for each in own if each in held) < framework.policy.n_suppress
        ]
        added = {each for own in few for each in own} - held
        held |= added
    return frozenset(held)


def _cells(framework: Framework, place: Place) -> Iterator[Cell]:
    """Every cell of a table that may be asked for in which this place is."""
    named = list(zip(dimensions(framework), place, strict=True))
    for size in range(MOST + 1):
        yield from combinations(named, size)
