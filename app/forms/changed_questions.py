"""Questions and repeats that were added, removed, renamed or moved, or that ask for another kind of answer."""

from collections.abc import Iterator
from itertools import groupby

from app.forms.change import Change, Comparison, Entry, Verdict, shown
from app.forms.faults import quoted
from app.forms.pairing import REPEAT, Item, Path, holds

_END_OR_CARRY = "In a mapping, name the new question that takes its answers, or null if none does."


def changed_questions(compared: Comparison) -> Iterator[Change]:
    into_other_repeats = _across_repeats(compared)
    yield from _changes_across_repeats(compared, into_other_repeats)
    yield from _removed(_without(compared.removed, set(into_other_repeats)))
    yield from _added(_without(compared.added, set(into_other_repeats.values())))
    yield from _renamed(compared)
    yield from _moved(compared)
    yield from _changed_types(compared)


def _across_repeats(compared: Comparison) -> dict[Path, Path]:
    """What has the same name as before, but now in a repeat or outside of it: of one interview, one answer or many."""
    new = {item.name: item for item in compared.added}
    return {
        old.path: new[old.name].path
        for old in compared.removed
        if old.path not in compared.named and old.type != REPEAT and old.name in new and new[old.name].type != REPEAT
    }


def _changes_across_repeats(compared: Comparison, across: dict[Path, Path]) -> Iterator[Change]:
    def places(old: Path) -> tuple[Path, Path]:
        return compared.old.items[old].within, compared.new.items[across[old]].within

    for (before, after), paths in groupby(sorted(across, key=places), key=places):
        moved = f"from {_place(before)} to {_place(after)}"
        yield Change(
            Verdict.BREAKING,
            "repeat_changed",
            shown(compared.old.items[path] for path in paths),
            f"This moved {moved}: one interview has one answer there and many here. Old answers keep columns of "
            "their own, and scores cannot join them with new ones.",
            "Leave it where it was, or give the new question another name.",
        )


def _without(items: list[Item], told: set[Path]) -> list[Item]:
    """The items that are not told already, and no repeat of which all that it holds is."""
    rest = [item for item in items if item.path not in told]
    return [item for item in rest if item.type != REPEAT or not _holds_only(item, items, told)]


def _holds_only(repeat: Item, items: list[Item], told: set[Path]) -> bool:
    inside = {item.path for item in items if item.within == repeat.path}
    return bool(inside) and inside <= told


def _place(repeat: Path) -> str:
    return f"the repeat {quoted('/'.join(repeat))}" if repeat else "outside of repeats"


def _removed(items: list[Item]) -> Iterator[Change]:
    """A repeat and what it holds are one change."""
    repeats = {item.path for item in items if item.type == REPEAT}
    for item in items:
        if item.type == "note":
            yield Change(Verdict.SAFE, "question_removed", (item.shown,), "A note has no answers.")
        elif item.within not in repeats:
            inside = [each for each in items if each.path[: len(item.path)] == item.path]
            yield Change(
                Verdict.NEEDS_MAPPING,
                "question_removed",
                shown(inside),
                "New interviews have no answer to this. Old answers keep a column of their own at the end of "
                "exports, and a framework that asks for it finds none in new interviews.",
                _END_OR_CARRY,
                Entry("", item.shown, None),
            )


def _added(items: list[Item]) -> Iterator[Change]:
    if items:
        message = "Old interviews were not asked this: their cells stay empty, and for scores it is unanswered."
        yield Change(Verdict.SAFE, "question_added", shown(items), message)


def _renamed(compared: Comparison) -> Iterator[Change]:
    for old, new in compared.renamed.items():
        before, after = compared.old.items[old], compared.new.items[new]
        said = "The mapping says so" if old in compared.named else "It looks alike"
        yield Change(
            Verdict.NEEDS_MAPPING,
            "question_renamed",
            (before.shown, after.shown),
            f"{quoted(before.shown)} became {quoted(after.shown)}. {said}. Without a mapping the two are different "
            "questions, with a column each.",
            "Carry the old answers by a mapping, or with null say that it is another question.",
            Entry("", before.shown, after.shown),
        )


def _moved(compared: Comparison) -> Iterator[Change]:
    moved = [
        (before, after)
        for before, after in compared.paired
        if before.path[len(before.within) : -1] != after.path[len(after.within) : -1]
        and before.path not in compared.renamed
    ]
    if moved:
        message = "These stand in another group now. Their names are the same, so that exports and scores find them."
        yield Change(Verdict.SAFE, "question_moved", shown(after for _, after in moved), message)


def _changed_types(compared: Comparison) -> Iterator[Change]:
    for before, after in compared.paired:
        if before.type == after.type:
            continue
        kinds = f"{before.type} became {after.type}"
        if "note" in (before.type, after.type):
            yield Change(Verdict.SAFE, "type_changed", (after.shown,), f"{kinds}: a note has no answers.")
        elif holds(after.type, before.type):
            message = f"{kinds}, which can hold every old answer."
            yield Change(Verdict.SAFE, "type_widened", (after.shown,), message)
        else:
            yield Change(
                Verdict.BREAKING,
                "type_changed",
                (after.shown,),
                f"{kinds}. Old answers do not fit: they keep a column of their own in exports, and a framework that "
                "scores the new ones cannot score the old ones.",
                "Ask it under a new name, and leave the old question as it was or remove it.",
            )
