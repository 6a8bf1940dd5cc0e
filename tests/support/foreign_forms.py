"""Forms that others made, to hold our reader of expressions against.

python -m tests.support.foreign_forms ARCHIVE…        tells how many expressions of an archive's forms compile
"""

import sys
import tarfile
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from app.forms.expressions.check import check_expression
from app.forms.expressions.compile import compile_expression
from app.forms.expressions.parse import parse
from app.forms.sheets import read_sheets
from app.forms.spreadsheet import NotASpreadsheetError, read_spreadsheet

_COLUMNS = ("relevant", "constraint", "calculation", "choice_filter", "repeat_count", "required")
_PLAIN = frozenset({"yes", "no", "true", "false", "true()", "false()"})
_BIND = ("relevant", "constraint", "calculate", "required", "readonly")
_ELSEWHERE = {
    "itemset": "nodeset",
    "setvalue": "value",
    "output": "value",
    "repeat": "{http://openrosa.org/javarosa}count",
}
_SPREADSHEETS = (".xls", ".xlsx", ".xlsm")


@dataclass(frozen=True)
class Reading:
    """What became of one form: `failed` are expressions and why, `refused` why the file itself could not be read."""

    file: str
    expressions: int
    failed: list[tuple[str, str]]
    refused: str = ""


def read_archive(archive: Path) -> list[Reading]:
    """All forms of an archive, XLSForms and XForms, by name."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as contents:
        contents.extractall(folder, filter="data")
        files = sorted(file for file in Path(folder).rglob("*") if file.suffix in (".xml", *_SPREADSHEETS))
        readings = [read_form(file) for file in files]
    return [reading for reading in readings if reading is not None]


def read_form(file: Path) -> Reading | None:
    """None for XML that is no XForm."""
    try:
        texts = list(_of_xlsform(file) if file.suffix in _SPREADSHEETS else _of_xform(file))
    except (NotASpreadsheetError, ElementTree.ParseError) as error:
        return Reading(file.name, 0, [], str(error).replace(f"{file}", file.name))
    except LookupError:
        return None
    failed = [(text, fault) for text in texts for fault in _faults(text)]
    return Reading(file.name, len(texts), failed)


def _of_xlsform(file: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheets = read_sheets(read_spreadsheet(file))
    for line in sheets.rows["survey"]:
        for column in _COLUMNS:
            text = line.text(column)
            if text and text.strip().lower() not in _PLAIN:
                yield text


def _of_xform(file: Path) -> Iterator[str]:
    """Raises LookupError for another kind of XML."""
    root = ElementTree.parse(file).getroot()
    if not root.tag.endswith("}html"):
        raise LookupError(file)
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        attributes = _BIND if name == "bind" else (_ELSEWHERE[name],) if name in _ELSEWHERE else ()
        yield from filter(None, (element.get(attribute, "").strip() for attribute in attributes))


def _faults(text: str) -> list[str]:
    faults = check_expression(text)
    if not faults:
        compile_expression(parse(text))
    return faults


def main() -> None:
    for archive in map(Path, sys.argv[1:]):
        readings = read_archive(archive)
        failed = [(reading.file, *failure) for reading in readings for failure in reading.failed]
        expressions = sum(reading.expressions for reading in readings)
        print(f"{archive.name}: {len(readings)} forms, {expressions} expressions, {len(failed)} failed")
        for reading in readings:
            if reading.refused:
                print(f"  {reading.file}: {reading.refused}")
        for failure in failed:
            print("  " + " | ".join(failure))


if __name__ == "__main__":
    main()
