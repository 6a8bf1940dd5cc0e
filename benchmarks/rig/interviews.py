"""What is sent: interviews of a plain form and of a real one, in requests that are built before the clock starts."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, islice
from pathlib import Path
from random import Random
from time import time
from typing import Any

from app.cli.demo.filling import SCRIPT
from app.cli.demo.imagination import imagine
from app.cli.demo.script import Script
from app.cli.documents import Document, read_documents
from app.communities.areas import Area, Areas
from app.forms.answers import reader
from app.forms.logic import Logic
from app.forms.questions import Form, compile_form

SURVEY_FORMS = Path(__file__).parents[2] / "survey_forms"
SEED = 1

PLAIN: dict[str, Any] = {
    "settings": {"form_id": "plain", "form_title": "Plain", "version": "1", "default_language": "English (en)"},
    "survey": [
        {
            "type": "integer" if number % 2 else "text",
            "name": f"q{number:02}",
            "label::English (en)": f"Question {number}",
        }
        for number in range(1, 51)
    ],
}

SENTENCE = "air masuk ke rumah setiap rob besar dan kami menaikkan lantai dua kali dalam sepuluh tahun ini"
WORDS = 17

CHANGES = "q02"
SERIAL = "nomor-00000000"
"""Begins the answer to that question of the plain form, so that it can be changed without building all anew."""

NO_ID = "00000000-0000-7000-8000-000000000000"
_NO_BATCH = "batch-000000000000"

Answers = dict[str, Any]


@dataclass(frozen=True)
class Instrument:
    """What is published, and the form whose interviews are sent. `deal` gives the answers of interviews without end,
    the same ones each time."""

    mode: str
    documents: Sequence[Document]
    form: Form
    deal: Callable[[], Iterator[Answers]]

    def interviews(self, number: int) -> list[dict[str, Any]]:
        """Items of a batch, all different, each with an id to be overwritten."""
        return [
            {
                "instance_id": f"uuid:{NO_ID}",
                "device_seq": position,
                "form_id": self.form.form_id,
                "version": self.form.version,
                "answers": answers,
            }
            for position, answers in enumerate(islice(self.deal(), number))
        ]

    def unread(self) -> "Instrument":
        """The same with its form once more under another name, in which no framework knows it. Its interviews are of
        that form."""
        own = next(
            each
            for each in self.documents
            if each.kind == "form" and each.content["settings"]["form_id"] == self.form.form_id
        )
        settings = {**own.content["settings"], "form_id": f"{self.form.form_id}_unread"}
        again = replace(own, content={**own.content, "settings": settings})
        return replace(self, documents=[*self.documents, again], form=compile_form(again.content))

    def typical(self) -> bytes:
        """One interview on the wire, of middle length."""
        sample = sorted((_json(item) for item in self.interviews(51)), key=len)
        return sample[len(sample) // 2]


def open_instrument(mode: str) -> Instrument:
    """The instrument of one of `MODES`."""
    return MODES[mode]()


def _plain() -> Instrument:
    """Fifty integers and texts: what it takes to keep interviews."""
    return Instrument("keep", [Document("plain", "form", PLAIN)], compile_form(PLAIN), _anything)


def _anything() -> Iterator[Answers]:
    random = Random(SEED)
    while True:
        yield {
            row["name"]: random.randint(1, 60) if row["type"] == "integer" else _words(random, row["name"])
            for row in PLAIN["survey"]
        }


def _words(random: Random, name: str) -> str:
    words = random.choices(SENTENCE.split(), k=WORDS)
    return " ".join([SERIAL, *words[2:]] if name == CHANGES else words)


def _household() -> Instrument:
    """The real form with its choices, a repeat, communities and a framework: all that the intake does."""
    reading = read_documents([SURVEY_FORMS / "communities", SURVEY_FORMS / "ucra"], None)
    if reading.faults:
        raise ValueError("\n".join(reading.faults))
    communities = next(each.content for each in reading.documents if each.kind == "communities")
    household = next(each.content for each in reading.documents if each.file.endswith("household.json"))
    areas = Areas(map(Area.model_validate, communities))
    form = compile_form(household)
    return Instrument("all", reading.documents, form, partial(_fieldwork, household, form, areas))


def _fieldwork(document: dict[str, Any], form: Form, areas: Areas) -> Iterator[Answers]:
    """What the demo's respondents say, without those who refuse and without mistakes: a tablet lets none through.

    Raises ValueError if something is found in one of them all the same, for receipts would be longer than they are.
    """
    script = Script.model_validate_json(SCRIPT.read_bytes())
    consent, logic, read = form.fieldwork.consent, Logic(document), reader(form)
    assert consent is not None
    for interview in imagine(script, form, areas, sys.maxsize, SEED):
        answers = read(interview.answers)
        if interview.mistake or interview.deprecated_id or answers.values.get(consent.question) not in consent.given:
            continue
        flags = [*answers.flags, *logic.judge(interview.answers, interview.ended_at).flags]
        if flags:
            raise ValueError(f"an interview of the demo has the flag {flags[0].code} at {flags[0].path}")
        yield interview.answers


MODES = {"keep": _plain, "all": _household}


class Tablet:
    """Builds a `POST /batches` once, and makes of it one message after the other by writing over a few bytes."""

    _numbers = count(1)

    def __init__(self, instrument: Instrument, size: int, token: str) -> None:
        body = _json({"batch_id": _NO_BATCH, "device": {"outbox": 0}, "items": instrument.interviews(size)})
        head = (
            "POST /api/v1/batches HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.size = size
        self._bytes = bytearray(head.encode() + body)
        self._ids = [match.start() for match in re.finditer(NO_ID.encode(), self._bytes)]
        self._answers = [match.start() for match in re.finditer(SERIAL.encode(), self._bytes)]
        self._batch = self._bytes.index(_NO_BATCH.encode())
        self._kept: list[list[bytes]] = []

    def expected(self, status: str) -> bytes:
        """What the summary holds when all items became this."""
        return f'"{status}":{self.size}'.encode()

    def new(self) -> Iterator[bytearray]:
        """Interviews never sent before, without end. Their ids are UUIDs of version 7, as our own tablets make them."""
        while True:
            self._kept.append([new_id(next(self._numbers)) for _ in self._ids])
            yield self._message(self._kept[-1])

    def again(self) -> Iterator[bytearray]:
        """All that was sent before, each once, in batches with new names: duplicates."""
        for ids in self._kept:
            yield self._message(ids)

    def other(self) -> Iterator[bytearray]:
        """The ids of all that was sent before, each once, with another answer: conflicts."""
        for ids in self._kept:
            self._write(self._answers, [f"nomor-{next(self._numbers):08}".encode()] * len(self._answers))
            yield self._message(ids)

    def _message(self, ids: Sequence[bytes]) -> bytearray:
        self._write(self._ids, ids)
        self._write([self._batch], [f"batch-{next(self._numbers):012x}".encode()])
        return self._bytes

    def _write(self, places: Sequence[int], texts: Sequence[bytes]) -> None:
        for place, text in zip(places, texts, strict=True):
            self._bytes[place : place + len(text)] = text


def new_id(number: int) -> bytes:
    """A UUID of version 7 that is made now."""
    now = int(time() * 1000)
    return f"{now >> 16:08x}-{now & 0xFFFF:04x}-7000-8000-{number:012x}".encode()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
