"""What is sent: interviews of a plain form and of a real one, in requests that are built before the clock starts."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from time import time
from typing import Any

from app.cli.documents import Document, read_documents
from app.forms.questions import Form, Group, Question, compile_form

SURVEY_FORMS = Path(__file__).parents[2] / "survey_forms"

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
TURNS = 4
"""Of every repeat: the members of an ordinary household."""

CHANGES = "q02"
SERIAL = "nomor-00000000"
"""Begins the answer to that question of the plain form, so that it can be changed without building all anew."""

_NO_ID = "00000000-0000-7000-8000-000000000000"
_NO_BATCH = "batch-000000000000"


@dataclass(frozen=True)
class Instrument:
    """What is published, and the form whose interviews are sent. `words` is the length of every text answer."""

    mode: str
    documents: Sequence[Document]
    form: Form
    words: int

    def interviews(self, number: int) -> list[dict[str, Any]]:
        """Items of a batch, all different, with every question answered and an id to be overwritten."""
        random = Random(number)
        return [
            {
                "instance_id": f"uuid:{_NO_ID}",
                "device_seq": position,
                "form_id": self.form.form_id,
                "version": self.form.version,
                "answers": self._answers(self.form.root, random),
            }
            for position in range(number)
        ]

    def typical(self) -> bytes:
        """One interview on the wire, of middle length."""
        sample = sorted((_json(item) for item in self.interviews(51)), key=len)
        return sample[len(sample) // 2]

    def _answers(self, group: Group, random: Random) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        for name, child in group.children.items():
            if isinstance(child, Question):
                tree[name] = self._answer(child, random)
            elif child.repeat:
                tree[name] = [self._answers(child, random) for _ in range(TURNS)]
            else:
                tree[name] = self._answers(child, random)
        return {name: answer for name, answer in tree.items() if answer is not None}

    def _answer(self, question: Question, random: Random) -> Any:
        consent = self.form.fieldwork.consent
        if consent and question.name == consent.question:
            return consent.given[0]
        names = sorted(self.form.choices.get(question.list_name or "", ()))
        if names:
            return random.choice(names) if question.type == "select_one" else random.sample(names, min(2, len(names)))
        plausible = _PLAUSIBLE.get(question.type)
        if plausible:
            return plausible(random)
        words = random.choices(SENTENCE.split(), k=self.words)
        return " ".join([SERIAL, *words[2:]] if question.name == CHANGES else words)


_PLAUSIBLE: Mapping[str, Callable[[Random], Any]] = {
    "integer": lambda random: random.randint(1, 60),
    "calculate": lambda random: f"{random.randint(1, 12)}/{random.randint(1, 6)}",
    "start": lambda random: "2026-11-21T09:00:00.000+07:00",
    "end": lambda random: "2026-11-21T09:40:00.000+07:00",
    "today": lambda random: "2026-11-21",
    "geopoint": lambda random: f"{random.uniform(-7, -6):.6f} {random.uniform(110, 111):.6f} 3.0 8.5",
    "note": lambda random: None,
}


def open_instrument(mode: str) -> Instrument:
    """The instrument of one of `MODES`."""
    return MODES[mode]()


def _plain() -> Instrument:
    """Fifty integers and texts: what it takes to keep interviews."""
    return Instrument("keep", [Document("plain", "form", PLAIN)], compile_form(PLAIN), words=17)


def _household() -> Instrument:
    """The real form with its choices, a repeat, communities and a framework: all that the intake does."""
    reading = read_documents([SURVEY_FORMS / "communities", SURVEY_FORMS / "ucra"], None)
    if reading.faults:
        raise ValueError("\n".join(reading.faults))
    household = next(each.content for each in reading.documents if each.file.endswith("household.json"))
    return Instrument("all", reading.documents, compile_form(household), words=2)


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
        self._ids = [match.start() for match in re.finditer(_NO_ID.encode(), self._bytes)]
        self._answers = [match.start() for match in re.finditer(SERIAL.encode(), self._bytes)]
        self._batch = self._bytes.index(_NO_BATCH.encode())
        self._kept: list[list[bytes]] = []

    def new(self) -> Iterator[bytearray]:
        """Interviews never sent before, without end. Their ids are UUIDs of version 7, as our own tablets make them."""
        while True:
            now = int(time() * 1000)
            begin = f"{now >> 16:08x}-{now & 0xFFFF:04x}-7000-8000-"
            self._kept.append([f"{begin}{next(self._numbers):012x}".encode() for _ in self._ids])
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


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
