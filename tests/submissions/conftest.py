"""A server where the small questionnaire is published, tablets, coordinators of both sides of the city and an admin,
and ways to look at what is kept."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import col, select

from app.access.policy import Role
from app.access.tables import AuditEntry
from app.scoring.tables import ScoredInterview
from app.submissions.incoming import Library
from app.submissions.rebuild import Rebuilding, rebuild
from app.submissions.tables import Submission
from tests.submissions.household import COMMUNITIES, FORM, FRAMEWORK, HERE, THERE
from tests.support.scored import values_of
from tests.support.server import Caller, Server


@pytest.fixture
def fieldwork(server: Server) -> Server:
    server.publish(COMMUNITIES, FORM, FRAMEWORK)
    return server


@pytest.fixture
def tablet(fieldwork: Server) -> Caller:
    return fieldwork.enrol(Role.ENUMERATOR, name="tablet")


@pytest.fixture
def admin(fieldwork: Server) -> Caller:
    return fieldwork.enrol(Role.ADMIN, name="admin")


@pytest.fixture
def here(fieldwork: Server) -> Caller:
    """A tablet that works in one community only."""
    return fieldwork.enrol(Role.ENUMERATOR, [HERE], name="tablet-here")


@pytest.fixture
def coordinator(fieldwork: Server) -> Caller:
    return fieldwork.enrol(Role.COORDINATOR, [HERE], name="coordinator-here")


@pytest.fixture
def neighbour(fieldwork: Server) -> Caller:
    return fieldwork.enrol(Role.COORDINATOR, [THERE], name="coordinator-there")


@pytest.fixture
def kept(fieldwork: Server) -> Callable[[str], Submission]:
    """The row of an interview."""

    def find(instance_id: str) -> Submission:
        with fieldwork.database.read() as session:
            rows = session.exec(select(Submission)).all()
        return next(row for row in rows if f"uuid:{row.instance_id}" == instance_id)

    return find


@pytest.fixture
def scores(fieldwork: Server) -> Callable[[], dict[str, float]]:
    """What counts in the scores now, by interview."""

    def find() -> dict[str, float]:
        with fieldwork.database.read() as session:
            rows = session.exec(select(ScoredInterview).where(col(ScoredInterview.counts).is_(True))).all()
        return {f"uuid:{row.instance_id}": values_of(row)[0] for row in rows}

    return find


@pytest.fixture
def audited(fieldwork: Server) -> Callable[[str], list[dict[str, Any]]]:
    """The details of what was done under this name, in no order."""

    def find(action: str) -> list[dict[str, Any]]:
        with fieldwork.database.read() as session:
            rows = session.exec(select(AuditEntry).where(AuditEntry.action == action)).all()
        return [{"subject": row.subject, **row.details} for row in rows]

    return find


@pytest.fixture
def in_order(fieldwork: Server, admin: Caller) -> Callable[[], None]:
    """The books balance, and everything derived is what the raw bytes, the corrections and the rulings say."""

    def check() -> None:
        books = admin.get("/integrity").json()
        assert books["ok"], books
        assert rebuild(fieldwork.database, Rebuilding(Library.of(fieldwork.database), check=True)).differences == {}

    return check


@pytest.fixture
def together() -> Iterator[Callable[..., list[Any]]]:
    """Do several things at once, and return what each said."""
    with ThreadPoolExecutor(4) as pool:

        def run(*deeds: Callable[[], Any]) -> list[Any]:
            barrier = Barrier(len(deeds))

            def start(deed: Callable[[], Any]) -> Any:
                barrier.wait()
                return deed()

            return list(pool.map(start, deeds))

        yield run
