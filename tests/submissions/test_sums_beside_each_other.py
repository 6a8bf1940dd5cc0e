"""Transactions that change the sums of PostgreSQL do not wait for each other, nor for who folds the journal."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.database.engines import postgresql_engine
from app.scoring import journal, keep
from app.scoring.tables import ScoredInterview
from app.submissions import queries
from app.submissions.identity import instance_uuid
from app.submissions.rebuild import count_all
from tests.submissions.household import interview
from tests.support.locks import wait_until_one_waits
from tests.support.server import Caller, Server

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

PATIENCE_SECONDS = 30


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = postgresql_engine(database_url, connections=2)
    yield engine
    engine.dispose()


@pytest.fixture
def meanwhile() -> Iterator[Callable[..., "Future[Any]"]]:
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit


def id_of(item: dict[str, Any]) -> uuid.UUID:
    found = instance_uuid(item["instance_id"])
    assert found is not None
    return found


def contributions(session: Session, item: dict[str, Any]) -> list[dict[str, Any]]:
    rows = session.exec(select(ScoredInterview).where(ScoredInterview.instance_id == id_of(item))).all()
    return [row.model_dump() for row in rows]


def send(admin: Caller, tablet: Caller, item: dict[str, Any]) -> bool:
    return bool(tablet.send(interview())["summary"]["accepted"] == 1)


def edit(admin: Caller, tablet: Caller, item: dict[str, Any]) -> bool:
    return bool(tablet.send(interview(edits=item["instance_id"]))["summary"]["edited"] == 1)


def erase(admin: Caller, tablet: Caller, item: dict[str, Any]) -> bool:
    answer = admin.post(f"/submissions/{item['instance_id']}/erase", json={"reason": "asked for"})
    return answer.status_code == 200


def resolve(admin: Caller, tablet: Caller, item: dict[str, Any]) -> bool:
    path = f"/conflicts/{item['instance_id']}"
    other = next(each["sha256"] for each in admin.get(path).json()["contents"] if not each["counts"])
    return admin.post(f"{path}/resolve", json={"keep": other, "reason": "is right"}).status_code == 200


@pytest.mark.parametrize("most_bytes", [0, journal.MOST_BYTES], ids=["in cells", "in the journal"])
@pytest.mark.parametrize("deed", [send, edit, erase, resolve])
def test_nobody_waits(
    engine: Engine,
    tablet: Caller,
    admin: Caller,
    meanwhile: Callable[..., "Future[Any]"],
    in_order: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    deed: Callable[[Caller, Caller, dict[str, Any]], bool],
    most_bytes: int,
) -> None:
    item, other = interview(), interview()
    tablet.send(item, interview(item["instance_id"], minutes=90), other)
    monkeypatch.setattr(journal, "MOST_BYTES", most_bytes)
    with Session(engine) as session, session.begin():
        rows = contributions(session, other)
        keep.count_out(session, rows)
        journal.fold(session)
        keep.count_in(session, rows)
        assert meanwhile(deed, admin, tablet, item).result(PATIENCE_SECONDS)
    in_order()


def test_who_begins_again_waits_for_those_who_are_at_it(
    engine: Engine,
    server: Server,
    tablet: Caller,
    meanwhile: Callable[..., "Future[Any]"],
    in_order: Callable[[], None],
) -> None:
    item = interview()
    tablet.send(item, interview(), interview())
    with Session(engine) as session, session.begin():
        rows = [{**row, "seq": row["seq"] + 1000} for row in contributions(session, item)]
        queries.insert_contributions(session, rows)
        begun = meanwhile(server.database.write, keep.start_again)
        wait_until_one_waits(engine, begun)
        assert not begun.done()
        session.rollback()
    begun.result(PATIENCE_SECONDS)
    count_all(server.database)
    in_order()
