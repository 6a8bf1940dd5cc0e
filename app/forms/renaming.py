"""What was probably renamed: what one version lacks and what the next one adds, where both look alike."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher

from app.forms.pairing import REPEAT, Item, Items, Path, holds, pair

_ALIKE = 0.75
Named = Mapping[Path, Path | None]


def suspect(old: Items, new: Items, named: Named) -> dict[Path, Path]:
    """Old items and what they were probably renamed to: of the same kind, in the same repeat, with a like label or
    name. `named` is what is known about some of them."""
    repeats = _best(_alike_repeats(old, new, named))
    return repeats | _best(_alike_questions(old, new, {**repeats, **named}))


def likeness(one: str, other: str) -> float:
    """From 0 to 1, without regard to capitals."""
    return SequenceMatcher(None, one.lower(), other.lower(), autojunk=False).ratio()


Candidate = tuple[float, Path, Path]


def _best(candidates: Iterable[Candidate]) -> dict[Path, Path]:
    """Each item once, the most alike first."""
    chosen: dict[Path, Path] = {}
    for _, old, new in sorted(candidates, key=lambda candidate: -candidate[0]):
        if old not in chosen and new not in chosen.values():
            chosen[old] = new
    return chosen


def _alike_repeats(old: Items, new: Items, named: Named) -> Iterator[Candidate]:
    for before, after, _ in _leftovers(old, new, named):
        if before.type == after.type == REPEAT:
            held, holding = _names_inside(old, before), _names_inside(new, after)
            share = len(held & holding) / len(held | holding) if held | holding else 0.0
            alike = max(share, _likeness_of_items(before, after))
            if alike >= _ALIKE:
                yield alike, before.path, after.path


def _alike_questions(old: Items, new: Items, named: Named) -> Iterator[Candidate]:
    for before, after, pairs in _leftovers(old, new, named):
        same_place = after.within == (pairs.get(before.within) if before.within else ())
        if before.type != REPEAT and same_place and holds(after.type, before.type):
            alike = _likeness_of_items(before, after)
            if alike >= _ALIKE:
                yield alike, before.path, after.path


def _leftovers(old: Items, new: Items, named: Named) -> Iterator[tuple[Item, Item, dict[Path, Path]]]:
    pairs = pair(old, new, named)
    taken = set(pairs.values())
    added = [item for path, item in new.items() if path not in taken]
    for path, before in old.items():
        if path not in pairs and path not in named:
            yield from ((before, after, pairs) for after in added)


def _likeness_of_items(before: Item, after: Item) -> float:
    texts = [(before.labels[language], after.labels[language]) for language in before.labels.keys() & after.labels]
    return max([likeness(before.name, after.name), *(likeness(*both) for both in texts)])


def _names_inside(items: Items, repeat: Item) -> set[str]:
    return {item.name for item in items.values() if item.within == repeat.path}
