"""Reading the answers of one version of a form as answers of a later one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.forms.answers import Scalar
from app.forms.mapping import VersionMapping
from app.forms.pairing import REPEAT, Items, Path, holds, pair


@dataclass(frozen=True)
class Hop:
    """From one version to a later one; without a mapping, questions are followed by their place and name."""

    old: Items
    new: Items
    mapping: VersionMapping | None = None

    def places(self) -> dict[Path, Path | None]:
        """Where each old item went; None where the mapping says nowhere. What is lost otherwise is left out."""
        named = self.mapping.places(self.old, self.new) if self.mapping else {}
        ended: dict[Path, Path | None] = {path: None for path, successor in named.items() if successor is None}
        pairs = pair(self.old, self.new, named)
        return ended | {old: new for old, new in pairs.items() if holds(self.new[new].type, self.old[old].type)}


@dataclass
class Carrying:
    """`places` go from old to new paths; what has none stays where it was. `choices` are by old path."""

    places: dict[Path, Path]
    choices: dict[Path, dict[str, str]] = field(default_factory=dict)
    _moves: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    _leaving: frozenset[str] = frozenset()

    def values(self, values: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """Values by bare name, with those that were renamed under their new name too.

        An old name stays readable, for frameworks that ask for it, unless it means something else now.
        """
        carried = {name: value for name, value in values.items() if name not in self._leaving}
        for old, new, choices in self._moves:
            if old in values:
                carried[new] = rechosen(values[old], choices)
        return carried


def rechosen(value: Scalar, choices: Mapping[str, str]) -> Scalar:
    """An answer with its choices renamed; of choices that became one, one stays."""
    if isinstance(value, list):
        return list(dict.fromkeys(choices.get(name, name) for name in value))
    return choices.get(value, value) if isinstance(value, str) else value


def carry(origin: Items, hops: Sequence[Hop]) -> Carrying:
    """All hops as one."""
    places: dict[Path, Path] = {path: path for path in origin}
    choices: dict[Path, dict[str, str]] = {}
    ended: set[Path] = set()
    for hop in hops:
        step = hop.places()
        for path, here in places.items():
            renamed = _renamed_choices(hop, here)
            known = choices.get(path, {})
            if renamed or known:
                choices[path] = renamed | {old: renamed.get(new, new) for old, new in known.items()}
        ended |= {path for path, here in places.items() if step.get(here, here) is None}
        places = {path: there for path, here in places.items() if (there := step.get(here)) is not None}
    carrying = Carrying(places, choices)
    _ready_for_values(carrying, origin, hops[-1].new if hops else origin, ended)
    return carrying


def _renamed_choices(hop: Hop, path: Path) -> dict[str, str]:
    said = hop.mapping.choices_of(hop.old[path]) if hop.mapping and hop.old[path].list_name else {}
    return {old: new for old, new in said.items() if new is not None}


def _ready_for_values(carrying: Carrying, origin: Items, final: Items, ended: set[Path]) -> None:
    """Values are found by bare name and hold nothing of repeats."""
    asked = {item.name for item in final.values() if not item.within and item.type != REPEAT}
    single = [item for item in origin.values() if not item.within and item.type != REPEAT]
    leaving = {item.name for item in single if item.path in ended and item.name in asked}
    for item in single:
        successor = carrying.places.get(item.path)
        choices = carrying.choices.get(item.path, {})
        if successor and (successor[-1] != item.name or choices):
            carrying._moves.append((item.name, successor[-1], choices))
            if successor[-1] != item.name and item.name in asked:
                leaving.add(item.name)
    carrying._leaving = frozenset(leaving)


def route(
    order: Sequence[str], mappings: Sequence[VersionMapping], version: str
) -> list[tuple[str, str, VersionMapping | None]]:
    """The hops from a version along the mappings, as far as they lead. `order` is that of publication.

    A version without a mapping of its own is read as the next one that has one; of several mappings of a version the
    one that leads furthest is taken.
    """
    place = {each: number for number, each in enumerate(order)}
    usable = [each for each in mappings if each.begins in place and each.ends in place]
    hops: list[tuple[str, str, VersionMapping | None]] = []
    here = version
    while ahead := [each for each in usable if place[each.begins] >= place[here]]:
        taken = min(ahead, key=lambda each: (place[each.begins], -place[each.ends]))
        if taken.begins != here:
            hops.append((here, taken.begins, None))
        hops.append((taken.begins, taken.ends, taken))
        here = taken.ends
    return hops
