"""The files that a form takes choices, values and pictures from: published with a version, and as lasting."""

import csv
import io
from collections.abc import Iterator

from app.forms.cells import COLUMNS
from app.forms.choice_lists import Table
from app.forms.expressions.parse import parse
from app.forms.expressions.syntax import Call, Text, walk
from app.forms.expressions.tokens import SyntaxFault
from app.forms.outline import Node, read_outline
from app.forms.sheets import Line, Sheets

_MEDIA = frozenset({"image", "big-image", "audio", "video"})


def files_named(sheets: Sheets) -> list[str]:
    """The names of all files that a form needs beside it, in the order in which it names them."""
    found = dict.fromkeys(name for node in read_outline(sheets.rows["survey"]).root.walk() for name in _of_row(node))
    for sheet in ("survey", "choices"):
        found |= dict.fromkeys(name for line in sheets.rows[sheet] for name in _media(line))
    return list(found)


def read_table(content: bytes) -> Table:
    """The rows of a CSV file in UTF-8, with or without a byte order mark; what is no UTF-8 is replaced."""
    text = io.StringIO(content.decode("utf-8-sig", "replace"), newline="")
    return [{name: cell or "" for name, cell in row.items() if name} for row in csv.DictReader(text)]


def _of_row(node: Node) -> Iterator[str]:
    if node.type.choices_in == "file" and node.type.list_name:
        yield node.type.list_name
    if node.type.base in ("csv-external", "xml-external"):
        yield f"{node.name}.{node.type.base[:3]}"
    for column in COLUMNS:
        if "pulldata" in (text := node.line.text(column)):
            yield from _tables(text)


def _tables(text: str) -> Iterator[str]:
    """pulldata('rt', ...) looks into rt.csv."""
    try:
        parts = list(walk(parse(text)))
    except SyntaxFault:
        return
    for part in parts:
        if isinstance(part, Call) and part.name == "pulldata" and part.arguments:
            named = part.arguments[0]
            if isinstance(named, Text):
                yield named.value if named.value.endswith(".csv") else f"{named.value}.csv"


def _media(line: Line) -> Iterator[str]:
    for column, text in line.cells.items():
        if column.name in _MEDIA and "${" not in text:
            yield text
