"""Requests as the API's own description allows and forbids them, drawn from a seed."""

import gzip
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import requests
from backports import zstd
from hypothesis import HealthCheck, Phase, given
from schemathesis import Case, GenerationMode
from schemathesis.openapi import from_dict

from tests.support.village import NORTH, SOUTH, interview

KNOWN: dict[str, list[Any]] = {
    "form_id": ["household"],
    "version": ["1"],
    "community": [NORTH, SOUTH, "north"],
    "framework": ["safety"],
    "by": [["community"], ["sex"], ["community", "sex"]],
    "round": ["1"],
    "name": ["newcomer"],
}
"""Names that mean something here: drawn ones alone would hardly meet anything that exists."""


PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "zstd": zstd.compress}


@dataclass(frozen=True)
class Request:
    """`operation` is the path as the description writes it; `address` the one that is asked."""

    operation: str
    method: str
    address: str
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return f"{self.method} {self.address} {self.body.decode(errors='replace')}"


def drawn(description: dict[str, Any], number: int, seed: str, known: dict[str, list[Any]]) -> Iterator[Request]:
    """For each operation as many requests that obey its description, and as many that do not; reading comes first."""
    operations = [each.ok() for each in from_dict(description).get_all_operations()]
    for operation in sorted(operations, key=lambda each: each.method.upper() != "GET"):
        for mode in GenerationMode:
            name = f"{seed} {operation.label} {mode}"
            for case in _cases(operation.as_strategy(generation_mode=mode), number, name):
                random = Random(f"{name} {case.id}")
                _use_known_names(case, KNOWN | known, random)
                yield from _prepared(case, operation.path, random)


def _cases(strategy: Any, number: int, seed: str) -> list[Case]:
    found: list[Case] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=number, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(strategy)
    def draw(case: Case) -> None:
        found.append(case)

    try:
        draw()
    except hypothesis.errors.Unsatisfiable:
        return []
    return found


def _use_known_names(case: Case, known: dict[str, list[Any]], random: Random) -> None:
    for place in (case.path_parameters, case.query):
        for name in set(place or ()) & known.keys():
            if random.random() < 0.5:
                place[name] = random.choice(known[name])
    items = case.body.get("items") if isinstance(case.body, dict) else None
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and random.random() < 0.5:
            drawn_answers = item.get("answers")
            item |= interview(instance_id=f"uuid:{uuid.UUID(int=random.getrandbits(128))}")
            item["answers"] |= drawn_answers if isinstance(drawn_answers, dict) else {}


def _prepared(case: Case, operation: str, random: Random) -> Iterator[Request]:
    """The request in bytes, unless it is none that a client could write. Its body is packed as it says, mostly."""
    try:
        prepared = requests.Request(**case.as_transport_kwargs(base_url="http://server")).prepare()
    except (requests.RequestException, ValueError):
        return
    url = urlsplit(prepared.url or "")
    body = prepared.body or b""
    body = body.encode() if isinstance(body, str) else body
    pack = PACKERS.get(str(prepared.headers.get("Content-Encoding")), bytes)
    yield Request(
        operation,
        prepared.method or "",
        f"{url.path}?{url.query}" if url.query else url.path,
        {
            name: value if isinstance(value, str) else value.decode("latin-1")
            for name, value in prepared.headers.items()
        },
        pack(body) if random.random() < 0.8 else body,
    )
