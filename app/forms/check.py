"""Everything that is wrong with a form, all at once, in words for the author of the questionnaire."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.forms.cells import expression_cells
from app.forms.cycles import faults_of_cycles
from app.forms.expression_faults import faults_of_expressions
from app.forms.faults import Fault, fault_at, quoted
from app.forms.layout import faults_of_choices, faults_of_rows
from app.forms.nonsense import faults_of_nonsense
from app.forms.outline import Outline, read_outline
from app.forms.questions import compile_form
from app.forms.references import faults_of_fieldwork, faults_of_references
from app.forms.shape import faults_of_shape
from app.forms.sheets import Line, Sheets, read_sheets, says_yes
from app.forms.translations import faults_of_translations
from app.forms.trial import faults_of_trial
from app.forms.xform import faults_of_xform
from app.forms.xlsform import SHEETS

_IDENTIFIER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_ORDER = ("", *SHEETS, "fieldwork")
_UNSUPPORTED_SETTINGS: Mapping[str, str] = {
    "flat": "answers keep the groups of the form",
    "omit_instanceID": "an interview without an instanceID could not be kept once only",
    "public_key": "encrypted interviews could be neither checked nor scored",
    "add_none_option": "the choice none belongs into the list itself",
}


def check(document: Any, file: str) -> list[Fault]:
    """All faults of a form document, whatever it is. Never raises; asks pyxform if we find none.

    `file` is how the author knows the document, and stands in every fault.
    """
    return find_faults(document, file) or faults_of_xform(file, document)


def find_faults(document: Any, file: str) -> list[Fault]:
    """The faults that our own checks find, in the order of the sheets and rows."""
    faults = list(faults_of_shape(file, document))
    if isinstance(document, dict):
        sheets = read_sheets(document)
        outline = read_outline(sheets.rows["survey"])
        faults.extend(_faults_of_structure(file, document, sheets, outline))
        is_sound = not faults
        faults.extend(faults_of_references(file, sheets, outline))
        faults.extend(faults_of_translations(file, sheets, outline))
        # What is wrong with a cell in a plainer way is told once, and not again as an expression.
        told = {(fault.sheet, fault.row, fault.column) for fault in faults}
        for fault in _faults_of_logic(file, document, sheets, is_sound=is_sound):
            if (fault.sheet, fault.row, fault.column) not in told:
                faults.append(fault)
    return sorted(dict.fromkeys(faults), key=_place)


def _faults_of_structure(file: str, document: Mapping[str, Any], sheets: Sheets, outline: Outline) -> Iterator[Fault]:
    if isinstance(document.get("settings"), dict):
        yield from _faults_of_settings(file, sheets.settings)
    if isinstance(document.get("survey"), list) and not (outline.root.children or outline.unknown):
        yield Fault(file, "survey", None, "", "The form asks nothing.", "Write a row for each question.")
    yield from faults_of_rows(file, outline)
    yield from faults_of_choices(file, sheets, outline)
    yield from faults_of_fieldwork(file, sheets, outline)


def _faults_of_logic(file: str, document: Mapping[str, Any], sheets: Sheets, *, is_sound: bool) -> Iterator[Fault]:
    """What an expression means can be said only of a form whose rows are sound."""
    unreadable = list(faults_of_expressions(file, sheets))
    yield from unreadable
    if is_sound:
        form = compile_form(document)
        told = {(fault.row, fault.column) for fault in unreadable}
        cells = [
            cell
            for cell in expression_cells(form, sheets)
            if (cell.line.row, cell.line.header(cell.column)) not in told
        ]
        yield from faults_of_cycles(file, form, cells)
        for cell in cells:
            yield from faults_of_nonsense(file, form, cell)
        yield from faults_of_trial(file, form, sheets, cells)


def _faults_of_settings(file: str, settings: Line) -> Iterator[Fault]:
    for name, example in (("form_id", "ucra_household"), ("version", "2026.1")):
        text = settings.text(name)
        if not text:
            yield fault_at(file, settings, name, f"The form has no {name}.", f"Write one, such as {example}.")
        elif not _IDENTIFIER.fullmatch(text):
            message = f"{quoted(text)} cannot be a {name}: it becomes part of addresses and file names."
            remedy = "Use up to 100 letters without accents, digits, _, - and . but do not begin with - or a dot."
            yield fault_at(file, settings, name, message, remedy)
    for name, reason in _UNSUPPORTED_SETTINGS.items():
        text = settings.text(name)
        if says_yes(text) or (name == "public_key" and text):
            yield fault_at(file, settings, name, f"{name} is not supported: {reason}.", "Leave this cell empty.")


def _place(fault: Fault) -> tuple[int, int, str]:
    sheet = _ORDER.index(fault.sheet) if fault.sheet in _ORDER else len(_ORDER)
    return sheet, fault.row or 0, fault.column
