import gzip
import json
from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from app.cli.demo.imagination import Interview
from app.cli.demo.parcels import parcels
from app.cli.demo.play import Surprise, Tally, play
from app.forms.questions import Form

Receipts = list[dict[str, Any]]
Play = Callable[[Callable[[Receipts], Receipts]], Tally]


def receipt(item: dict[str, Any]) -> dict[str, Any]:
    status = "edited" if item["deprecated_id"] else "accepted"
    return {"instance_id": item["instance_id"], "status": status, "receipt": "K7Q2MX", "flags": [], "problem": None}


@pytest.fixture
def play_against(interviews: list[Interview], form: Form) -> Play:
    """Plays against a server that answers every item, after a change to its receipts."""

    def played(change: Callable[[Receipts], Receipts]) -> Tally:
        def answer(request: httpx.Request) -> httpx.Response:
            packed = request.headers.get("Content-Encoding") == "gzip"
            batch = json.loads(gzip.decompress(request.content) if packed else request.content)
            return httpx.Response(200, json={"receipts": change([receipt(item) for item in batch["items"]])})

        with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://demo") as client:
            return play(client, ["a", "b"], form, parcels(interviews, 2, 7), lambda _: None)

    return played


def test_all_is_well_when_every_receipt_is(play_against: Play, interviews: list[Interview]) -> None:
    tally = play_against(lambda receipts: receipts[::-1])
    assert tally.interviews == 500
    assert tally.interviews + tally.corrections == len(interviews)
    assert tally.items == tally.accepted + tally.edited > len(interviews)
    assert tally.replays > 0


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda receipts: receipts[1:], "got no receipt"),
        (lambda receipts: [receipts[0] | {"instance_id": "uuid:another"}, *receipts[1:]], "got no receipt"),
        (lambda receipts: [*receipts, receipts[0]], "more receipts"),
        (lambda receipts: [receipts[0] | {"status": "rejected"}, *receipts[1:]], "became 'rejected'"),
        (lambda receipts: [receipts[0] | {"status": "held", "problem": {"detail": "Why."}}, *receipts[1:]], "Why."),
    ],
    ids=["one missing", "one of another", "one too many", "one rejected", "one held"],
)
def test_any_other_receipt_ends_it(change: Callable[[Receipts], Receipts], word: str, play_against: Play) -> None:
    with pytest.raises(Surprise, match=word):
        play_against(change)


def test_a_replay_must_be_answered_as_before(play_against: Play) -> None:
    times = count()
    with pytest.raises(Surprise, match="other receipts"):
        play_against(lambda receipts: [each | {"receipt": f"{next(times):06}"} for each in receipts])


def test_the_words_of_the_server_are_told(interviews: list[Interview], form: Form) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json={"detail": "No valid access token."})

    client = httpx.Client(transport=httpx.MockTransport(answer), base_url="http://demo")
    with client, pytest.raises(Surprise, match="401: No valid access token"):
        play(client, ["a", "b"], form, parcels(interviews, 2, 7), lambda _: None)
