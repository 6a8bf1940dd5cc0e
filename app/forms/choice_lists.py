"""The lists that choices come from, as trees: those of the form itself, and published tables."""

import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.forms.expressions.nodes import Node, document, element
from app.forms.question_types import RowType
from app.forms.sheets import Line, Sheets

Table = Sequence[Mapping[str, str]]
"""A published table: its rows, each a text by column."""

Items = Mapping[str, Sequence[Node]]
"""The items of a list by the name of their choice."""

_VALUE = re.compile(r"(?:^|[\s,;])value\s*=\s*([\w.-]+)")


class Trees(Mapping[str, Node]):
    """Tables as trees by the name of their file without its ending, each made when it is first asked for."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables
        self._files = {stem(file): file for file in tables}
        self._made: dict[str, Node] = {}

    def table(self, name: str) -> Table:
        """Raises KeyError for no table."""
        return self._tables[self._files[name]]

    def __getitem__(self, name: str) -> Node:
        if name not in self._made:
            self._made[name] = _tree(self.table(name))
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


class Lists:
    """All lists of a form version. `tables` are by the name of their file, as in select_one_from_file."""

    def __init__(self, sheets: Sheets, tables: Mapping[str, Table]) -> None:
        language = sheets.languages()[0]
        plain = sheets.plain_language
        self._files = Trees(tables)
        self._trees: dict[str, Mapping[str, Node]] = {
            sheet: {name: _tree(_cells(line, language, plain) for line in lines) for name, lines in lists.items()}
            for sheet, lists in sheets.lists.items()
        }
        self._trees["file"] = self._files
        self._rows_by_key: dict[tuple[str, str], dict[str, Mapping[str, str]]] = {}

    def instances(self) -> Mapping[str, Node]:
        """What instance(name) finds; a list of the form before a table of the same name."""
        return ChainMap(dict(self._trees["choices"]), self._files)  # type: ignore[arg-type]  # It is only read.

    def items_of(self, row_type: RowType, parameters: str = "") -> Items:
        """Empty for a question without choices, or with choices that are not known here.

        The names of choices from a file stand in its column `name`, or in the one that `parameters` call value.
        """
        column = "name"
        if row_type.choices_in == "file" and (other := _VALUE.search(parameters)):
            column = other[1]
        found: dict[str, list[Node]] = {}
        name = row_type.list_name or ""
        tree = self._trees.get(row_type.choices_in, {}).get(stem(name) if row_type.choices_in == "file" else name)
        for item in tree.children[0].children if tree else ():
            for choice in item.find(column)[:1]:
                found.setdefault(choice.value or "", []).append(item)
        return found

    def look_up(self, file: str, column: str, key_column: str, key: str) -> str:
        """The first row's cell where the key column has the key, "" if there is none. Raises KeyError for no table."""
        place = stem(file), key_column
        if place not in self._rows_by_key:
            table = self._files.table(place[0])
            self._rows_by_key[place] = {row[key_column]: row for row in reversed(table) if key_column in row}
        return self._rows_by_key[place].get(key, {}).get(column, "")


def stem(file: str) -> str:
    """A table's name without the ending of its file."""
    return file.rpartition(".")[0] or file


def _cells(line: Line, language: str, plain_language: str) -> dict[str, str]:
    """The free columns of a choice, its name, and its label in the first language."""
    cells = {column.name: text for column, text in line.cells.items() if not column.language}
    label = line.texts("label", plain_language).get(language, "")
    return {**cells, "label": label}


def _tree(rows: Iterable[Mapping[str, str]]) -> Node:
    items = [element("item", [element(column, text) for column, text in row.items()]) for row in rows]
    return document(element("root", items))
