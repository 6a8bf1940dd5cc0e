"""One transaction at a time may change the sums of PostgreSQL, and goes on to wait for rows. Who erases or settles
waits for it before locking any row, so that the two never wait for each other."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from app.database.engines import postgresql_engine
from app.scoring import keep
from app.submissions import queries
from app.submissions.identity import instance_uuid
from tests.submissions.household import interview
from tests.support.locks import wait_until_one_waits
from tests.support.server import Caller

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


def erase(admin: Caller, item: dict[str, Any]) -> int:
    return int(admin.post(f"/submissions/{item['instance_id']}/erase", json={"reason": "asked for"}).status_code)


def resolve(admin: Caller, item: dict[str, Any]) -> int:
    path = f"/conflicts/{item['instance_id']}"
    sides = admin.get(path).json()["contents"]
    other = next(each["sha256"] for each in sides if not each["counts"])
    return int(admin.post(f"{path}/resolve", json={"keep": other, "reason": "is right"}).status_code)


@pytest.mark.parametrize("deed", [erase, resolve])
def test_who_may_change_the_sums_waits_for_nobody_who_waits_for_them(
    engine: Engine,
    tablet: Caller,
    admin: Caller,
    meanwhile: Callable[..., "Future[Any]"],
    in_order: Callable[[], None],
    deed: Callable[[Caller, dict[str, Any]], int],
) -> None:
    item = interview()
    own = instance_uuid(item["instance_id"])
    assert own is not None
    tablet.send(item, interview(item["instance_id"], minutes=90))
    with Session(engine) as session, session.begin():
        # Of two that wait for each other, this one would be told so first.
        session.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
        assert keep.may_count(session)
        done = meanwhile(deed, admin, item)
        wait_until_one_waits(engine, done)
        assert not done.done()
        assert queries.lock_family(session, {own})
    assert done.result(PATIENCE_SECONDS) == 200
    in_order()


def test_an_edit_that_comes_too_late_does_not_wait_for_the_sums(
    engine: Engine, tablet: Caller, admin: Caller, meanwhile: Callable[..., "Future[Any]"], in_order: Callable[[], None]
) -> None:
    item = interview()
    tablet.send(item)
    assert erase(admin, item) == 200
    with Session(engine) as session, session.begin():
        assert keep.may_count(session)
        told = meanwhile(tablet.send, interview(edits=item["instance_id"])).result(PATIENCE_SECONDS)
    assert told["summary"]["edited"] == 1
    assert admin.get("/submissions").json()["submissions"] == []
    in_order()
