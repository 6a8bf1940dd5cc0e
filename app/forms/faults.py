"""What is wrong with a form, where, and what to do about it: the sentences that authors read."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from app.forms.sheets import Line


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `row` is the row of the spreadsheet: the header is row 1, the first question row 2.

    `sheet` and `column` are "" and `row` is None where the fault belongs to no single one.
    """

    file: str
    sheet: str
    row: int | None
    column: str
    message: str
    remedy: str

    def described(self) -> dict[str, Any]:
        """For programs; the file is known to them."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "message": self.message,
            "remedy": self.remedy,
        }

    def __str__(self) -> str:
        sheet = " ".join(str(part) for part in (self.sheet, self.row and f"row {self.row}") if part)
        where = ", ".join(part for part in (self.file, sheet, self.column and f"column {quoted(self.column)}") if part)
        return f"{where}: {self.message} {self.remedy}".strip()


def quoted(text: str) -> str:
    """Text of the author in quotation marks, shortened, on one line, and printable whatever it holds."""
    line = " ".join(text.split())
    shown = line if len(line) <= 60 else f"{line[:57]}..."
    return f'"{shown.encode("utf-8", "backslashreplace").decode()}"'


def closest(wanted: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if any is near."""
    by_lower = {word.lower(): word for word in known}
    found = get_close_matches(wanted.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[found[0]] if found else None


def did_you_mean(wanted: str, known: Iterable[str], otherwise: str) -> str:
    """A remedy that offers the nearest known word before the general advice."""
    near = closest(wanted, known)
    return f"Did you mean {quoted(near)}? {otherwise}" if near else otherwise


def fault_at(file: str, line: Line, column: str, message: str, remedy: str) -> Fault:
    """A fault in a cell, under the author's own spelling of its column."""
    return Fault(file, line.sheet, line.row, line.header(column), message, remedy)
