"""pyxform's example forms: importing and exporting loses nothing, and our tree is the one pyxform makes."""

import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
import xlrd
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from app.forms.check import check, find_faults
from app.forms.questions import Group, compile_form
from app.forms.spreadsheet import NotASpreadsheetError, read_spreadsheet, write_spreadsheet
from app.forms.xform import compile_xform
from app.forms.xlsform import SHEETS, cell_text

_MODEL = "./{*}head/{*}model/{*}instance"
_ONLY_TO_SHOW = re.compile("generated_table_list_label_|reserved_name_for_field_list_labels_")


def _xform(path: Path) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return str(convert(path, validate=False).xform)


def test_exported_again_it_gives_the_same_xform(sample: Path, tmp_path: Path) -> None:
    exported = tmp_path / f"{sample.stem}.xlsx"
    write_spreadsheet(read_spreadsheet(sample), exported)
    assert _xform(exported) == _xform(sample)


def test_exported_again_it_gives_the_same_document(sample: Path, tmp_path: Path) -> None:
    document = read_spreadsheet(sample)
    write_spreadsheet(document, tmp_path / "exported.xlsx")
    assert read_spreadsheet(tmp_path / "exported.xlsx") == document
    assert json.loads(json.dumps(document)) == document


def test_every_cell_is_in_the_document(sample: Path) -> None:
    document = read_spreadsheet(sample)
    for title, headers, rows in _tables(sample):
        kept = document.get(title.lower(), document.get(title)) if title.lower() in SHEETS else document.get(title)
        kept = [kept] if isinstance(kept, dict) else kept if kept is not None else document["survey"]
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value not in (None, ""):
                    header = " ".join((headers[column] or "").split())
                    letter = openpyxl.utils.get_column_letter(column + 1)
                    assert cell_text(kept[number][header or f"column {letter}"]) == _text(value)


def _tables(path: Path) -> Iterator[tuple[str, list[Any], list[list[Any]]]]:
    """Title, headers and rows of each sheet, read without our own code."""
    if path.suffix == ".xls":
        with xlrd.open_workbook(path) as book:
            for sheet in book.sheets():
                rows = [[_plain(cell) for cell in row] for row in sheet.get_rows()]
                if rows:
                    yield sheet.name, rows[0], rows[1:]
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(path, data_only=True)
    for worksheet in workbook.worksheets:
        rows = [list(row) for row in worksheet.iter_rows(values_only=True)]
        if rows:
            yield worksheet.title, rows[0], rows[1:]


def _plain(cell: xlrd.sheet.Cell) -> Any:
    """Dates are numbers here, and left out: the XForms of pyxform hold us to their text."""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return None if cell.ctype == xlrd.XL_CELL_DATE else cell.value


def _text(value: object) -> str:
    return cell_text(value) or str(value).strip()


def test_document_gives_the_same_xform_as_the_spreadsheet(sample: Path) -> None:
    """Without the remarks under no header, and with a form_id: pyxform takes the name of the file for it."""
    document = read_spreadsheet(sample)
    if not {"form_id", "id_string"} & set(document.get("settings", {})):
        document.setdefault("settings", {})["form_id"] = sample.stem
    for row in document.get("choices", []):
        for column in [column for column in row if column.startswith("column ")]:
            del row[column]
    assert compile_xform(document).xml.decode() == _xform(sample)


def test_form_has_the_tree_of_the_xform(sample: Path) -> None:
    document = read_spreadsheet(sample)
    if document.get("settings", {}).get("flat"):
        assert "flat" in {fault.column for fault in find_faults(document, sample.name)}
        return
    instance = ElementTree.fromstring(_xform(sample)).find(_MODEL)
    assert instance is not None
    assert set(_paths_of_form(compile_form(document).root)) == set(_paths_of_xform(instance[0], ()))


def _paths_of_form(group: Group) -> Iterator[tuple[str, ...]]:
    for child in group.children.values():
        yield child.path
        if isinstance(child, Group):
            yield from _paths_of_form(child)


def _paths_of_xform(element: ElementTree.Element, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for child in element:
        below = (*path, child.tag.rpartition("}")[2])
        if below != ("meta",) and not _ONLY_TO_SHOW.match(below[-1]):
            yield below
            yield from _paths_of_xform(child, below)


def test_what_pyxform_refuses_is_refused(bad_sample: Path) -> None:
    with pytest.raises(PyXFormError):
        _xform(bad_sample)
    try:
        document = read_spreadsheet(bad_sample)
    except NotASpreadsheetError:
        return
    settings = {"form_id": "sample", "version": "1"}
    assert check({"choices": [], **document, "settings": settings}, bad_sample.name)
