"""What a framework would move before it is published, for people."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.table import Table

from app.cli.documents import Reading, read_documents
from app.cli.screen import fail, out
from app.database import Database
from app.forms.catalogue import Catalogue
from app.scoring.catalogue import PublishedFramework
from app.submissions.incoming import Library
from app.submissions.previewing.preview import Draft, preview


def framework_in(path: Path, catalogue: Catalogue) -> tuple[Reading, Any]:
    """The framework of a file, and whatever is wrong with it."""
    reading = read_documents([path], catalogue)
    found = [each.content for each in reading.documents if each.kind == "framework"]
    if not reading.faults and len(found) != 1:
        fail(f"{path}: give one framework; this holds {len(found)}.")
    return reading, found[0] if found else None


def preview_of(
    database: Database, document: Any, against: str | None, round_: str | None, tell: Callable[[int], None]
) -> dict[str, Any]:
    """The preview against `ID@VERSION`, or the latest version of the framework's own id. Raises `UnknownFramework`."""
    library = Library.of(database)
    published = _meant(library, document["id"], against)
    return preview(database, library, Draft(document, published, round_), tell)


def show(told: dict[str, Any]) -> None:
    """The numbers that move, each with its causes, and every change once."""
    names = {key: f"{told[key]['id']} {told[key]['version']}" for key in ("framework", "against")}
    out.print(
        f"{names['framework']} against {names['against']}, {told['watermark']['submissions']} interviews: "
        f"{told['moved']} of {len(told['rows'])} numbers move. Nothing was published."
    )
    for number, change in enumerate(told["changes"], start=1):
        where = change["node"] or "the whole framework"
        values = "" if change["before"] == change["after"] else f": {change['before']} -> {change['after']}"
        out.print(f"  [{number}] {where}: {change['change']}{values}")
    table = Table("community", "node", "old", "new", "difference", "beyond CI", "n", "because", box=None)
    for row in filter(lambda row: row["moved"], told["rows"]):
        table.add_row(*_cells(row))
    if told["moved"]:
        out.print(table, soft_wrap=False)


def _meant(library: Library, framework_id: str, against: str | None) -> PublishedFramework:
    name, _, version = (against or framework_id).partition("@")
    return library.frameworks.named(name, version or None)


def _cells(row: dict[str, Any]) -> list[str]:
    old, new = (row[side] or {} for side in ("old", "new"))
    counts = dict.fromkeys(_number(side.get("n"), "") for side in (old, new))
    return [
        row["domain"].get("community", "all"),
        row["node"],
        _number(old.get("estimate")),
        _number(new.get("estimate")),
        _number(row["difference"], "+.3f"),
        {True: "yes", False: "no", None: "-"}[row["beyond_ci"]],
        " -> ".join(counts),
        " ".join(f"[{number + 1}]" for number in row["because"]),
    ]


def _number(value: float | None, style: str = ".3f") -> str:
    return "-" if value is None else format(value, style)
