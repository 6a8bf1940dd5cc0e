"""Writing an export: rows as they are read, in constant memory. The same data give the same bytes."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.access import audit
from app.access.policy import Right, may
from app.attachments import Attachment, plain_name
from app.database import Database
from app.exports.cells import Cells, moment, text, yes_or_no
from app.exports.layout import Layout, Reading, Sheet, Slot
from app.exports.turns import Turn, turns
from app.exports.zipping import Entry, zipped
from app.forms.catalogue import Catalogue
from app.forms.media import named_files
from app.problems import NotAllowed, NotFound
from app.submissions.extract import Kept, Reach, Wanted, pages, reach
from app.submissions.opening import Find


@dataclass(frozen=True)
class Export:
    """What is to be written: which interviews, up to where, in which columns."""

    database: Database
    wanted: Wanted
    reach: Reach
    layout: Layout
    personal: bool
    find: Find

    def csv(self) -> Iterator[bytes]:
        """The interviews as one table."""
        yield from self._table(self.layout.sheets[0])

    def zip(self) -> Iterator[bytes]:
        """The interviews, and the turns of each repeat, as a table each."""
        yield from zipped(Entry(f"{sheet.name}.csv", self._table(sheet)) for sheet in self.layout.sheets)

    def interviews(self) -> Iterator[Kept]:
        """The interviews of versions that can be read."""
        for page in pages(self.database, self.wanted, self.reach, self.find):
            yield from (kept for kept in page if kept.version in self.layout.readings)

    def files_of(self, kept: Kept) -> list[Attachment]:
        """The files of an interview that may leave: those that shown answers name, or with personal ones all. What a
        question that is not shown names too stays here."""
        if self.personal and not kept.refusal:
            return list(kept.files.values())
        reading = self.layout.readings[kept.version]
        shown = {path for path, place in reading.places.items() if not (kept.refusal and place.guarded)}
        named = named_files(reading.files, kept.answers)
        names = {plain_name(file.name) for file in named if file.path in shown}
        names -= {plain_name(file.name) for file in named if file.path not in shown}
        return [file for name, file in kept.files.items() if name in names]

    def _table(self, sheet: Sheet) -> Iterator[bytes]:
        yield lines([sheet.headers])
        cells = {id(slot): slot.cells() for slot in sheet.slots}
        for page in pages(self.database, self.wanted, self.reach, self.find):
            yield lines(row for kept in page for row in self._rows(sheet, kept, cells))

    def _rows(self, sheet: Sheet, kept: Kept, cells: dict[int, Cells]) -> Iterator[list[str]]:
        reading = self.layout.readings.get(kept.version)
        if reading is None:
            return
        hashes = {file.name: file.sha256.hex() for file in self.files_of(kept)} if kept.files else {}
        for turn in turns(reading.form.root, kept.answers):
            if reading.sheets.get(turn.repeat) is sheet:
                given = _given(reading, turn, hashes, refusal=kept.refusal)
                yield [*self._beginning(kept, turn), *_answers(sheet, given, cells)]

    def _beginning(self, kept: Kept, turn: Turn) -> list[str]:
        if turn.repeat:
            return [kept.instance_id, *map(str, turn.positions)]
        return [
            kept.instance_id,
            *(text(value or "") for value in (kept.version, kept.community, kept.round)),
            *(moment(value) for value in (kept.received_at, kept.started_at, kept.ended_at)),
            kept.state,
            kept.review,
            yes_or_no(kept.refusal),
            " ".join(kept.flags),
            yes_or_no(kept.synthetic),
            str(kept.seq),
            *([text(kept.enumerator or "")] if self.personal else []),
        ]


def prepare(
    database: Database,
    catalogue: Catalogue,
    wanted: Wanted,
    *,
    version: str | None,
    personal: bool,
    now: dt.datetime,
) -> Export:
    """An export in the columns of a version, or of the latest one. Reading personal answers is recorded.

    Raises `NotFound` for an unknown form or version, `NotAllowed` for personal answers without the right to them.
    """
    holder = wanted.holder
    target = catalogue.find(wanted.form_id, version)
    if target is None:
        raise NotFound
    if personal and not may(holder.role, Right.READ_PERSONAL_ANSWERS):
        raise NotAllowed(role=str(holder.role))
    if personal:
        subject = f"{wanted.form_id} {target.form.version}"
        database.write(lambda session: audit.record(session, now, holder, "export_read", subject))
    reached = reach(database, wanted)
    others = [
        (form, catalogue.carrying_into(wanted.form_id, each, target.form.version))
        for each, form in catalogue.versions(wanted.form_id).items()
        if each in reached.versions and each != target.form.version
    ]
    layout = Layout(target.form, others, personal=personal)
    return Export(database, wanted, reached, layout, personal, catalogue.find)


def _given(reading: Reading, turn: Turn, hashes: Mapping[str, str], *, refusal: bool) -> dict[int, Any]:
    """What stands in each slot, by the slot's id: of a file its name and its hash, as soon as it has come."""
    given: dict[int, Any] = {}
    for path, value in turn.answers.items():
        place = reading.places.get(path)
        if place and not (refusal and place.guarded):
            answer = place.answer(value)
            is_name = hashes and place.slot.is_file and isinstance(answer, str)
            given[id(place.slot)] = (answer, hashes.get(plain_name(answer), "")) if is_name else answer
    return given


def _answers(sheet: Sheet, given: Mapping[int, Any], cells: Mapping[int, Cells]) -> Iterator[str]:
    for slot in sheet.slots:
        yield from cells[id(slot)](given[id(slot)]) if id(slot) in given else _empty(slot)


def _empty(slot: Slot) -> list[str]:
    return [""] * len(slot.headers)


def lines(rows: Any) -> bytes:
    table = io.StringIO()
    csv.writer(table, lineterminator="\r\n").writerows(rows)
    return table.getvalue().encode("utf-8", "replace")
