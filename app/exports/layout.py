"""Which columns an export has, and in which of them the answers of each version stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.exports.cells import FILE, GEOPOINT, Cells, chosen, file, one, point, renamed
from app.forms.carrying import Carrying
from app.forms.media import FILE_TYPES, file_questions
from app.forms.pairing import REPEAT, Item, Path, items_of
from app.forms.protection import protected
from app.forms.questions import Form

Key = tuple[Path, tuple[str, Path] | None]
"""What items with a common column have in common: their path in the target, with None; or, where the target has no
place for them, their own path with their type and the repeat around them."""

INTERVIEW = (
    *("instance_id", "version", "community", "round", "received_at", "started_at", "ended_at"),
    *("state", "review", "refusal", "flags", "synthetic", "seq"),
)
"""What every row of the interviews begins with. `enumerator` joins them where personal answers are shown."""


@dataclass
class Slot:
    """The columns of one question: one as a rule, more for several choices, for places and for files."""

    header: str
    item: Item
    offered: list[str]

    @property
    def is_file(self) -> bool:
        return self.item.type in FILE_TYPES

    @property
    def headers(self) -> list[str]:
        parts = GEOPOINT if _is_point(self.item) else FILE if self.is_file else self.offered
        whole = [] if _is_point(self.item) else [self.header]
        return [*whole, *(f"{self.header}/{part}" for part in parts)]

    def cells(self) -> Cells:
        if _is_point(self.item):
            return point
        if self.is_file:
            return file
        return chosen(self.offered) if self.offered else one


@dataclass
class Sheet:
    """One table: the interviews, or the turns of one repeat."""

    name: str
    begins: list[str]
    repeat: str = ""
    slots: list[Slot] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.taken |= {*self.begins}

    @property
    def position_inside(self) -> list[str]:
        """What the rows of a repeat inside of this one call the position here, and those around it."""
        return [*self.begins[1:-1], f"{self.repeat}/position"] if self.repeat else []

    def add(self, slot: Slot, spare: str) -> None:
        """Enter a slot under its header, or under the spare one where there is such a column already."""
        if self.taken.intersection(slot.headers):
            slot.header = spare
        self.taken.update(slot.headers)
        self.slots.append(slot)

    @property
    def headers(self) -> list[str]:
        return [*self.begins, *(header for slot in self.slots for header in slot.headers)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the answers to one question of one version go. `guarded` ones go nowhere after a refusal."""

    slot: Slot
    guarded: bool
    choices: Mapping[str, str]

    def answer(self, value: Any) -> Any:
        return renamed(value, self.choices, many=self.slot.item.type == "select_multiple") if self.choices else value


@dataclass
class Reading:
    """How one version is read: the sheet of each of its repeats ((): the interviews), the place of each answer."""

    form: Form
    sheets: dict[Path, Sheet]
    places: dict[Path, Place] = field(default_factory=dict)

    @cached_property
    def files(self) -> Sequence[Path]:
        """The questions that are answered by files, shown or not."""
        return file_questions(self.form)


class Layout:
    """The sheets of an export in the columns of `target`, with columns at the end for what other versions asked.

    `others` are the other versions that have interviews, in the order of publication.
    """

    def __init__(self, target: Form, others: Sequence[tuple[Form, Carrying]], *, personal: bool) -> None:
        self._personal = personal
        begins = [*INTERVIEW, *(["enumerator"] if personal else [])]
        self._interviews = Sheet(target.form_id, begins)
        self.sheets: list[Sheet] = [self._interviews]
        self._target = target
        same = {path: path for path in items_of(target)}
        self._slots: dict[Key, Slot] = {}
        self._repeats: dict[Key, Sheet] = {}
        self.readings = {target.version: self._read(target, Carrying(same))}
        for form, carrying in others:
            self.readings[form.version] = self._read(form, carrying)

    def _read(self, form: Form, carrying: Carrying) -> Reading:
        reading = Reading(form, {(): self._interviews})
        hidden, guarded = self._protection(form, carrying)
        for path, item in items_of(form).items():
            if path in hidden or item.type == "note":
                continue
            successor = carrying.places.get(path)
            key: Key = (successor, None) if successor else (path, (item.type, item.within))
            sheet = reading.sheets[item.within]
            if item.type == REPEAT:
                reading.sheets[path] = self._sheet(sheet, key, form.version)
            choices = carrying.choices.get(path, {})
            slot = self._slot(sheet, key, Slot(_header(item), item, _offered(item, form, choices)), form.version)
            reading.places[path] = Place(slot, path in guarded, choices)
        return reading

    def _protection(self, form: Form, carrying: Carrying) -> tuple[set[Path], set[Path]]:
        """What is not shown at all, and what is not shown after a refusal: by this version or by the target."""
        hidden, guarded = set(), set()
        for protecting, back in ((form, None), (self._target, carrying.places)):
            names = protecting.fieldwork
            persons = protected(protecting, [*names.personal, names.enumerator or "enumerator"])
            closed = protected(protecting, [*names.personal, *names.sensitive])
            hidden |= _traced(persons, back)
            guarded |= _traced(closed, back)
        return set() if self._personal else hidden, guarded

    def _sheet(self, around: Sheet, key: Key, version: str) -> Sheet:
        if key not in self._repeats:
            repeat = "/".join(key[0])
            name = f"{self._target.form_id}.{'.'.join(key[0])}"
            if name in (sheet.name for sheet in self.sheets):
                name = f"{name}@{version}"
            self._repeats[key] = Sheet(name, ["instance_id", *around.position_inside, "position"], repeat)
            self.sheets.append(self._repeats[key])
        return self._repeats[key]

    def _slot(self, sheet: Sheet, key: Key, new: Slot, version: str) -> Slot:
        """The slot for these answers: that of the target, one that an older version has opened, or the new one."""
        slot = self._slots.setdefault(key, new)
        if slot is new:
            is_old = version != self._target.version
            sheet.add(slot, f"{slot.header}@{version}" if is_old else f"answers/{slot.header}")
        else:
            slot.offered = list(dict.fromkeys([*slot.offered, *new.offered]))
        return slot


def _header(item: Item) -> str:
    return f"{item.shown}/count" if item.type == REPEAT else item.shown


def _offered(item: Item, form: Form, choices: Mapping[str, str]) -> list[str]:
    """The choices that have a column each, as they are called now."""
    if item.type != "select_multiple":
        return []
    return list(dict.fromkeys(choices.get(name, name) for name in form.choices.get(item.list_name or "", ())))


def _traced(paths: frozenset[Path], back: Mapping[Path, Path] | None) -> set[Path]:
    """The paths themselves, or those that became them."""
    return set(paths) if back is None else {old for old, new in back.items() if new in paths}


def _is_point(item: Item) -> bool:
    return item.type in ("geopoint", "start-geopoint", "background-geopoint")
