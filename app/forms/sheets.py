"""The rows of a form document under any spelling of their columns, as far as the document can be read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.forms.xlsform import ROW_SHEETS, Column, cell_text, read_header

_YES = frozenset({"yes", "Yes", "YES", "true", "True", "TRUE", "true()"})
_FIRST_ROW = 2


def says_yes(text: str) -> bool:
    """Whether a cell holds a literal yes; an expression does not, whatever it would come to."""
    return text in _YES


@dataclass(frozen=True, slots=True)
class Line:
    """One row that says something: its cells by column, and the author's own spelling of each column."""

    sheet: str
    row: int
    cells: Mapping[Column, str]
    headers: Mapping[Column, str]

    def text(self, name: str) -> str:
        return self.cells.get(Column(name), "")

    def header(self, name: str) -> str:
        return self.headers.get(Column(name), name)

    def texts(self, name: str, plain_language: str) -> dict[str, str]:
        """A translated column by language; a header without a language speaks the plain one."""
        return {column.language or plain_language: text for column, text in self.cells.items() if column.name == name}


@dataclass(frozen=True, slots=True)
class Sheets:
    """A whole form document, read as far as possible: what is no row or no cell is left out.

    `rows` has the rows of each sheet; `lists` those of the sheets that hold choices, by their list.
    """

    settings: Line
    rows: Mapping[str, Sequence[Line]]
    lists: Mapping[str, Mapping[str, Sequence[Line]]]
    fieldwork: object

    @property
    def plain_language(self) -> str:
        """The language of columns that name none: the form's default one, or "default"."""
        return self.settings.text("default_language") or "default"

    def languages(self) -> tuple[str, ...]:
        """All languages that labels are written in: the default one first, then as they appear."""
        plain = self.plain_language
        lines = (line for sheet in ("survey", "choices") for line in self.rows[sheet])
        found = dict.fromkeys(language for line in lines for language in line.texts("label", plain))
        return tuple(sorted(found or [plain], key=lambda language: language != plain))


def read_sheets(document: Mapping[str, Any]) -> Sheets:
    settings = _read_lines("settings", [document.get("settings")])
    rows = {sheet: _read_lines(sheet, document.get(sheet)) for sheet in ROW_SHEETS}
    return Sheets(
        settings[0] if settings else Line("settings", _FIRST_ROW, {}, {}),
        rows,
        {sheet: _by_list(rows[sheet]) for sheet in ("choices", "external_choices", "osm")},
        document.get("fieldwork"),
    )


def _by_list(lines: Iterable[Line]) -> dict[str, list[Line]]:
    lists: dict[str, list[Line]] = {}
    for line in lines:
        if name := line.text("list_name"):
            lists.setdefault(name, []).append(line)
    return lists


def _read_lines(sheet: str, rows: object) -> list[Line]:
    """The rows that are neither empty nor disabled, in order."""
    if not isinstance(rows, list):
        return []
    lines = [_read_line(sheet, number, row) for number, row in enumerate(rows, _FIRST_ROW) if isinstance(row, dict)]
    return [line for line in lines if line.cells and not says_yes(line.text("disabled"))]


def _read_line(sheet: str, number: int, row: Mapping[str, Any]) -> Line:
    cells: dict[Column, str] = {}
    headers: dict[Column, str] = {}
    for header, value in row.items():
        # Old forms write label:English, which is refused; read on, it causes no further faults.
        column = read_header(sheet, header) or read_header(sheet, header.replace(":", "::", 1))
        text = cell_text(value)
        if column and text:
            cells[column] = text
            headers[column] = header
    return Line(sheet, number, cells, headers)
