"""Two districts with a village each, a form that asks little, and a framework that scores it."""

import copy
import uuid
from dataclasses import dataclass
from itertools import count
from typing import Any

from app.access.policy import Role
from tests.support.server import Caller, Server

NORTH, SOUTH = "north.1", "south.1"
NAME = "Warga Contoh"
"""What respondents are called: a personal answer to look for where none may be."""

COMMUNITIES: list[dict[str, Any]] = [
    {"code": "city", "name": "Kota", "level": "city"},
    {"code": "north", "name": "Utara", "level": "kecamatan", "parent": "city"},
    {
        "code": NORTH,
        "name": "Tanjung",
        "level": "kelurahan",
        "parent": "north",
        "bps_code": "3374",
        "targets": {"household": 10, "leaders": 2},
        "period": {"from": "2026-11-01", "until": "2026-11-10"},
    },
    {"code": "south", "name": "Selatan", "level": "kecamatan", "parent": "city"},
    {"code": SOUTH, "name": "Bukit", "level": "kelurahan", "parent": "south", "targets": {"household": 20}},
]

FORM: dict[str, Any] = {
    "settings": {"form_id": "household", "form_title": "Household", "version": "1", "default_language": "English (en)"},
    "survey": [
        {"type": "start", "name": "start"},
        {"type": "select_one yes_no", "name": "consent", "label::English (en)": "May we begin?", "required": "yes"},
        {"type": "text", "name": "community", "label::English (en)": "Community"},
        {"type": "text", "name": "enumerator", "label::English (en)": "Enumerator"},
        {"type": "text", "name": "round", "label::English (en)": "Round"},
        {"type": "text", "name": "respondent", "label::English (en)": "Name"},
        {"type": "select_one sexes", "name": "sex", "label::English (en)": "Sex"},
        {"type": "decimal", "name": "weight", "label::English (en)": "Weight"},
        {"type": "select_one yes_no", "name": "warned", "label::English (en)": "Were you warned?"},
        {"type": "integer", "name": "minutes", "label::English (en)": "Minutes to the shelter"},
    ],
    "choices": [
        {"list_name": "yes_no", "name": "yes", "label::English (en)": "Yes"},
        {"list_name": "yes_no", "name": "no", "label::English (en)": "No"},
        {"list_name": "yes_no", "name": "dk", "label::English (en)": "Do not know"},
        {"list_name": "sexes", "name": "f", "label::English (en)": "Woman"},
        {"list_name": "sexes", "name": "m", "label::English (en)": "Man"},
    ],
    "fieldwork": {
        "community": "community",
        "consent": {"question": "consent", "given": ["yes"]},
        "personal": ["respondent"],
    },
}

FRAMEWORK: dict[str, Any] = {
    "spec": "score/1",
    "id": "safety",
    "version": "1",
    "form": "household",
    "label": {"id": "Keselamatan", "en": "Safety"},
    "provenance": "test",
    "scale": {"min": 1, "max": 5},
    "missing": {"codes": {"dk": "dont_know"}},
    "indicators": [
        {"id": "warning", "rule": {"type": "map", "question": "warned", "map": {"yes": 5, "no": 1}}},
        {"id": "shelter", "rule": {"type": "bins", "question": "minutes", "edges": [15, 60], "scores": [5, 3, 1]}},
    ],
    "tree": {
        "id": "total",
        "children": [{"indicator": "warning", "weight": 0.5}, {"indicator": "shelter", "weight": 0.5}],
    },
    "policy": {"n_suppress": 0},
    "design": {"weight": "weight", "dimensions": ["sex"]},
}

_numbers = count(1)


@dataclass
class Villages:
    """Both villages at work: `north` and `south` hold a caller a role, named like `analyst-north` and restricted to
    that side; `items` hold the interview that each side's enumerator has sent."""

    server: Server
    north: dict[Role, Caller]
    south: dict[Role, Caller]
    items: dict[str, dict[str, Any]]


def at_work(server: Server) -> Villages:
    """Publish everything, enrol everybody, and send an interview from each side."""
    server.publish(COMMUNITIES, FORM, FRAMEWORK)
    north = {role: server.enrol(role, ["north"], name=f"{role}-north") for role in Role}
    south = {role: server.enrol(role, ["south"], name=f"{role}-south") for role in Role}
    items = {"north": interview(NORTH), "south": interview(SOUTH)}
    for side, callers in (("north", north), ("south", south)):
        assert callers[Role.ENUMERATOR].send(items[side])["summary"]["accepted"] == 1
    return Villages(server, north, south, items)


def version_of(document: dict[str, Any], version: str, **members: Any) -> dict[str, Any]:
    """Another version of the form or the framework, with these members in place of its own."""
    other = copy.deepcopy(document) | members
    place = other.get("settings", other)
    place["version"] = version
    return other


def interview(community: str | None = NORTH, /, **answers: Any) -> dict[str, Any]:
    """An item of a batch. Members of the item itself may be given too; an answer of None is left out."""
    members: dict[str, Any] = {
        name: answers.pop(name) for name in ("instance_id", "version", "deprecated_id") if name in answers
    }
    all_answers = {
        "consent": "yes",
        "community": community,
        "respondent": NAME,
        "sex": "f",
        "weight": 1,
        "warned": "yes",
        "minutes": 10,
        **answers,
    }
    return {
        "instance_id": f"uuid:{uuid.uuid5(uuid.NAMESPACE_OID, str(next(_numbers)))}",
        "form_id": "household",
        "version": "1",
        "answers": {name: answer for name, answer in all_answers.items() if answer is not None},
        **members,
    }
