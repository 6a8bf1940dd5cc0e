"""The cells of a survey that hold expressions, each read at its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.forms.expressions.parse import parse
from app.forms.expressions.resolve import Location, resolve
from app.forms.expressions.syntax import Expression
from app.forms.expressions.tokens import SyntaxFault
from app.forms.outline import Node, read_outline
from app.forms.questions import Form, Group
from app.forms.sheets import Line, Sheets

Path = tuple[str, ...]

COLUMNS = ("relevant", "required", "constraint", "calculation", "choice_filter", "repeat_count")

_SAYS_YES_OR_NO = frozenset({"yes", "no", "true", "false"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One expression: as `written`, with ${references}, and as it is evaluated at `path`, without them."""

    line: Line
    column: str
    path: Path
    written: Expression
    expression: Expression


class Places:
    """Where everything is in a form, so that ${name} can be read as the path that pyxform writes for it."""

    def __init__(self, form: Form) -> None:
        self.root = form.root.name
        self.locations: Mapping[Path, Location] = dict(_locations(form.root, ()))
        self.names: dict[str, Location] = {"instanceID": Location(("meta", "instanceID"))}
        for path, location in self.locations.items():
            self.names.setdefault(path[-1], location)

    def read(self, text: str, path: Path, *, from_choice: bool = False) -> tuple[Expression, Expression]:
        """A cell's expression as written and as evaluated at `path`. Raises `SyntaxFault`."""
        written = parse(text)
        return written, resolve(written, self.locations[path], self.names, self.root, from_choice=from_choice)


def rows_by_path(sheets: Sheets) -> dict[Path, Node]:
    return {tuple(row.path.split("/")): row for row in read_outline(sheets.rows["survey"]).root.walk()}


def expression_cells(form: Form, sheets: Sheets) -> Iterator[Cell]:
    """Every cell of the survey that can be read as an expression; a plain yes or no is none."""
    places = Places(form)
    for path, row in rows_by_path(sheets).items():
        if path not in places.locations:
            continue
        for column in COLUMNS:
            text = row.line.text(column)
            if text and text.strip().lower() not in _SAYS_YES_OR_NO:
                try:
                    written, expression = places.read(text, path, from_choice=column == "choice_filter")
                except SyntaxFault:
                    continue
                yield Cell(row.line, column, path, written, expression)


def _locations(group: Group, repeats: tuple[int, ...]) -> Iterator[tuple[Path, Location]]:
    for child in group.children.values():
        yield child.path, Location(child.path, repeats)
        if isinstance(child, Group):
            inside = (*repeats, len(child.path)) if child.repeat else repeats
            yield from _locations(child, inside)
