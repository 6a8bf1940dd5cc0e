"""Playing a fieldwork through the HTTP door: send every parcel, and look at every receipt."""

import gzip
import json
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from app.cli.demo.parcels import Item, Parcel
from app.forms.questions import Form

SAFE = ("accepted", "edited", "duplicate")
"""What may become of an interview that is in order. All else would be a mistake of the server's or of the script's."""


class Surprise(Exception):
    """The server did not answer as it promises. Its argument says it in one sentence."""


@dataclass
class Tally:
    """What was sent, and what became of it. Replays are batches that were sent a second time as they were."""

    interviews: int = 0
    corrections: int = 0
    items: int = 0
    batches: int = 0
    replays: int = 0
    accepted: int = 0
    edited: int = 0
    duplicate: int = 0
    flagged: int = 0

    def __str__(self) -> str:
        return (
            f"{self.interviews} synthetic interviews and {self.corrections} corrections came as {self.items} items "
            f"in {self.batches} batches, {self.replays} of them twice.\n"
            f"{self.accepted} accepted, {self.edited} edited, {self.duplicate} duplicates; {self.flagged} with flags."
        )


def play(
    client: httpx.Client,
    tokens: Sequence[str],
    form: Form,
    parcels: Sequence[Parcel],
    tell: Callable[[int], None],
) -> Tally:
    """Send the parcels, each with its tablet's token. `tell` hears how many interviews have arrived.

    Raises `Surprise` unless every item has its receipt and is safe, and a replay is answered like the first time.
    """
    arrived: dict[bool, set[str]] = {False: set(), True: set()}
    tally = Tally(batches=len(parcels))
    for parcel in parcels:
        request = _request(parcel, tokens[parcel.tablet], form)
        receipts = _send(client, request)
        if parcel.unanswered:
            tally.replays += 1
            if _send(client, request) != receipts:
                raise Surprise("A batch that was sent again as it was got other receipts than the first time.")
        _check(parcel, receipts)
        _count(tally, receipts)
        for item in parcel.items:
            arrived[bool(item.interview.deprecated_id)].add(item.interview.instance_id)
        tally.interviews, tally.corrections = len(arrived[False]), len(arrived[True])
        tell(tally.interviews)
    return tally


def _request(parcel: Parcel, token: str, form: Form) -> dict[str, Any]:
    batch = {
        "batch_id": str(uuid.uuid4()),
        "sent_at": datetime.now(UTC).isoformat(),
        "device": parcel.device,
        "items": [_document(item, form) for item in parcel.items],
    }
    body = json.dumps(batch, ensure_ascii=False).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if parcel.packed:
        body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
    return {"content": body, "headers": headers}


def _document(item: Item, form: Form) -> dict[str, Any]:
    interview = item.interview
    return {
        "instance_id": interview.instance_id,
        "device_seq": item.device_seq,
        "form_id": form.form_id,
        "version": form.version,
        "deprecated_id": interview.deprecated_id,
        "answers": interview.answers,
    }


def _send(client: httpx.Client, request: dict[str, Any]) -> list[dict[str, Any]]:
    """The receipts. Raises `Surprise`, with the server's own words if it has any."""
    answer = client.post("/api/v1/batches", **request)
    if answer.status_code != 200:
        told = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        raise Surprise(f"A batch was answered with {answer.status_code}: {told.get('detail', answer.text[:200])}")
    receipts: list[dict[str, Any]] = answer.json()["receipts"]
    return receipts


def _check(parcel: Parcel, receipts: Sequence[dict[str, Any]]) -> None:
    sent = Counter(item.interview.instance_id for item in parcel.items)
    told = Counter(receipt["instance_id"] for receipt in receipts)
    if sent - told:
        raise Surprise(f"{(sent - told).total()} of {sent.total()} interviews in a batch got no receipt.")
    if told - sent:
        raise Surprise(f"A batch of {sent.total()} interviews got more receipts than that.")
    for receipt in receipts:
        if receipt["status"] not in SAFE:
            reason = (receipt["problem"] or {}).get("detail", "")
            raise Surprise(f"The interview {receipt['instance_id']} became '{receipt['status']}'. {reason}".strip())


def _count(tally: Tally, receipts: Sequence[dict[str, Any]]) -> None:
    status = Counter(receipt["status"] for receipt in receipts)
    tally.items += len(receipts)
    tally.accepted += status["accepted"]
    tally.edited += status["edited"]
    tally.duplicate += status["duplicate"]
    tally.flagged += sum(bool(receipt["flags"]) for receipt in receipts if receipt["status"] != "duplicate")
