"""ODK Collect as a load: a form of 42 questions, its interviews in XML, and the small questions that tablets ask."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from random import Random
from typing import Any

from app.cli.documents import Document
from app.forms.instances import write
from app.forms.questions import compile_form
from benchmarks.rig.interviews import NO_ID, SEED, SENTENCE, Instrument, new_id

KINDS: tuple[tuple[str, dict[str, str]], ...] = (
    *(("integer", {"constraint": ". >= 0 and . <= 120"}), ("select_one yes_no", {"required": "yes"})),
    *(("text", {}), ("select_multiple thing", {}), ("decimal", {"relevant": "${q02} = 'yes'"})),
)
"""Of forty questions these come in turn; a geopoint and a date are the others."""

FORM: dict[str, Any] = {
    "settings": {"form_id": "forty_two", "form_title": "Forty-two", "version": "1"},
    "survey": [
        {"type": "start", "name": "start"},
        *(
            {"type": KINDS[(number - 1) % len(KINDS)][0], "name": f"q{number:02}", "label": f"Question {number}"}
            | KINDS[(number - 1) % len(KINDS)][1]
            for number in range(1, 41)
        ),
        {"type": "geopoint", "name": "place", "label": "Place"},
        {"type": "date", "name": "day", "label": "Day"},
        {"type": "end", "name": "end"},
    ],
    "choices": [
        *({"list_name": "yes_no", "name": name, "label": name} for name in ("yes", "no")),
        *({"list_name": "thing", "name": name, "label": name} for name in ("radio", "torch", "rope")),
    ],
}

STATUS_TEXT = {"accepted": b"/ Kept. Receipt", "duplicate": b"/ This had been kept before."}


# With everything answered and nothing wrong.
_ANSWERS: Mapping[str, Callable[[Random], Any]] = {
    "start": lambda random: "2026-11-21T09:00:00.000+07:00",
    "end": lambda random: "2026-11-21T09:40:00.000+07:00",
    "integer": lambda random: random.randint(1, 60),
    "decimal": lambda random: random.randint(1, 400) / 4,
    "text": lambda random: " ".join(random.choices(SENTENCE.split(), k=2)),
    "date": lambda random: "2026-11-21",
    "geopoint": lambda random: f"{random.uniform(-7, -6):.6f} {random.uniform(110, 111):.6f} 3.0 8.5",
    "select_one yes_no": lambda random: "yes",
    "select_multiple thing": lambda random: random.sample(["radio", "rope", "torch"], 2),
}


def forty_two() -> Instrument:
    return Instrument("forty_two", [Document("forty_two", "form", FORM)], compile_form(FORM), _answers)


def _answers() -> Iterator[dict[str, Any]]:
    random = Random(SEED)
    while True:
        yield {row["name"]: _ANSWERS[row["type"]](random) for row in FORM["survey"]}


def interview(instrument: Instrument, number: int) -> bytes:
    """An interview as Collect writes it, with an id to be overwritten."""
    return write(instrument.form, instrument.interviews(number)[-1]["answers"], {"instanceID": f"uuid:{NO_ID}"})


class XmlTablet:
    """Builds a `POST /submission` once, and makes of it one message after the other by writing over the id."""

    size = 1
    _numbers = count(1)

    def __init__(self, instrument: Instrument, token: str) -> None:
        boundary = b"b7a9c0f2d5e84c31"
        part = b'Content-Disposition: form-data; name="xml_submission_file"; filename="a.xml"\r\nContent-Type: text/xml'
        xml = interview(instrument, 1 + next(self._numbers) % 50)
        body = b"--%b\r\n%b\r\n\r\n%b\r\n--%b--\r\n" % (boundary, part, xml, boundary)
        kind = f"Content-Type: multipart/form-data; boundary={boundary.decode()}\r\n"
        head = _request("POST", f"/openrosa/{token}/submission", f"{kind}Content-Length: {len(body)}\r\n")
        self._bytes = bytearray(head + body)
        self._id = self._bytes.index(NO_ID.encode())
        self._kept: list[bytes] = []

    def expected(self, status: str) -> bytes:
        return STATUS_TEXT[status]

    def new(self) -> Iterator[bytearray]:
        """Interviews never sent before, without end."""
        while True:
            self._kept.append(new_id(next(self._numbers)))
            yield self._message(self._kept[-1])

    def again(self) -> Iterator[bytearray]:
        """All that was sent before, each once more."""
        return map(self._message, self._kept)

    def _message(self, instance_id: bytes) -> bytearray:
        self._bytes[self._id : self._id + len(instance_id)] = instance_id
        return self._bytes


class Asking:
    """Asks one question again and again, with what it was told before if it `knows` that."""

    size = 1

    def __init__(self, method: str, path: str, etag: str = "") -> None:
        self._message = _request(method, path, f"If-None-Match: {etag}\r\n" if etag else "")

    def expected(self, status: str) -> bytes:
        return f"HTTP/1.1 {status}".encode()

    def messages(self) -> Iterator[bytes]:
        while True:
            yield self._message


def etag_of(answer: bytes) -> str:
    found = re.search(rb"\r\netag: (\S+)", answer, re.IGNORECASE)
    assert found is not None
    return found[1].decode()


def _request(method: str, path: str, headers: str) -> bytes:
    device = "deviceID=collect%3AAbCdEfGhIjKlMnOp"
    return f"{method} {path}?{device} HTTP/1.1\r\nHost: bench\r\nX-OpenRosa-Version: 1.0\r\n{headers}\r\n".encode()
