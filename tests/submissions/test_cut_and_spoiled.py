"""A batch that is cut on its way is called cut, at whichever byte, so that it is sent again; and one spoiled bit harms
at most the item in which it stands, or refuses the batch as a whole."""

import gzip
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from backports import zstd

from app.problems import Problem, TruncatedJson
from app.submissions.decompression import decompress
from app.submissions.envelope import Envelope
from tests.submissions.both import tablets_of_both
from tests.submissions.hostile_envelopes import JSON
from tests.submissions.household import interview
from tests.support.postgres import Postgres

FLIPS = 150


def batch(name: str) -> dict[str, Any]:
    """Three interviews, and every kind of value beside them."""
    ids = [f"uuid:{uuid.uuid5(uuid.NAMESPACE_OID, f'{name} {n}')}" for n in range(3)]
    return {
        "batch_id": f'{name} \\ "é"',
        "sent_at": "2026-11-21T10:00:00+07:00",
        "device": {"outbox": 3, "battery": 0.45, "more": [True, None, -1.5e3, {"x": False}]},
        "items": [interview(each, respondent='Ibu é\n"x" \\ 😀') for each in ids],
        "last": 12,
    }


def cut_json(body: bytes) -> None:
    list(Envelope(body, 1_000_000).items(500))


CUTS: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], Any]]] = {
    "json": (bytes, cut_json),
    "gzip": (gzip.compress, lambda body: decompress(body, "gzip", 100_000)),
    "zstd": (zstd.compress, lambda body: decompress(body, "zstd", 100_000)),
}


@pytest.mark.parametrize("kind", CUTS)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_cut_at_any_byte_it_is_sent_again(kind: str, ascii_only: bool) -> None:
    pack, read = CUTS[kind]
    body = pack(json.dumps(batch("cut"), ensure_ascii=ascii_only).encode())
    read(body)
    for end in range(len(body)):
        with pytest.raises(Problem) as told:
            read(body[:end])
        assert (told.value.slug, told.value.retry) == (f"truncated_{kind}", "later"), body[:end]


def test_complete_nonsense_is_not_called_cut() -> None:
    for nonsense in ('{"a": tru}', '{"a": "\\x"}', '{"a": [1,]}', '{"a" 1}', "{a: 1}", '{"a": 01, "b": 2}'):
        with pytest.raises(Problem) as told:
            cut_json(nonsense.encode())
        assert not isinstance(told.value, TruncatedJson), nonsense


def test_one_spoiled_bit_harms_no_neighbour(
    tmp_path: Path, sqlite_template: Path, postgres: Postgres, seed: int, soak: int
) -> None:
    random = Random(seed)
    with tablets_of_both(tmp_path, sqlite_template, postgres) as tablets:
        for number in range(FLIPS * soak):
            good = batch(f"flip {number}")
            body = bytearray(json.dumps(good).encode())
            place, bit = random.randrange(len(body)), random.randrange(8)
            body[place] ^= 1 << bit
            told = [tablet.post("/batches", content=bytes(body), headers=JSON) for tablet in tablets]
            assert told[0].status_code in (200, 400), f"bit {bit} of byte {place}: {told[0].text}"
            assert _comparable(told[0].json()) == _comparable(told[1].json()), f"bit {bit} of byte {place}"
            if told[0].status_code == 200 and told[0].json()["summary"]["items"] == 3:
                statuses = [each["status"] for each in told[0].json()["receipts"]]
                assert statuses.count("accepted") >= 2, f"bit {bit} of byte {place}: {statuses}"


def _comparable(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in ("server_id", "epoch", "received_at")}
