"""What a new version of a form changes, and what that does to the answers that were given before."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.forms.change import Change, Comparison, Entry, Verdict, Version
from app.forms.changed_choices import changed_choices
from app.forms.changed_questions import changed_questions
from app.forms.changed_rows import changed_fieldwork, changed_rows
from app.forms.mapping import VersionMapping

_ORDER = list(Verdict)


def compare(old: Mapping[str, Any], new: Mapping[str, Any], mapping: VersionMapping | None = None) -> list[Change]:
    """Every change between two checked documents of one form, the worst first.

    With a mapping, what it says about renamed questions is believed rather than guessed.
    """
    before, after = Version(old), Version(new)
    named = mapping.places(before.items, after.items) if mapping else {}
    compared = Comparison(before, after, named)
    found = [
        *changed_questions(compared),
        *changed_choices(compared),
        *changed_rows(compared),
        *changed_fieldwork(compared),
    ]
    return sorted(found, key=lambda change: _ORDER.index(change.verdict))


def unsettled(changes: Iterable[Change], mapping: VersionMapping | None) -> list[Change]:
    """The changes that are not safe, and that no line of the mapping settles."""
    return [
        change
        for change in changes
        if change.verdict is Verdict.BREAKING
        or (change.verdict is Verdict.NEEDS_MAPPING and not (mapping and _settles(mapping, change.entry)))
    ]


def _settles(mapping: VersionMapping, entry: Entry | None) -> bool:
    if entry is None:
        return False
    if entry.place:
        return all(entry.old in mapping.choices_of(item) for item in entry.users)
    return bool({entry.old, entry.old.rpartition("/")[2]} & mapping.questions.keys())


def draft_mapping(form_id: str, begins: str, ends: str, changes: Iterable[Change]) -> dict[str, Any] | None:
    """A mapping that settles these changes as it looks now, for people to correct; None where none is needed."""
    entries = [change.entry for change in changes if change.entry]
    if not entries:
        return None
    choices: dict[str, dict[str, str | None]] = {}
    for entry in entries:
        if entry.place:
            choices.setdefault(entry.place, {})[entry.old] = entry.new
    return {
        "spec": "mapping/1",
        "form_id": form_id,
        "from": begins,
        "to": ends,
        "questions": {entry.old: entry.new for entry in entries if not entry.place},
        "choices": choices,
    }
