"""The forms that the engine and we are asked about: our instruments, forms made for the harder parts, samples."""

import csv
import io
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from app.forms.choice_lists import Table
from app.forms.outline import read_outline
from app.forms.questions import Form, compile_form
from app.forms.sheets import Line, Sheets, read_sheets
from app.forms.spreadsheet import read_spreadsheet

HERE = Path(__file__).parent
INSTRUMENTS = HERE.parents[1] / "survey_forms"
SAMPLES = Path(os.environ.get("TANGGUH_SAMPLES", HERE.parents[1] / ".venv" / "samples"))
SAMPLE_FILES = frozenset(
    {
        *("cascading_select_test_equivalent.xls", "choice_filter_test.xlsx", "new_cascading_select.xls"),
        *("repeat_date_test.xls", "tutorial.xls", "widgets.xls", "xlsform_spec_test.xlsx"),
    }
)
_NO_ROW = Line("survey", 0, {}, {})
_REFERENCE = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True, eq=False)
class Example:
    """A form under a name, with the tables that it takes choices and values from."""

    name: str
    document: dict[str, Any]
    tables: Mapping[str, Table]

    @cached_property
    def form(self) -> Form:
        return compile_form(self.document)

    @cached_property
    def sheets(self) -> Sheets:
        return read_sheets(self.document)

    @cached_property
    def _rows(self) -> Mapping[tuple[str, ...], Line]:
        root = read_outline(self.sheets.rows["survey"]).root
        return {tuple(node.path.split("/")): node.line for node in root.walk()}

    def row(self, path: tuple[str, ...]) -> Line:
        """The row of a question, an empty one for those that pyxform adds."""
        return self._rows.get(path, _NO_ROW)

    @cached_property
    def looked_at(self) -> frozenset[str]:
        """The questions that any other question's cells refer to."""
        texts = (text for line in self.sheets.rows["survey"] for text in line.cells.values())
        return frozenset(name for text in texts for name in _REFERENCE.findall(text))

    @cached_property
    def offers(self) -> Mapping[str, Sequence[str]]:
        """The names of the choices of each list; files are lists too."""
        tables = {file: [row["name"] for row in table if "name" in row] for file, table in self.tables.items()}
        return {**{name: list(choices) for name, choices in self.form.choices.items()}, **tables}

    def files(self) -> dict[str, str]:
        return {file: _as_csv(table) for file, table in self.tables.items()}


def examples() -> Iterator[Example]:
    """All that are at hand: the samples are, once `make .venv/test` has fetched them."""
    for path in sorted((*INSTRUMENTS.rglob("*.json"), *(HERE / "forms").glob("*.json"))):
        document = json.loads(path.read_text())
        if "survey" in document:
            tables = document.pop("tables", {})
            yield Example(document["settings"]["form_id"], document, tables)
    for archive in sorted(SAMPLES.glob("pyxform-*.tar.gz")):
        yield from _samples(archive)


@cache
def all_examples() -> Mapping[str, Example]:
    return {example.name: example for example in examples()}


def _samples(archive: Path) -> Iterator[Example]:
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as contents:
        for member in contents.getmembers():
            file = Path(member.name).name
            if file in SAMPLE_FILES and "/example_xls/" in member.name:
                contents.extract(member, folder, filter="data")
                document = read_spreadsheet(Path(folder, member.name))
                name = f"pyxform_{Path(file).stem}"
                document.setdefault("settings", {}).update(form_id=name, version="1", public_key="")
                yield Example(name, document, {})


def _as_csv(table: Table) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(table[0]))
    writer.writeheader()
    writer.writerows(table)
    return written.getvalue()
