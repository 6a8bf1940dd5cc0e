"""A fieldwork in which everything goes wrong that can: tablets, a network and a server, dealt from one seed.

Every request reaches the real application, and the `Reference` in the same order; what tablets are told, and what the
tables hold in the end, must agree. The tablets do what docs/api.md asks of them, and nothing more.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from tests.faults.place import LATER_COMMUNITY, LATER_VERSIONS, TABLETS, Place
from tests.faults.reference import REUSED, Batch, Content, Reference
from tests.faults.tablets import TODAY, WRONG_BY_DAYS, Tablet, item, sha256
from tests.support.in_process import FAULTS, Answer, Crash
from tests.support.promises import KEPT, Told
from tests.support.village import NORTH, SOUTH


class Broken(AssertionError):
    """The server and the reference do not agree."""


class Fieldwork:
    """One run, at a place where nothing has happened yet."""

    def __init__(self, place: Place, seed: str) -> None:
        self.place, self.seed, self.random = place, seed, Random(seed)
        self.reference = Reference(versions={"1"}, communities={NORTH, SOUTH})
        clocks = self.random.choices(WRONG_BY_DAYS, k=len(TABLETS))
        self.tablets = [
            Tablet(name, place.tokens[name], timedelta(days), place.epoch)
            for name, days in zip(TABLETS, clocks, strict=True)
        ]
        self.strays: list[tuple[Tablet, str, Batch]] = []
        self.told: list[Told] = []
        self.promised: dict[Content, None] = {}
        self.first_receipts: dict[tuple[str, Content], dict[str, Any]] = {}
        self.trail: list[str] = []
        self.back_up()

    def play(self, steps: int = 50) -> None:
        """Let things happen, then let everything arrive; what is kept must be what the rules say both times."""
        for step in self.random.choices(list(STEPS), list(STEPS.values()), k=steps):
            self.trail.append(step.__name__)
            step(self)
        self.compare()
        self.trail.append("everything arrives")
        self._everything_arrives()
        self.compare()
        self._nothing_is_lost()

    # What people do.

    def finish(self) -> None:
        tablet = self.random.choice(self.tablets)
        tablet.queue([self._interview(tablet)])

    def edit(self) -> None:
        """Of what this or another tablet has made, and which may not have been sent yet."""
        if original := self._any_interview():
            tablet = self.random.choice(self.tablets)
            tablet.queue([replace(self._interview(tablet), edits=original.instance_id)])

    def overwrite(self) -> None:
        """An id is used for other answers, as by a program that saves a finished interview once more."""
        if earlier := self._any_interview():
            tablet = self.random.choice(self.tablets)
            tablet.queue([replace(self._interview(tablet), instance_id=earlier.instance_id)])

    def move(self) -> None:
        """An interview comes to another tablet with a memory card."""
        if earlier := self._any_interview():
            self.random.choice(self.tablets).queue([earlier])

    def send_again(self) -> None:
        tablet = self.random.choice(self.tablets)
        tablet.queue(self.random.sample(list(tablet.sent), min(3, len(tablet.sent))))

    def tidy(self) -> None:
        epoch, moment, _ = self.backup
        self.random.choice(self.tablets).let_go(epoch, moment)

    def publish(self) -> None:
        """What tablets may have had before the server."""
        self._publish(self.random.choice((*LATER_VERSIONS, LATER_COMMUNITY)))

    def revoke(self) -> None:
        tablet = self.random.choice(self.tablets)
        self.place.revoke(tablet.name)
        self.reference.revoked.add(tablet.name)

    # What machines do.

    def send(self) -> None:
        """A tablet sends a batch, or the unanswered one again; the network and the server do as they like."""
        tablet = self.random.choice(self.tablets)
        batch_id, batch = tablet.next_batch(self.random)
        fate = self.random.choices(list(FATES), list(FATES.values()))[0]
        self.trail[-1] = f"send: {fate}"
        if fate in ("strays", "doubled"):
            self.strays.append((tablet, batch_id, batch))
        if fate in FAULTS:
            self._deliver_to_a_failing_server(fate, tablet, batch_id, batch)
        elif fate != "strays":
            answer = self._deliver(tablet, batch_id, batch)
            if fate != "answer lost":
                self._hear(tablet, batch, answer)

    def stray_arrives(self) -> None:
        """When nobody waits for its answer any more."""
        if self.strays:
            self._deliver(*self.strays.pop(self.random.randrange(len(self.strays))))

    def restart(self) -> None:
        self.place.restart()

    def back_up(self) -> None:
        self.place.copy_to("backup")
        self.backup = (self.place.epoch, len(self.trail), self.reference.snapshot())

    def restore(self) -> None:
        """The server forgets all since the last backup. Numbers are given anew, so that each epoch has its own."""
        self.place.restore()
        self.reference = self.backup[2].snapshot()
        self.told = [Told(each.item, {**each.receipt, "seq": None}) for each in self.told]

    # What must be.

    def compare(self) -> None:
        """Whether the tables hold what the reference says."""
        expected, found = self.reference.tallies(), self.place.tallies()
        counting = sorted(each for each, state in expected["states"].items() if state == "current")
        self._must("what counts in the scores", found["counted"], counting)
        for name, value in expected.items():
            self._must(f"'{name}' in the tables", found[name], value)

    def _nothing_is_lost(self) -> None:
        """Whatever a tablet was told is kept, and of each interview one revision counts, in whatever order all came."""
        for content in self.promised:
            self._must(f"{content} is kept", self.reference.holds(content), True)
        states = self.reference.states()
        for family in self.reference.families():
            self._must(f"of {family} one counts", [states[each] for each in family].count("current"), 1)

    def _must(self, what: str, found: Any, expected: Any) -> None:
        if found != expected:
            trail = "\n  ".join(self.trail)
            raise Broken(f"{what}\nfound    {found}\nexpected {expected}\nfieldwork {self.seed}:\n  {trail}")

    # How a batch travels.

    def _deliver(self, tablet: Tablet, batch_id: str, batch: Batch) -> Answer:
        """An arrival at the server and at the reference, whose answers must agree."""
        answer = self._ask(tablet, "/batches", tablet.body(batch_id, batch))
        expected = self._expected_answer(self.reference, tablet, batch_id, batch)
        self._must("the answer's status", answer.status, expected if isinstance(expected, int) else 200)
        if not isinstance(expected, int):
            self._check_receipts(batch, answer.json(), expected)
        return answer

    def _deliver_to_a_failing_server(self, fault: str, tablet: Tablet, batch_id: str, batch: Batch) -> None:
        """What the database was told to keep is kept all the same; the tablet hears nothing that it could rely on."""
        reference = self.reference if FAULTS[fault].kept else self.reference.snapshot()
        expected = self._expected_answer(reference, tablet, batch_id, batch)
        with self.place.process.failing(FAULTS[fault]):
            try:
                answer = self._ask(tablet, "/batches", tablet.body(batch_id, batch))
            except Crash:
                if self.random.random() < 0.1:
                    self.place.restart()
            else:
                self._must("the answer's status", answer.status, expected if isinstance(expected, int) else 503)

    def _expected_answer(self, reference: Reference, tablet: Tablet, batch_id: str, batch: Batch) -> list[str] | int:
        if tablet.name in reference.revoked:
            return 401
        told = reference.receive(tablet.name, batch_id, batch)
        return 409 if told == REUSED else list(told)

    def _check_receipts(self, batch: Batch, told: dict[str, Any], expected: list[str]) -> None:
        receipts = told["receipts"]
        self._must("the ids of the receipts", [each["instance_id"] for each in receipts], [each for each, _ in batch])
        self._must("what is told", [each["status"] for each in receipts], expected)
        counts = {status: expected.count(status) for status in told["summary"] if status != "items"}
        self._must("the summary", told["summary"], {"items": len(batch), **counts})
        for (_, content), receipt in zip(batch, receipts, strict=True):
            first = self.first_receipts.setdefault((told["epoch"], content), receipt)
            self._must(f"the receipt of {content}", receipt["receipt"], first["receipt"])
            # Held content gets another number when it can be used at last.
            if content not in self.reference.aside:
                self._must(f"the number of {content}", receipt["seq"], first["seq"])

    def _hear(self, tablet: Tablet, batch: Batch, answer: Answer) -> None:
        """A tablet acts on an answer that it has read in full."""
        if answer.status in (200, 409):
            tablet.unanswered = None
        if answer.status != 200:
            return
        told = answer.json()
        self.told += [
            Told(item(content.instance_id, content), receipt)
            for (_, content), receipt in zip(batch, told["receipts"], strict=True)
        ]
        kept = [content for (_, content), each in zip(batch, told["receipts"], strict=True) if each["status"] in KEPT]
        self.promised |= dict.fromkeys(kept)
        tablet.keep_for_now(kept, told["epoch"], len(self.trail))
        if tablet.epoch != told["epoch"]:
            tablet.epoch = told["epoch"]
            self._offer_again(tablet)

    def _offer_again(self, tablet: Tablet) -> None:
        """The server is not the one that it was: what it does not have of this tablet's must be sent again."""
        ids = sorted({content.instance_id for content in tablet.sent})
        answer = self._ask(tablet, "/instances/have", json.dumps({"instance_ids": ids}).encode()).json()
        had = {each["instance_id"]: each for each in answer["instances"]}
        expected = {each: self.reference.have(tablet.name, each) for each in ids}
        self._must("what the server has", {each: had[each]["state"] for each in ids}, expected)
        there = [content for content in tablet.sent if had[content.instance_id]["sha256"] == sha256(content)]
        forgotten = [content for content in tablet.sent if content not in there]
        tablet.sent = dict.fromkeys(there, (answer["epoch"], len(self.trail)))
        tablet.queue(forgotten)

    def _everything_arrives(self) -> None:
        """The weather clears: all is published, who was shut out is let in, and every tablet sends all that it has."""
        self._publish(*LATER_VERSIONS, LATER_COMMUNITY)
        for tablet in self.random.sample(self.tablets, len(self.tablets)):
            if tablet.name in self.reference.revoked:
                self.reference.revoked.remove(tablet.name)
                tablet.token = self.place.enrol(tablet.name)
            tablet.queue(list(tablet.sent))
            while tablet.outbox:
                batch_id, batch = tablet.next_batch(self.random, at_least=len(tablet.outbox))
                self._hear(tablet, batch, self._deliver(tablet, batch_id, batch))

    def _ask(self, tablet: Tablet, path: str, body: bytes) -> Answer:
        return self.place.process.post(path, tablet.token, body)

    def _publish(self, *names: str) -> None:
        self.place.publish(*names)
        for name in names:
            (self.reference.versions if name in LATER_VERSIONS else self.reference.communities).add(name)

    # What an interview is.

    def _interview(self, tablet: Tablet) -> Content:
        random = self.random
        return Content(
            instance_id=f"uuid:{uuid.UUID(int=random.getrandbits(128), version=4)}",
            version=random.choices(("1", *LATER_VERSIONS), (8, 1, 1))[0],
            community=random.choices((NORTH, SOUTH, LATER_COMMUNITY), (5, 4, 1))[0],
            minutes=random.choice((5, 30, 90)),
            started_at=(TODAY + tablet.wrong_by + timedelta(minutes=len(self.trail))).isoformat(),
            readable=random.random() > 0.04,
        )

    def _any_interview(self) -> Content | None:
        found = [each for tablet in self.tablets for each in (*tablet.outbox, *tablet.sent)]
        return self.random.choice(found) if found else None


STEPS: dict[Callable[[Fieldwork], None], int] = {
    Fieldwork.finish: 64,
    Fieldwork.edit: 18,
    Fieldwork.overwrite: 6,
    Fieldwork.move: 6,
    Fieldwork.send: 42,
    Fieldwork.send_again: 8,
    Fieldwork.stray_arrives: 8,
    Fieldwork.publish: 2,
    Fieldwork.tidy: 10,
    Fieldwork.back_up: 3,
    Fieldwork.restore: 1,
    Fieldwork.restart: 1,
    Fieldwork.revoke: 1,
}
"""What happens, and how often beside the others."""

FATES: dict[str, int] = {"answered": 60, "answer lost": 14, "strays": 8, "doubled": 8, **dict.fromkeys(FAULTS, 2)}


def play_one(place: Place, seed: int, run: int) -> Fieldwork:
    """One fieldwork of this seed. Raises `Broken`, with all that happened, where the server is not as it must be."""
    place.begin()
    fieldwork = Fieldwork(place, f"--seed {seed}, run {run}")
    fieldwork.play()
    return fieldwork
