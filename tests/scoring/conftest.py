"""A small questionnaire with one question of each kind, a framework that scores it, and the golden tables."""

import csv
import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.forms.faults import Fault
from app.forms.questions import Form, compile_form
from app.scoring.check import check_framework
from app.scoring.framework import Framework

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden" / "open"

SURVEY = [
    {"type": "select_one yes_no", "name": "warned", "label": "Warned?"},
    {"type": "select_one agree", "name": "trust_1", "label": "Trust 1"},
    {"type": "select_one agree", "name": "trust_2", "label": "Trust 2"},
    {"type": "select_one agree", "name": "trust_3", "label": "Trust 3"},
    {"type": "select_multiple steps", "name": "steps", "label": "Steps"},
    {"type": "integer", "name": "minutes", "label": "Minutes"},
    {"type": "decimal", "name": "income", "label": "Income"},
    {"type": "text", "name": "remark", "label": "Remark"},
    {"type": "select_one sex", "name": "sex", "label": "Sex"},
    {"type": "text", "name": "rt", "label": "RT"},
    {"type": "decimal", "name": "weight", "label": "Weight"},
    {"type": "begin_repeat", "name": "member", "label": "Member"},
    {"type": "integer", "name": "age", "label": "Age"},
    {"type": "end_repeat"},
]
LISTS = {
    "yes_no": ["yes", "no", "dk"],
    "agree": ["sd", "d", "n", "a", "sa", "dk"],
    "steps": ["kit", "plan", "savings", "radio", "none", "dk"],
    "sex": ["f", "m"],
}
AGREE = {"sd": 1, "d": 2, "n": 3, "a": 4, "sa": 5}

FRAMEWORK: dict[str, Any] = {
    "spec": "score/1",
    "id": "small",
    "version": "1",
    "form": "household",
    "scale": {"min": 1, "max": 5},
    "missing": {"codes": {"dk": "dont_know", "-99": "dont_know", "-98": "refused"}},
    "indicators": [
        {"id": "warning", "rule": {"type": "map", "question": "warned", "map": {"yes": 5, "no": 1}}},
        {
            "id": "evacuation",
            "rule": {"type": "bins", "question": "minutes", "edges": [15, 60], "scores": [5, 3, 1]},
        },
        {"id": "income", "rule": {"type": "goalposts", "question": "income", "low": 500, "high": 6500}},
        {
            "id": "prepared",
            "rule": {
                "type": "count",
                "question": "steps",
                "options": ["kit", "plan", "savings"],
                "none": ["none"],
                "to": [1, 2, 4, 5],
            },
        },
        {
            "id": "trust",
            "rule": {
                "type": "scale",
                "min_answered": 2,
                "items": [
                    {"type": "map", "question": "trust_1", "map": dict(AGREE)},
                    {"type": "map", "question": "trust_2", "map": dict(AGREE), "reverse": True},
                    {"type": "map", "question": "trust_3", "map": dict(AGREE)},
                ],
            },
        },
        {"id": "drill", "rule": {"type": "map", "question": "group:drill", "map": {"yes": 5, "no": 1}}},
    ],
    "tree": {
        "id": "total",
        "children": [
            {
                "id": "readiness",
                "weight": 0.75,
                "children": [
                    {"indicator": "warning", "weight": 0.5},
                    {
                        "id": "means",
                        "weight": 0.5,
                        "children": [
                            {"indicator": "evacuation", "weight": 0.25},
                            {"indicator": "income", "weight": 0.25},
                            {"indicator": "prepared", "weight": 0.5},
                        ],
                    },
                ],
            },
            {
                "id": "cohesion",
                "weight": 0.25,
                "children": [{"indicator": "trust", "weight": 0.5}, {"indicator": "drill", "weight": 0.5}],
            },
        ],
    },
    "design": {"weight": "weight", "psu": "rt", "dimensions": ["sex"]},
}

RATE: dict[str, Any] = {
    "id": "rate",
    "rule": {
        "type": "ratio",
        "numerator": "income",
        "denominator": "minutes",
        "goalposts": {"low": 10, "high": 90},
    },
}
"""An indicator that may be added to the framework."""


def _form(form_id: str, survey: list[dict[str, Any]]) -> Form:
    choices = [{"list_name": name, "name": choice, "label": choice} for name, own in LISTS.items() for choice in own]
    settings = {"form_id": form_id, "form_title": form_id, "version": "1"}
    return compile_form({"settings": settings, "survey": survey, "choices": choices})


@pytest.fixture(scope="session")
def forms() -> dict[str, Form]:
    group = [{"type": "select_one yes_no", "name": "drill", "label": "Drill?"}]
    return {"household": _form("household", SURVEY), "group": _form("group", group)}


@pytest.fixture
def document() -> dict[str, Any]:
    """A framework without fault, to change at will."""
    return deepcopy(FRAMEWORK)


@pytest.fixture
def faults_after(document: dict[str, Any], forms: dict[str, Form]) -> Callable[[dict[str, Any]], list[Fault]]:
    """The faults of the framework after changes, from places such as `tree.children[0].weight` to new values.

    `...` removes a member; the place after a list's last element adds one.
    """

    def change(changes: dict[str, Any]) -> list[Fault]:
        for place, value in changes.items():
            *steps, last = [int(step) if step.isdigit() else step for step in re.findall(r"\w+", place)]
            target: Any = document
            for step in steps:
                target = target[step]
            if value is ...:
                del target[last]
            elif isinstance(target, list) and last == len(target):
                target.append(value)
            else:
                target[last] = value
        return check_framework(document, forms, "small.json")

    return change


@pytest.fixture(scope="session")
def framework() -> Framework:
    return Framework.model_validate(FRAMEWORK)


@pytest.fixture(scope="session")
def golden() -> Path:
    if not GOLDEN.is_dir():
        pytest.skip(f"the golden tables are not beside the repository ({GOLDEN})")
    return GOLDEN


@pytest.fixture(scope="session")
def golden_rows(golden: Path) -> Callable[[str], list[dict[str, str]]]:
    """Reads a golden table by its path in the golden folder."""

    def read(name: str) -> list[dict[str, str]]:
        with (golden / name).open(newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture(scope="session")
def golden_document(golden: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((golden / "scoring_spec.json").read_text())
    return document


@pytest.fixture(scope="session")
def golden_form(golden: Path) -> Form:
    return compile_form(json.loads((golden / "form.json").read_text()))


@pytest.fixture(scope="session")
def golden_answers(golden_rows: Callable[[str], list[dict[str, str]]], golden_form: Form) -> dict[str, dict[str, Any]]:
    """The golden interviews by submission id, read from the table as its README says."""
    rows = golden_rows("inputs/ucra_open.csv")
    return {row.pop("submission_id"): _interview(row, golden_form) for row in rows}


def _interview(row: dict[str, str], form: Form) -> dict[str, Any]:
    read = {"select_multiple": str.split, "integer": int, "decimal": float}
    kinds = {name: question.type for name in row if (question := form.find(name))}
    return {name: read.get(kinds[name], str)(cell) for name, cell in row.items() if cell}
