"""One interview is one interview, by whichever door it comes and however often: as XML here, as JSON there."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from app.access.policy import Role
from app.attachments import Attachment
from app.database import Database
from app.submissions.destroy import Order
from app.submissions.erasing.erase import erase
from tests.openrosa.collect import Collect, Status
from tests.submissions.household import FORM, interview, new_id
from tests.support.instances import as_xml
from tests.support.server import Caller, Server

Item = dict[str, Any]
Send = Callable[[Item], str]
"""Sends an interview and returns its receipt's code."""


@pytest.fixture
def doors(caller: Caller, collect: Collect) -> dict[str, Send]:
    def as_json(item: Item) -> str:
        (receipt,) = caller.send(item)["receipts"]
        assert receipt["status"] != "rejected"
        return str(receipt["receipt"])

    def as_form(item: Item) -> str:
        instance = collect.finalise(as_xml(FORM, item))
        collect.send()
        assert instance.status is Status.SUBMITTED
        return next(word.strip(".()") for word in instance.shown.split() if word.strip(".()").isupper())

    return {"json": as_json, "xml": as_form}


@pytest.fixture
def admin(fieldwork: Server) -> Caller:
    return fieldwork.enrol(Role.ADMIN)


@pytest.mark.parametrize("order", [("json", "xml"), ("xml", "json"), ("xml", "xml")], ids="-".join)
def test_the_second_is_a_duplicate(doors: dict[str, Send], admin: Caller, order: tuple[str, str]) -> None:
    item = interview(respondent="Ny. É & Co <1>", income=1_250_000.5)
    first, second = (doors[door](item) for door in order)
    assert first == second
    assert len(admin.get("/submissions").json()["submissions"]) == 1
    assert admin.get("/conflicts").json()["conflicts"] == []
    assert admin.get("/integrity").json()["ok"]


def test_both_at_once(doors: dict[str, Send], admin: Caller) -> None:
    items = [interview() for _ in range(5)]
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(lambda door: [doors[door](item) for item in items], door) for door in doors]
    first, second = (each.result() for each in both)
    assert first == second
    assert len(admin.get("/submissions").json()["submissions"]) == len(items)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_edits_by_both_doors_in_any_order(doors: dict[str, Send], admin: Caller, order: tuple[int, ...]) -> None:
    first = interview()
    second = interview(edits=first["instance_id"], minutes=30)
    third = interview(edits=second["instance_id"], minutes=40)
    ways = [("xml", first), ("json", second), ("xml", third)]
    for index in order:
        door, item = ways[index]
        doors[door](item)
    states = {each["instance_id"]: each["state"] for each in admin.get("/submissions").json()["submissions"]}
    assert [states[each["instance_id"]] for each in (first, second, third)] == ["superseded", "superseded", "current"]
    assert admin.get("/integrity").json()["ok"]


def test_a_conflict_between_the_doors_keeps_both(doors: dict[str, Send], admin: Caller) -> None:
    instance_id = new_id()
    doors["json"](interview(instance_id))
    doors["xml"](interview(instance_id, minutes=90))
    (conflict,) = admin.get("/conflicts").json()["conflicts"]
    assert conflict["instance_id"] == instance_id


@pytest.mark.parametrize("door", ["json", "xml"])
def test_held_here_and_sent_there_counts_once_it_is_published(
    doors: dict[str, Send], admin: Caller, fieldwork: Server, door: str
) -> None:
    later = {**FORM, "settings": {**FORM["settings"], "version": "2"}}
    item = {**interview(), "version": "2"}
    doors["xml"](item)
    fieldwork.publish(later)
    doors[door](item)
    (kept,) = admin.get("/submissions").json()["submissions"]
    assert (kept["instance_id"], kept["state"]) == (item["instance_id"], "current")
    assert admin.get("/integrity").json()["ok"]


def test_an_erased_interview_gets_no_files_any_more(
    fieldwork: Server, collect: Collect, caller: Caller, admin: Caller
) -> None:
    item = interview()
    caller.send(item)
    path = f"/submissions/{item['instance_id']}"
    assert admin.post(f"{path}/erase", json={"reason": "asked for"}).status_code == 200
    instance = collect.finalise(as_xml(FORM, item), {"roof.jpg": b"a roof"})
    collect.send()
    assert instance.status is Status.SUBMITTED
    with fieldwork.database.read() as session:
        assert session.exec(select(Attachment)).all() == []


def test_an_interview_that_is_erased_while_its_files_come_gets_none(
    fieldwork: Server, collect: Collect, caller: Caller
) -> None:
    """The files are in the store already, and not yet entered, when the interview is erased."""
    item, of = interview(), fieldwork.app.state
    of.depot = replace(of.depot, store=ErasingStore(of.depot.store, of.database, item["instance_id"]))
    instance = collect.finalise(as_xml(FORM, item), {"roof.jpg": b"a roof"})
    collect.send()
    assert instance.status is Status.SUBMITTED
    with fieldwork.database.read() as session:
        assert session.exec(select(Attachment)).all() == []
    assert not of.depot.store.has(hashlib.sha256(b"a roof").digest())


@dataclass
class ErasingStore:
    """A store that takes so long that somebody erases the interview meanwhile."""

    store: Any
    database: Database
    instance_id: str

    def take(self, file: Path, sha256: bytes) -> None:
        self.store.take(file, sha256)
        erase(self.database, self.store, self.instance_id, Order("asked for", at=datetime.now(UTC)))

    def has(self, sha256: bytes) -> bool:
        return bool(self.store.has(sha256))

    def discard(self, sha256: bytes) -> None:
        self.store.discard(sha256)
