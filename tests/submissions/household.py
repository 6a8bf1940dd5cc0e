"""A small questionnaire with its communities and its framework, and interviews of it."""

import uuid
from typing import Any

HERE, THERE = "33.74.01", "33.74.02"

COMMUNITIES: list[dict[str, Any]] = [
    {"code": "33.74", "name": "Semarang", "level": "city"},
    {"code": HERE, "name": "Bandarharjo", "level": "kelurahan", "parent": "33.74", "targets": {"household": 5}},
    {"code": THERE, "name": "Tanjungmas", "level": "kelurahan", "parent": "33.74", "bps_code": "3374120009"},
]

FORM: dict[str, Any] = {
    "settings": {"form_id": "household", "form_title": "Household", "version": "1"},
    "survey": [
        {"type": "start", "name": "start"},
        {"type": "select_one yes_no", "name": "consent", "label": "May we begin?", "required": "yes"},
        {"type": "text", "name": "community", "label": "Community"},
        {"type": "text", "name": "respondent", "label": "Name"},
        {"type": "integer", "name": "minutes", "label": "Minutes to a shelter"},
        {"type": "decimal", "name": "income", "label": "Income"},
        {"type": "select_multiple sources", "name": "sources", "label": "Sources of warnings"},
        {"type": "begin_group", "name": "house", "label": "House"},
        {"type": "text", "name": "roof", "label": "Roof", "required": "yes"},
        {"type": "end_group"},
        {"type": "begin_repeat", "name": "member", "label": "Member"},
        {"type": "integer", "name": "age", "label": "Age", "required": "yes"},
        {"type": "end_repeat"},
        {"type": "end", "name": "end"},
    ],
    "choices": [
        *({"list_name": "yes_no", "name": name, "label": name} for name in ("yes", "no")),
        *({"list_name": "sources", "name": name, "label": name} for name in ("radio", "rt", "phone")),
    ],
    "fieldwork": {
        "community": "community",
        "consent": {"question": "consent", "given": ["yes"]},
        "personal": ["respondent"],
        "sensitive": ["income"],
    },
}

FRAMEWORK: dict[str, Any] = {
    "spec": "score/1",
    "id": "small",
    "version": "1",
    "form": "household",
    "scale": {"min": 1, "max": 5},
    "policy": {"n_suppress": 0},
    "indicators": [
        {
            "id": "evacuation",
            "rule": {"type": "bins", "question": "minutes", "edges": [15, 60], "scores": [5, 3, 1]},
        },
    ],
    "tree": {"id": "resilience", "combine": "arithmetic", "children": [{"indicator": "evacuation"}]},
}

ANSWERS: dict[str, Any] = {
    "start": "2026-11-21T09:00:00.000+07:00",
    "consent": "yes",
    "community": HERE,
    "minutes": 20,
    "sources": ["radio", "rt"],
    "house": {"roof": "tiles"},
    "member": [{"age": 34}, {"age": 7}],
    "end": "2026-11-21T09:40:00.000+07:00",
}


def new_id() -> str:
    return f"uuid:{uuid.uuid4()}"


def interview(instance_id: str | None = None, *, edits: str | None = None, **answers: Any) -> dict[str, Any]:
    """A good interview as an item of a batch, with some of its answers changed, or left out where they are None."""
    changed = {name: value for name, value in {**ANSWERS, **answers}.items() if value is not None}
    item = {"instance_id": instance_id or new_id(), "form_id": "household", "version": "1", "answers": changed}
    return {**item, "deprecated_id": edits} if edits else item
