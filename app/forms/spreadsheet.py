"""Form documents as spreadsheets: .xlsx and .xls files in, .xlsx files out, and no cell lost between.

Servers import this only when somebody uploads or downloads a form: openpyxl takes 7 MB.
"""

import json
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from graphlib import CycleError, TopologicalSorter
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import openpyxl
import xlrd
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from app.forms.xlsform import SHEETS

Table = Sequence[Sequence[object]]

_MOST_CHARACTERS = 32_767
"""What a cell of Excel holds; openpyxl would cut longer text off without a word."""

_MOST_BYTES = 50_000_000
_MOST_CELLS = 2_000_000
"""A form of 500 questions in two languages has some 20,000."""

# Characters that XML cannot hold stand in spreadsheets as _x000D_ and the like: ECMA-376 part 1, 22.9.2.19.
_TO_ESCAPE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|[Dd][89A-Fa-f][0-9A-Fa-f]{2}|[Ff]{3}[EeFf]|005[Ff])_")


class NotASpreadsheetError(ValueError):
    """A file that is no form, or a document that no spreadsheet can hold; the message says where."""


def read_spreadsheet(path: Path) -> dict[str, Any]:
    """The form document in a spreadsheet, unchecked: `check.check` tells of unknown sheets and columns.

    Text keeps its spaces, numbers and booleans stay what they are; dates become the text that pyxform makes
    of them, formulas their last value. Raises NotASpreadsheetError.
    """
    return parse_spreadsheet(str(path), path.read_bytes())


def parse_spreadsheet(file: str, content: bytes) -> dict[str, Any]:
    """The form document in the bytes of a file of that name. Raises NotASpreadsheetError."""
    try:
        tables = _read_xlsx(content) if content.startswith(b"PK") else _read_xls(content)
    except (BadZipFile, KeyError, TypeError, ValueError, xlrd.XLRDError) as error:
        raise NotASpreadsheetError(f"{file}: this is no spreadsheet that can be read ({error}).") from error
    document: dict[str, Any] = {}
    for title, table in tables.items():
        document[_member(title, len(tables) == 1)] = _rows(f"{file}: sheet {title}", table)
    if "settings" in document:
        document["settings"] = _settings(document["settings"])
    if "fieldwork" in document:
        members = {row.get("member"): row.get("value") for row in document["fieldwork"]}
        document["fieldwork"] = {str(member): _value(value) for member, value in members.items()}
    return document


def _member(title: str, alone: bool) -> str:
    """The member of the document that a sheet becomes. As for pyxform, an only sheet is the survey."""
    name = title.lower()
    if name in (*SHEETS, "fieldwork"):
        return name
    return "survey" if alone else title


def _read_xlsx(content: bytes) -> dict[str, Table]:
    if sum(entry.file_size for entry in ZipFile(BytesIO(content)).infolist()) > _MOST_BYTES:
        raise ValueError(f"unpacked it has more than {_MOST_BYTES} bytes")
    with warnings.catch_warnings():
        # openpyxl warns of formatting and extensions that it does not know; a form has no use for either.
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        return _cells(workbook)


def _cells(workbook: openpyxl.Workbook) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    left = _MOST_CELLS
    for sheet in workbook.worksheets:
        rows: list[Sequence[object]] = []
        for row in sheet.iter_rows(values_only=True):
            # A few bytes can say that a sheet is as large as a sheet can be.
            left -= len(row) + 1
            if left < 0:
                raise ValueError(f"it has more than {_MOST_CELLS} cells")
            rows.append([_plain(value) for value in row])
        tables[sheet.title] = rows
    return tables


def _plain(value: object) -> object:
    """A cell of .xlsx as JSON knows it."""
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    return value if value is None or isinstance(value, int | float) else str(value)


def _read_xls(content: bytes) -> dict[str, Table]:
    workbook = xlrd.open_workbook(file_contents=content)
    return {
        sheet.name: [[_plain_xls(cell, workbook.datemode) for cell in row] for row in sheet.get_rows()]
        for sheet in workbook.sheets()
    }


def _plain_xls(cell: xlrd.sheet.Cell, datemode: int) -> object:
    """A cell of .xls, where every number is a float, as JSON knows it."""
    value = cell.value
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return int(value) if value.is_integer() else value
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code[value]
    if cell.ctype == xlrd.XL_CELL_DATE:
        date = xlrd.xldate_as_tuple(value, datemode)
        return str(datetime(*date) if any(date[:3]) else time(*date[3:]))
    return value


def _rows(where: str, table: Table) -> list[dict[str, Any]]:
    """Rows as objects from header to cell. Empty rows stand for themselves, so that row numbers stay true."""
    headers = _headers_of(table)
    for number, header in enumerate(headers):
        if header in headers[:number]:
            raise NotASpreadsheetError(f"{where} has the column {header!r} twice: rename or remove one.")
    rows = [
        {header: value for header, value in zip(headers, row, strict=False) if value not in (None, "")}
        for row in table[1:]
    ]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _headers_of(table: Table) -> list[str]:
    """The first row, without superfluous spaces. What stands under no header is kept under its letter."""
    width = max(map(len, table), default=0)
    first = [*(table[0] if table else ()), *[None] * width][:width]
    headers = [" ".join(str(header or "").split()) for header in first]
    return [header or f"column {get_column_letter(number)}" for number, header in enumerate(headers, start=1)]


def _settings(rows: list[dict[str, Any]]) -> Any:
    """The one row of the settings; more than one stay a list, which `check.check` refuses."""
    filled = [row for row in rows if row]
    return filled if len(filled) > 1 else dict(*filled)


def _value(text: object) -> Any:
    """A member of fieldwork: JSON, or a word that an author wrote without quotation marks."""
    try:
        return json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return text


def write_spreadsheet(document: Mapping[str, Any], path: Path | IO[bytes]) -> None:
    """Writes a form document, one sheet a member, to an .xlsx file. Raises NotASpreadsheetError."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in document.items():
        if name == "settings" and isinstance(rows, Mapping):
            rows = [rows]
        elif name == "fieldwork":
            values = {member: json.dumps(value, ensure_ascii=False) for member, value in rows.items()}
            rows = [{"member": member, "value": value} for member, value in values.items()]
        sheet: Worksheet = workbook.create_sheet(name)
        sheet.freeze_panes = "A2"
        headers = _headers(rows)
        for column, header in enumerate(headers, start=1):
            _write_cell(sheet, 1, column, header)
            for number, row in enumerate(rows, start=2):
                _write_cell(sheet, number, column, row.get(header))
    workbook.save(path)


def _headers(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """All columns of a sheet, in an order that keeps the order of every row where the rows agree on one."""
    order: TopologicalSorter[str] = TopologicalSorter()
    for row in rows:
        for header in row:
            order.add(header)
        for before, header in pairwise(row):
            order.add(header, before)
    try:
        return list(order.static_order())
    except CycleError:
        return list(dict.fromkeys(header for row in rows for header in row))


def _write_cell(sheet: Worksheet, row: int, column: int, value: object) -> None:
    if value is None or value == "":
        return
    cell = sheet.cell(row, column)
    if isinstance(value, bool):
        cell.value = value
    elif isinstance(value, int | float):
        # openpyxl rounds numbers to 16 digits; the text of a number is written as it is.
        cell.value, cell.data_type = repr(value), "n"
    else:
        text = _TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", str(value))
        if len(text) > _MOST_CHARACTERS:
            where = f"{sheet.title} row {row}"
            raise NotASpreadsheetError(f"{where}: no cell can hold more than {_MOST_CHARACTERS} characters.")
        # Text that begins with "=" is no formula, neither now nor after somebody has edited the cell.
        cell.value, cell.data_type, cell.number_format = text, "s", "@"
