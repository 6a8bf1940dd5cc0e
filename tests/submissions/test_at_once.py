"""Tablets that send at the same moment, on PostgreSQL, where transactions run side by side."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import select

from app.submissions.tables import SetAside, Submission
from tests.submissions.household import interview, new_id
from tests.support.server import Caller, Server

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

Item = dict[str, Any]


class Crowd:
    """Four tablets that press the button at the same moment."""

    def __init__(self, tablets: list[Caller], pool: ThreadPoolExecutor) -> None:
        self.tablets, self.pool = tablets, pool

    def send(self, *items: Item) -> list[str]:
        """One item a tablet; returns their statuses."""
        barrier = Barrier(len(items))
        return list(self.pool.map(lambda sent: self._send(barrier, *sent), zip(self.tablets, items, strict=False)))

    def _send(self, barrier: Barrier, tablet: Caller, item: Item) -> str:
        barrier.wait()
        status: str = tablet.send(item)["receipts"][0]["status"]
        return status


@pytest.fixture
def crowd(fieldwork: Server) -> Iterator[Crowd]:
    with ThreadPoolExecutor(4) as pool:
        yield Crowd([fieldwork.enrol() for _ in range(4)], pool)


def states(server: Server) -> dict[str, str]:
    with server.database.read() as session:
        return {f"uuid:{row.instance_id}": str(row.state) for row in session.exec(select(Submission))}


def test_an_interview_and_its_edit(fieldwork: Server, crowd: Crowd, admin: Caller) -> None:
    edited = {}
    for _ in range(50):
        original, edit = new_id(), new_id()
        assert crowd.send(interview(original), interview(edit, edits=original)) == ["accepted", "edited"]
        edited[original] = edit
    found = states(fieldwork)
    assert {found[original] for original in edited} == {"superseded"}
    assert {found[edit] for edit in edited.values()} == {"current"}
    assert admin.get("/integrity").json()["ok"]


def test_two_edits_of_the_same_interview(fieldwork: Server, crowd: Crowd, admin: Caller) -> None:
    for _ in range(25):
        original, one, two = new_id(), new_id(), new_id()
        crowd.tablets[0].send(interview(original))
        told = crowd.send(interview(one, edits=original), interview(two, edits=original))
        assert set(told) <= {"edited", "conflict"}
        found = states(fieldwork)
        assert found[original] == "superseded"
        assert sorted((found[one], found[two])) == ["conflict", "current"]
    assert admin.get("/integrity").json()["ok"]


def test_the_same_interview_four_times(fieldwork: Server, crowd: Crowd, admin: Caller) -> None:
    for _ in range(15):
        item = interview()
        assert Counter(crowd.send(item, item, item, item)) == {"accepted": 1, "duplicate": 3}
    assert len(states(fieldwork)) == 15
    assert admin.get("/integrity").json()["ok"]


def test_the_same_held_interview_four_times(fieldwork: Server, crowd: Crowd, admin: Caller) -> None:
    for _ in range(15):
        item = interview(community="nowhere")
        assert Counter(crowd.send(item, item, item, item)) == {"held": 1, "duplicate": 3}
    with fieldwork.database.read() as session:
        assert len(session.exec(select(SetAside)).all()) == 15
    assert admin.get("/integrity").json()["ok"]


def test_two_contents_of_one_interview(crowd: Crowd, admin: Caller) -> None:
    for _ in range(15):
        one = interview(minutes=10)
        two = interview(one["instance_id"], minutes=90)
        assert Counter(crowd.send(one, two, one, two)) == {"accepted": 1, "conflict": 1, "duplicate": 2}
        record = admin.get(f"/submissions/{one['instance_id']}").json()
        (aside,) = record["set_aside"]
        assert {record["answers"]["minutes"], json.loads(aside["raw"])["answers"]["minutes"]} == {10, 90}
    assert admin.get("/integrity").json()["ok"]
