"""A form with everything that is hard to put into a table, and an easy way to read the tables."""

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Caller, Server
from tests.support.village import NORTH, SOUTH, Villages, at_work

Row = dict[str, str]
Send = Callable[..., str]

NAME, PHONE, INCOME, CHILD = "Warga Contoh", "0812 000", "777000", "Anak Contoh"
LABEL = "label::English (en)"

FORM: dict[str, Any] = {
    "settings": {"form_id": "flood", "form_title": "Flood", "version": "1", "default_language": "English (en)"},
    "survey": [
        {"type": "start", "name": "start"},
        {"type": "select_one yes_no", "name": "consent", LABEL: "May we begin?"},
        {"type": "text", "name": "community", LABEL: "Community"},
        {"type": "text", "name": "enumerator", LABEL: "Enumerator"},
        {"type": "begin_group", "name": "contact", LABEL: "Contact"},
        {"type": "text", "name": "respondent", LABEL: "Name"},
        {"type": "text", "name": "phone", LABEL: "Phone"},
        {"type": "end_group"},
        {"type": "begin_group", "name": "house", LABEL: "House"},
        {"type": "integer", "name": "rooms", LABEL: "Rooms"},
        {"type": "select_one walls", "name": "walls", LABEL: "Walls"},
        {"type": "geopoint", "name": "well", LABEL: "Where is the well?"},
        {"type": "end_group"},
        {"type": "select_multiple sources", "name": "sources", LABEL: "Where do warnings come from?"},
        {"type": "decimal", "name": "income", LABEL: "Income"},
        {"type": "note", "name": "thanks", LABEL: "Thanks"},
        {"type": "begin_repeat", "name": "member", LABEL: "Member"},
        {"type": "text", "name": "called", LABEL: "Name"},
        {"type": "integer", "name": "age", LABEL: "Age"},
        {"type": "begin_repeat", "name": "illness", LABEL: "Illness"},
        {"type": "text", "name": "what", LABEL: "What?"},
        {"type": "end_repeat"},
        {"type": "end_repeat"},
        {"type": "text", "name": "story", LABEL: "Anything else?"},
    ],
    "choices": [
        {"list_name": "yes_no", "name": "yes", LABEL: "Yes"},
        {"list_name": "yes_no", "name": "no", LABEL: "No"},
        {"list_name": "walls", "name": "bamboo", LABEL: "Bamboo"},
        {"list_name": "walls", "name": "wood", LABEL: "Wood"},
        {"list_name": "walls", "name": "brick", LABEL: "Brick"},
        {"list_name": "sources", "name": "radio", LABEL: "Radio"},
        {"list_name": "sources", "name": "drum", LABEL: "Drum"},
        {"list_name": "sources", "name": "phone", LABEL: "Phone"},
    ],
    "fieldwork": {
        "community": "community",
        "consent": {"question": "consent", "given": ["yes"]},
        "personal": ["respondent", "contact/phone", "called"],
        "sensitive": ["income"],
    },
}

ANSWERS: dict[str, Any] = {
    "start": "2026-11-21T08:00:00+07:00",
    "consent": "yes",
    "community": NORTH,
    "contact": {"respondent": NAME, "phone": PHONE},
    "house": {"rooms": 3, "walls": "wood", "well": "-6.9500 110.42 12 5.5"},
    "sources": ["drum", "radio"],
    "income": 777000.0,
    "member": [
        {"called": CHILD, "age": 7, "illness": [{"what": "cough"}, {"what": "fever"}]},
        {"called": "Ibu", "age": 34},
    ],
    "story": "the water came, at night",
}


@pytest.fixture
def villages(server: Server) -> Villages:
    villages = at_work(server)
    server.publish(FORM)
    return villages


@pytest.fixture
def send(villages: Villages) -> Send:
    """Send an interview with these answers in place of the usual ones; returns its id."""
    number = 0

    def send(*, version: str = "1", deprecated_id: str | None = None, **answers: Any) -> str:
        nonlocal number
        number += 1
        instance_id = f"uuid:0196b2a4-7d1c-7c3e-9a51-{number:012x}"
        all_answers = {name: value for name, value in {**ANSWERS, **answers}.items() if value is not None}
        side = villages.south if all_answers["community"] == SOUTH else villages.north
        item = {"instance_id": instance_id, "form_id": "flood", "version": version, "answers": all_answers}
        answer = side[Role.ENUMERATOR].send({**item, "deprecated_id": deprecated_id})
        assert answer["summary"]["rejected"] + answer["summary"]["held"] == 0, answer
        return instance_id

    return send


@pytest.fixture
def analyst(villages: Villages) -> Caller:
    return villages.server.enrol(Role.ANALYST)


def table(caller: Caller, form_id: str = "flood", **parameters: Any) -> list[Row]:
    answer = caller.get(f"/exports/{form_id}.csv", params=parameters)
    assert answer.status_code == 200, answer.text
    return rows(answer.text)


def tables(caller: Caller, **parameters: Any) -> dict[str, list[Row]]:
    answer = caller.get("/exports/flood.zip", params=parameters)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: rows(archive.read(name).decode()) for name in archive.namelist()}


def rows(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text, newline="")))
