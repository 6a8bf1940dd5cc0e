"""Choices that were added, removed or renamed, and questions that took another list."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from app.forms.change import Change, Comparison, Entry, Verdict, shown
from app.forms.faults import quoted
from app.forms.pairing import Item
from app.forms.renaming import likeness

_ALIKE = 0.85
Choices = Mapping[str, Mapping[str, str]]


def changed_choices(compared: Comparison) -> Iterator[Change]:
    """Lists are compared as the questions use them: each pair of an old and a new list once."""
    uses: dict[tuple[str, str], list[tuple[Item, Item]]] = {}
    for before, after in compared.paired:
        if before.list_name and after.list_name and before.type == after.type:
            uses.setdefault((before.list_name, after.list_name), []).append((before, after))
    successors = Counter(old_list for old_list, _ in uses)
    for (old_list, new_list), pairs in uses.items():
        old, new = compared.old.form.choices.get(old_list), compared.new.form.choices.get(new_list)
        if old is not None and new is not None and successors[old_list] == 1:
            yield from _changes(_Use(old_list, pairs), old, new)
        elif old is not None and new is not None:
            # Its questions went separate ways, so that one line for the whole list would not fit all of them.
            for each in pairs:
                yield from _changes(_Use(each[0].shown, [each]), old, new)
        if old_list != new_list:
            message = f"The choices come from {quoted(new_list)} now, and no longer from {quoted(old_list)}."
            yield Change(Verdict.SAFE, "list_changed", shown(after for _, after in pairs), message)


class _Use:
    """The questions that share a change of choices, and where a mapping would say so."""

    def __init__(self, place: str, pairs: Sequence[tuple[Item, Item]]) -> None:
        self.place = place
        self.before = tuple(before for before, _ in pairs)
        self.names = shown(after for _, after in pairs)


def _changes(use: _Use, old: Choices, new: Choices) -> Iterator[Change]:
    added = [name for name in new if name not in old]
    for name in old:
        if name not in new:
            successor = _alike(name, old[name], {each: new[each] for each in added})
            if successor:
                added.remove(successor)
            yield _removed(use, name, successor)
    if added:
        message = f"New choices: {', '.join(map(quoted, added))}. Nobody could choose them in old interviews."
        yield Change(Verdict.SAFE, "choice_added", use.names, message)
    relabelled = [name for name in old if name in new and old[name] != new[name]]
    if relabelled:
        message = f"Choices with another label: {', '.join(map(quoted, relabelled))}. Answers hold only their names."
        remedy = "If one of them means something else now, give it another name."
        yield Change(Verdict.SAFE, "choice_label_changed", use.names, message, remedy)


def _removed(use: _Use, name: str, successor: str | None) -> Change:
    if successor:
        code, what = "choice_renamed", f"The choice {quoted(name)} probably became {quoted(successor)}."
    else:
        code, what = "choice_removed", f"The choice {quoted(name)} is gone."
    return Change(
        Verdict.NEEDS_MAPPING,
        code,
        use.names,
        f"{what} Old interviews still hold it, and a framework for the new version cannot score it.",
        "In a mapping, name the choice that takes its place, or null to keep the old answers as they are.",
        Entry(use.place, name, successor, use.before),
    )


def _alike(name: str, labels: Mapping[str, str], added: Choices) -> str | None:
    """The added choice that says the same in some language, or has nearly the same name."""
    for candidate, texts in added.items():
        if any(texts.get(language) == text for language, text in labels.items()):
            return candidate
    return next((candidate for candidate in added if likeness(name, candidate) >= _ALIKE), None)
