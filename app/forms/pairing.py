"""Which question of one version of a form is which in another: by place, else by a name that stands only once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.forms.questions import Form, Group, Question

Path = tuple[str, ...]

REPEAT = "repeat"
_HOLDS: Mapping[str, frozenset[str]] = {
    "decimal": frozenset({"integer", "range"}),
    "range": frozenset({"integer", "decimal"}),
    "text": frozenset({"barcode"}),
    "calculate": frozenset({"hidden"}),
    "hidden": frozenset({"calculate"}),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A question, or a repeat, whose `type` is "repeat". `within` is the path of the repeat around it, () for none."""

    path: Path
    type: str
    within: Path
    list_name: str | None
    labels: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def shown(self) -> str:
        return "/".join(self.path)


Items = Mapping[Path, Item]


def items_of(form: Form) -> dict[Path, Item]:
    """The questions and repeats of a form, in its order; what is around comes before what is inside."""
    return {item.path: item for item in _items(form.root, ())}


def _items(group: Group, within: Path) -> Iterator[Item]:
    for child in group.children.values():
        if isinstance(child, Question):
            yield Item(child.path, child.type, within, child.list_name, child.labels)
        elif child.repeat:
            yield Item(child.path, REPEAT, within, None, child.labels)
            yield from _items(child, child.path)
        else:
            yield from _items(child, within)


def holds(new: str, old: str) -> bool:
    """Whether a question of the type `new` can hold every answer to one of the type `old`."""
    return new == old or old in _HOLDS.get(new, ())


def resolve(items: Items, name: str) -> Path | None:
    """The item at "group/name", or the only one of this bare name."""
    path = tuple(name.split("/"))
    if path in items:
        return path
    found = [item.path for item in items.values() if item.name == name]
    return found[0] if len(found) == 1 else None


def pair(old: Items, new: Items, named: Mapping[Path, Path | None] | None = None) -> dict[Path, Path]:
    """From each old item to the new one that it became; what has no successor is left out.

    `named` says it for some (None: there is no successor). The others are followed to the same place, or to the
    same name if that stands only once in both versions, and never into another repeat or out of one.
    """
    named = named or {}
    taken = set(named.values())
    once = _names_that_stand_once(old) & _names_that_stand_once(new)
    by_name = {item.name: item.path for item in new.values() if item.name in once}
    pairs: dict[Path, Path] = {}
    for path, item in old.items():
        if path in named:
            successor = named[path]
        else:
            within = pairs.get(item.within, ()) if item.within else ()
            places = ((*within, *path[len(item.within) :]), by_name.get(item.name, ()))
            lost = bool(item.within) and not within
            fitting = (place for place in places if place not in taken and _fits(item, new.get(place), within))
            successor = None if lost else next(fitting, None)
        if successor is not None:
            pairs[path] = successor
    return pairs


def _fits(old: Item, new: Item | None, within: Path) -> bool:
    return new is not None and new.within == within and (old.type == REPEAT) == (new.type == REPEAT)


def _names_that_stand_once(items: Items) -> set[str]:
    return {name for name, count in Counter(item.name for item in items.values()).items() if count == 1}
