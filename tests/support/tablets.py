"""Tablets as the fault harnesses need them: they send until they have heard, and note what they heard."""

import uuid
from collections.abc import Callable
from random import Random
from typing import Any

from tests.support.promises import Told
from tests.support.server import Caller
from tests.support.village import NORTH, SOUTH, interview

Item = dict[str, Any]


class Tablet:
    """Keeps every batch in its outbox until a 200 was read in full; only then `note` gets what it was told.

    Most of what it collects is new; some are edits, some came before, some are in conflict with what came before, and
    some come from a community that nobody knows.
    """

    def __init__(self, caller: Caller, random: Random, note: Callable[[list[Told]], None]) -> None:
        self._caller, self._random, self._note = caller, random, note
        self._sent: list[Item] = []
        self.outbox: dict[str, list[Item]] = {}

    def collect(self, most: int = 8) -> None:
        """Finish some interviews and put them into the outbox as one batch."""
        batch = {item["instance_id"]: item for item in (self._item() for _ in range(self._random.randint(1, most)))}
        self.outbox[str(self._new_id())] = list(batch.values())

    def send(self) -> Any:
        """Send the oldest batch; the answer. What was kept is sent once more at times."""
        batch_id, items = next(iter(self.outbox.items()))
        answer = self._caller.post("/batches", json={"batch_id": batch_id, "items": items})
        if answer.status_code == 200:
            receipts = {receipt["instance_id"]: receipt for receipt in answer.json()["receipts"]}
            self._note([Told(item, receipts[item["instance_id"]]) for item in items])
            self._sent += items
            if self._random.random() >= 0.1:
                del self.outbox[batch_id]
        return answer

    def _item(self) -> Item:
        chance, answers = self._random.random(), {"minutes": self._random.randint(0, 90)}
        community = self._random.choice((NORTH, SOUTH))
        if self._sent and chance < 0.3:
            earlier = self._random.choice(self._sent)
            if chance < 0.1:
                return earlier
            if chance < 0.2:
                return interview(community, instance_id=self._new_id(), deprecated_id=earlier["instance_id"], **answers)
            return interview(community, instance_id=earlier["instance_id"], respondent=str(chance), **answers)
        return interview("nowhere" if chance > 0.95 else community, instance_id=self._new_id(), **answers)

    def _new_id(self) -> str:
        return f"uuid:{uuid.UUID(int=self._random.getrandbits(128), version=4)}"
