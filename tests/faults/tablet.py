"""A tablet as it behaves in the field: an outbox, a bad network, a battery, and an enumerator who makes mistakes.

It lets go of an interview only when a receipt, matched by id, or an answer to `have` says that it is kept; each of
these is noted in `told`, so that the checker can hold the server to it.
"""

import asyncio
import gzip
import json
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from app.submissions.identity import content_hash, instance_uuid
from tests.support.promises import KEPT, Told
from tests.support.village import NORTH, SOUTH, interview

Item = dict[str, Any]

MAX_ITEM_BYTES = 3_000
"""What the server takes for one interview, so that a tablet can easily have one that is refused."""

FULL = 15
"""Interviews in an outbox from which on no new ones are made: the server shall be killed, not outrun."""


@dataclass
class Batch:
    """What a tablet sends, and sends again as it is until it hears of it or has forgotten it."""

    batch_id: str
    items: list[Item]
    zipped: bool


@dataclass
class Tablet:
    """`neighbours` are all tablets of the team: a share of all interviews, `sharing`, is copied to one of them too."""

    number: int
    token: str
    chance: Random
    neighbours: "list[Tablet]"
    sharing: float
    url: str = ""
    outbox: dict[str, Item] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    refused: list[Told] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    seen: list[Item] = field(default_factory=list)
    _pending: Batch | None = None

    async def work(self) -> None:
        """Interview and send for ever."""
        async with self._client() as client:
            while True:
                self._interview()
                await self._sync(client)
                await asyncio.sleep(self.chance.uniform(0, 0.02))

    async def drain(self) -> None:
        """Send until nothing is left to send."""
        async with self._client() as client:
            while self.outbox:
                await self._sync(client)

    def _client(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.token}", "Connection": "close"}
        return httpx.AsyncClient(
            base_url=f"{self.url}/api/v1", headers=headers, timeout=20, trust_env=False, verify=False
        )

    def _interview(self) -> None:
        """Finish a few interviews, now and then an odd one; with a full bag send first."""
        few = self.chance.choice((0, 1, 1, 2, 4)) if len(self.outbox) < FULL else 0
        for _ in range(few):
            item = self._new_item()
            self._take(item)
            if self.chance.random() < self.sharing:
                self._hand_to_neighbour(item)

    def _new_item(self) -> Item:
        kind = self.chance.choices(("usual", "edit", "unknown form", "unknown place", "too long"), (75, 15, 4, 4, 2))[0]
        members: dict[str, Any] = {"instance_id": f"uuid:{uuid.UUID(int=self.chance.getrandbits(128))}"}
        if kind == "edit" and self.seen:
            members["deprecated_id"] = self.chance.choice(self.seen)["instance_id"]
        if kind == "unknown form":
            members["version"] = "not published yet"
        place = "nowhere" if kind == "unknown place" else self.chance.choice((NORTH, SOUTH))
        respondent = "x" * MAX_ITEM_BYTES if kind == "too long" else f"Warga {self.chance.random()}"
        warned, minutes = self.chance.choice(("yes", "no", "dk")), self.chance.randrange(100)
        return interview(place, **members, respondent=respondent, warned=warned, minutes=minutes)

    def _hand_to_neighbour(self, item: Item) -> None:
        """Also another tablet has it now, sometimes with other answers under the same id."""
        neighbour = self.chance.choice(self.neighbours)
        if item["instance_id"] in neighbour.outbox:
            return
        if self.chance.random() < 0.4:
            item = {**item, "answers": {**item["answers"], "minutes": 100 + neighbour.number}}
        neighbour._take(item)

    def _take(self, item: Item) -> None:
        self.seen.append(item)
        self.outbox[item["instance_id"]] = item

    async def _sync(self, client: httpx.AsyncClient) -> None:
        if self.chance.random() < 0.06:
            await self._start_again(client)
        if self._pending is None or self.chance.random() < 0.4:
            self._pending = self._pack()
        answer = await self._ask(client, "/batches", *self._body(self._pending))
        if answer is None:
            # Nobody knows what has become of it: the same batch is sent again, or its items in another one.
            await asyncio.sleep(self.chance.uniform(0.01, 0.1))
        else:
            self._read_receipts(self._pending, answer)
            self._pending = None

    def _pack(self) -> Batch:
        """Some of the outbox in any order; a careless packer puts one in twice."""
        count = min(len(self.outbox), self.chance.randrange(1, 8))
        items = self.chance.sample(list(self.outbox.values()), count)
        if items and self.chance.random() < 0.05:
            items.append(self.chance.choice(items))
        return Batch(str(uuid.UUID(int=self.chance.getrandbits(128))), items, self.chance.random() < 0.3)

    def _body(self, batch: Batch) -> tuple[bytes, dict[str, str]]:
        unsent = len(self.outbox.keys() - {item["instance_id"] for item in batch.items})
        body = json.dumps({"batch_id": batch.batch_id, "device": {"outbox": unsent}, "items": batch.items}).encode()
        return (gzip.compress(body), {"Content-Encoding": "gzip"}) if batch.zipped else (body, {})

    async def _start_again(self, client: httpx.AsyncClient) -> None:
        """The battery was empty. What it was sending is forgotten, so it asks what of its outbox has arrived."""
        self._pending = None
        asked = list(self.outbox)[:1_000]
        answer = await self._ask(client, "/instances/have", json.dumps({"instance_ids": asked}).encode(), {})
        for state in answer["instances"] if answer else ():
            item = self.outbox[state["instance_id"]]
            if state["sha256"] == sha256_of(item):
                self._told(item, {"status": state["state"]})

    def _read_receipts(self, batch: Batch, answer: Mapping[str, Any]) -> None:
        """Receipts belong to items by id, never by position."""
        items = {item["instance_id"]: item for item in batch.items}
        for receipt in answer["receipts"]:
            self._told(items[receipt["instance_id"]], receipt)

    def _told(self, item: Item, receipt: Mapping[str, Any]) -> None:
        told = Told(item, receipt)
        if receipt["status"] in KEPT:
            self.told.append(told)
        else:
            # It stays on the tablet, to be looked at by a person, but is not sent again.
            self.refused.append(told)
        if self.outbox.get(item["instance_id"]) == item:
            del self.outbox[item["instance_id"]]

    async def _ask(self, client: httpx.AsyncClient, path: str, body: bytes, headers: dict[str, str]) -> Any:
        """The answer to a question, or None when there was none that can be relied on."""
        headers = {"Content-Type": "application/json", **headers}
        with suppress(httpx.TransportError):
            answer = await client.post(path, content=body, headers=headers)
            if answer.status_code == 200:
                return answer.json()
            if answer.json()["retry"] != "later" or answer.status_code == 500:
                self.surprises.append(f"{path} answered {answer.status_code}: {answer.text}")
        return None


def sha256_of(item: Item) -> str:
    """The hash of an interview's content, as `have` tells it."""
    replaced = instance_uuid(item.get("deprecated_id"))
    return content_hash(item["form_id"], item["version"], replaced, item["answers"]).hex()
