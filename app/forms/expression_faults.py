"""Faults of expressions: what no tablet could evaluate, told before any tablet has to."""

from collections.abc import Iterator

from app.forms.expressions.check import check_expression
from app.forms.faults import Fault, fault_at
from app.forms.sheets import Line, Sheets, says_yes

COLUMNS = ("relevant", "constraint", "calculation", "choice_filter", "repeat_count", "required")


def faults_of_expressions(file: str, sheets: Sheets) -> Iterator[Fault]:
    """Unknown functions, wrong numbers of arguments, and what cannot be read at all."""
    for line in sheets.rows["survey"]:
        for column in COLUMNS:
            yield from _faults_of_cell(file, line, column)


def _faults_of_cell(file: str, line: Line, column: str) -> Iterator[Fault]:
    text = line.text(column)
    if not text or (column == "required" and _is_plain(text)):
        return
    for message in check_expression(text):
        yield fault_at(file, line, column, message, "Correct the expression.")


def _is_plain(text: str) -> bool:
    return says_yes(text) or text.strip().lower() in ("no", "false", "false()")
