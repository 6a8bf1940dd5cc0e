"""Writing an export: rows as they are read, in constant memory. The same data give the same bytes."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, cast

from app.access import audit
from app.access.policy import Right, may
from app.database import Database
from app.exports.cells import Cells, moment, text, yes_or_no
from app.exports.layout import Layout, Reading, Sheet, Slot
from app.exports.turns import Turn, turns
from app.forms.catalogue import Catalogue
from app.problems import NotAllowed, NotFound
from app.submissions.extract import Kept, Reach, Wanted, pages, reach

UNDATED = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive, or the same data would give other bytes a minute later."""


@dataclass(frozen=True)
class Export:
    """What is to be written: which interviews, up to where, in which columns."""

    database: Database
    wanted: Wanted
    reach: Reach
    layout: Layout
    personal: bool

    def csv(self) -> Iterator[bytes]:
        """The interviews as one table."""
        yield from self._table(self.layout.sheets[0])

    def zip(self) -> Iterator[bytes]:
        """The interviews, and the turns of each repeat, as a table each."""
        sink = _Sink()
        with zipfile.ZipFile(cast(IO[bytes], sink), "w", zipfile.ZIP_DEFLATED) as archive:
            for sheet in self.layout.sheets:
                entry = zipfile.ZipInfo(f"{sheet.name}.csv", UNDATED)
                entry.compress_type = zipfile.ZIP_DEFLATED
                # How large it becomes is not known before, and may be more than 2 GB.
                with archive.open(entry, "w", force_zip64=True) as file:
                    for piece in self._table(sheet):
                        file.write(piece)
                        yield sink.take()
        yield sink.take()

    def _table(self, sheet: Sheet) -> Iterator[bytes]:
        yield _lines([sheet.headers])
        cells = {id(slot): slot.cells() for slot in sheet.slots}
        for page in pages(self.database, self.wanted, self.reach):
            yield _lines(row for kept in page for row in self._rows(sheet, kept, cells))

    def _rows(self, sheet: Sheet, kept: Kept, cells: dict[int, Cells]) -> Iterator[list[str]]:
        reading = self.layout.readings.get(kept.version)
        if reading is None:
            return
        for turn in turns(reading.form.root, kept.answers):
            if reading.sheets.get(turn.repeat) is sheet:
                yield [*self._beginning(kept, turn), *_answers(sheet, reading, turn, cells, refusal=kept.refusal)]

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
    return Export(database, wanted, reached, Layout(target.form, others, personal=personal), personal)


def _answers(sheet: Sheet, reading: Reading, turn: Turn, cells: dict[int, Cells], *, refusal: bool) -> Iterator[str]:
    given: dict[int, Any] = {}
    for path, value in turn.answers.items():
        place = reading.places.get(path)
        if place and not (refusal and place.guarded):
            given[id(place.slot)] = place.answer(value)
    for slot in sheet.slots:
        yield from cells[id(slot)](given[id(slot)]) if id(slot) in given else _empty(slot)


def _empty(slot: Slot) -> list[str]:
    return [""] * len(slot.headers)


def _lines(rows: Any) -> bytes:
    table = io.StringIO()
    csv.writer(table, lineterminator="\r\n").writerows(rows)
    return table.getvalue().encode("utf-8", "replace")


class _Sink(io.RawIOBase):
    """A file that only takes what is written, and gives it on."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._written += piece
        return len(piece)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken
