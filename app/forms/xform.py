"""The XForm of a form, made by pyxform, the reference reader of XLSForm: for tablets, and as a check."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.forms.faults import Fault
from app.forms.xlsform import SHEETS, cell_text

_PARTS = re.compile(r"(?=\[row : \d+\])")
_PLACE = re.compile(
    r"\[row : (?P<row>\d+)\]\s*"
    r"(?:On the '(?P<sheet>[^']+)' sheet, the '(?P<column>[^']+)' value(?: '[^']*')? is \w+\.)?\s*"
)
_REMEDY = "Tablets could not read this form: change it, see https://xlsform.org/en/ for what XLSForm allows."


@dataclass(frozen=True, slots=True)
class CompiledXForm:
    """An XForm, what pyxform remarked on it, and the file itemsets.csv if select_one_external needs it."""

    xml: bytes
    warnings: list[str]
    itemsets: bytes | None


def compile_xform(document: Mapping[str, Any]) -> CompiledXForm:
    """Makes the XForm of a form document. Raises PyXFormError for one that has not passed `check.check`.

    pyxform is imported only here and below: a server that publishes nothing need not carry its 12 MB.
    """
    from pyxform.xls2xform import convert

    result = convert(_workbook(document), validate=False)
    itemsets = None if result.itemsets is None else result.itemsets.encode()
    return CompiledXForm(result.xform.encode(), result.warnings, itemsets)


def try_xform(file: str, document: Mapping[str, Any]) -> CompiledXForm | list[Fault]:
    """The XForm of a form document, or what pyxform has against it: its first objection only."""
    from pyxform.errors import PyXFormError

    try:
        return compile_xform(document)
    except PyXFormError as error:
        return list(_read_message(file, str(error)))
    except Exception as error:
        # pyxform stumbles over some malformed forms with errors of every kind; to authors they are one.
        return [Fault(file, "", None, "", f"pyxform failed on this form: {error!r}.", _REMEDY)]


def faults_of_xform(file: str, document: Mapping[str, Any]) -> list[Fault]:
    """What pyxform has against a form that passed our own checks."""
    tried = try_xform(file, document)
    return tried if isinstance(tried, list) else []


def _read_message(file: str, message: str) -> Iterator[Fault]:
    """One fault for each place that a message of pyxform names."""
    for part in _PARTS.split(message):
        if place := _PLACE.match(part):
            text = part[place.end() :].strip() or "This value is invalid."
            yield Fault(file, place["sheet"] or "survey", int(place["row"]), place["column"] or "", text, _REMEDY)
        elif part.strip():
            yield Fault(file, "", None, "", part.strip(), _REMEDY)


def _workbook(document: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The document as pyxform would read it from a spreadsheet: only text, no empty cells, headers first.

    pyxform looks for headers in the first 100 rows only, unless it is told them.
    """
    workbook: dict[str, list[dict[str, Any]]] = {}
    for sheet in SHEETS:
        rows = document.get(sheet) or []
        texts = [_texts(row) for row in ([rows] if isinstance(rows, dict) else rows)]
        if any(texts):
            workbook[sheet] = texts
            workbook[f"{sheet}_header"] = [dict.fromkeys(header for row in texts for header in row)]
    return workbook


def _texts(row: Mapping[str, Any]) -> dict[str, Any]:
    texts = {header: cell_text(value) for header, value in row.items()}
    return {header: text for header, text in texts.items() if text}
