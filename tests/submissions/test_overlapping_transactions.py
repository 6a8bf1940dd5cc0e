"""Two batches whose transactions overlap on PostgreSQL: the second begins before the first has committed."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.access.policy import Role
from app.access.tables import Holder
from app.database.engines import postgresql_engine
from app.submissions.envelope import RawItem
from app.submissions.heartbeat import read_heartbeat
from app.submissions.identity import batch_hash, instance_uuid
from app.submissions.incoming import Library, Source, read_item
from app.submissions.intake import Answer, Arrival, receive
from app.submissions.lineage import Revision, settle
from app.submissions.tables import Submission
from tests.submissions.household import interview
from tests.support.locks import wait_until_one_waits
from tests.support.server import Caller, Server

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

Edits = Mapping[str, str | None]
"""Revisions by name, with the name of the one that each replaces."""

ORIGINAL, EDIT = {"O": None}, {"E": "O"}
LATE_FORK: tuple[Edits, Edits, Edits] = ({"O": None, "E": "O", "H": "G"}, {"I": "H"}, {"G": "O"})

CASES: Mapping[str, tuple[Edits, Edits, Edits]] = {
    "an interview, then its edit": ({}, ORIGINAL, EDIT),
    "an edit, then its interview": ({}, EDIT, ORIGINAL),
    "two edits of one interview": (ORIGINAL, EDIT, {"F": "O"}),
    "two edits of what has not come": ({}, EDIT, {"F": "O"}),
    "an edit of an edit, then the edit": (ORIGINAL, {"F": "E"}, EDIT),
    "a branch grows while it is joined to another": LATE_FORK,
    "a branch is joined to another while it grows": (LATE_FORK[0], LATE_FORK[2], LATE_FORK[1]),
    "the same item": ({}, ORIGINAL, ORIGINAL),
}


class Desk:
    """Receives batches without the HTTP door, so that a transaction can be held open."""

    def __init__(self, server: Server, engine: Engine) -> None:
        self.database, self.engine = server.database, engine
        self.library = Library.of(server.database)
        for _ in range(3):
            server.enrol()
        with server.database.read() as session:
            self.holders = cycle(session.exec(select(Holder).where(Holder.role == Role.ENUMERATOR)).all())
        self.ids = {name: f"uuid:{uuid.uuid4()}" for name in "OEFGHI"}

    def arrival(self, edits: Edits) -> Arrival:
        sent = [interview(self.ids[name], edits=self.ids[of] if of else None) for name, of in edits.items()]
        return self.arrival_of(*sent)

    def arrival_of(self, *sent: dict[str, Any]) -> Arrival:
        # The other tablet each time: the batches of one wait for each other at its heartbeat.
        holder, now = next(self.holders), datetime.now(UTC)
        items = [read_item(_raw(item), self.library, Source(holder, now), 1_000_000) for item in sent]
        return Arrival(
            batch_id=str(uuid.uuid4()),
            sha256=batch_hash((item.given_id, item.sha256) for item in items),
            items=items,
            holder=holder,
            received_at=now,
            heartbeat=read_heartbeat(None, None),
            generation=self.database.generation(),
        )

    def receive(self, edits: Edits) -> "Future[Answer]":
        arrival = self.arrival(edits)
        return self.database.submit(lambda session: receive(session, [arrival]))

    def receive_both(self, first: Edits, second: Edits) -> None:
        with Session(self.engine) as session, session.begin():
            receive(session, [self.arrival(first)])
            other = self.receive(second)
            wait_until_one_waits(self.engine, other)
        other.result(10)


@pytest.fixture
def desk(fieldwork: Server, database_url: str) -> Iterator[Desk]:
    engine = postgresql_engine(database_url, connections=2)
    yield Desk(fieldwork, engine)
    engine.dispose()


@pytest.mark.parametrize("case", CASES)
def test_they_end_as_if_one_had_come_after_the_other(desk: Desk, admin: Caller, case: str) -> None:
    before, first, second = CASES[case]
    for name, original in before.items():
        desk.receive({name: original}).result(10)
    desk.receive_both(first, second)
    with desk.database.read() as session:
        rows: Sequence[Any] = session.exec(select(Submission).order_by(col(Submission.seq))).all()
    states = {row.instance_id: row.state for row in rows}
    assert states.keys() == {instance_uuid(desk.ids[name]) for name in (*before, *first, *second)} | set(
        filter(None, (instance_uuid(desk.ids.get(of or "")) for of in {**before, **first, **second}.values()))
    )
    assert states == settle(Revision(row.instance_id, row.deprecated_id, row.seq) for row in rows)
    assert list(states.values()).count("current") == 1
    assert admin.get("/integrity").json()["ok"]


def test_both_contents_of_one_interview_while_the_second_of_them_is_being_kept(desk: Desk, admin: Caller) -> None:
    two, one = (interview(desk.ids["O"], minutes=minutes) for minutes in (90, 10))
    both = [desk.arrival_of(one), desk.arrival_of(two)]
    with Session(desk.engine) as session, session.begin():
        receive(session, [desk.arrival_of(two)])
        other = desk.database.submit(lambda session: receive(session, both))
        wait_until_one_waits(desk.engine, other)
    assert [answer.summary["conflict"] for answer in other.result(10)] == [1, 0]
    assert [answer.summary["duplicate"] for answer in other.result(10)] == [0, 1]
    assert admin.get("/integrity").json()["ok"]


def _raw(item: dict[str, Any]) -> RawItem:
    return RawItem(json.dumps(item).encode(), item)
