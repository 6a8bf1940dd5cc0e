"""The golden interviews as items of batches, as ../shared/golden/README.md says."""

import csv
import json
import uuid
from pathlib import Path
from typing import Any

NUMBERS = ("integer", "decimal")


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def items(folder: Path, file: str = "ucra_open.csv") -> list[dict[str, Any]]:
    form = load(folder / "form.json")
    types = {row["name"]: row["type"].split()[0] for row in form["survey"]}
    with (folder / "inputs" / file).open(newline="", encoding="utf-8") as source:
        return [_item(row, types, form["settings"]) for row in csv.DictReader(source)]


def instance_id(submission_id: str) -> str:
    return f"uuid:{uuid.uuid5(uuid.NAMESPACE_URL, submission_id)}"


def _item(row: dict[str, str], types: dict[str, str], settings: dict[str, str]) -> dict[str, Any]:
    answers = {name: _answer(value, types[name]) for name, value in row.items() if name in types and value != ""}
    return {
        "instance_id": instance_id(row["submission_id"]),
        "form_id": settings["form_id"],
        "version": settings["version"],
        "answers": answers,
    }


def _answer(value: str, question_type: str) -> Any:
    if question_type == "select_multiple":
        return value.split()
    if question_type in NUMBERS:
        number = float(value)
        return int(number) if number.is_integer() else number
    return value
