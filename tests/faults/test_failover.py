"""PostgreSQL with a synchronous standby: the primary is killed, hangs, wakes up as a zombie, or is told to wait no
longer for its standby; and every receipt that a tablet has read is a fact on the server that takes over.

Tablets send through the door to the whole application all the while; its URL names both servers.
"""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.database import Database, doubts
from app.main import create_app
from app.settings import Settings
from app.submissions import deliver
from app.submissions.intake import Answer, Arrival, _answer_of_earlier, receive
from app.submissions.tables import Batch
from tests.support.commands import seconds_until
from tests.support.postgres import Postgres
from tests.support.promises import Told, broken
from tests.support.server import Caller, Server
from tests.support.tablets import Tablet
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK

TABLETS = 4
DEADLINE_SECONDS = 1
PATIENCE_SECONDS = 60
"""How long the harness waits for what must happen sooner or later."""

WAITING = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'"

HICCUP = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


class Pair:
    """A primary whose commits wait for its standby."""

    def __init__(self, template: Postgres, **settings: object) -> None:
        self.primary = Postgres(template, **{"synchronous_standby_names": "*", **settings})
        self.standby = Postgres(template, standby_of=self.primary)
        seconds_until(lambda: self.ask("SELECT count(*) FROM pg_stat_replication") == 1, PATIENCE_SECONDS)

    @property
    def url(self) -> str:
        hosts = f"{self.primary.folder},{self.standby.folder}"
        return f"postgresql://postgres@/postgres?host={hosts}&connect_timeout=2"

    def ask(self, question: str) -> int:
        with psycopg.connect(self.primary.url(), autocommit=True) as connection:
            (number,) = connection.execute(question).fetchone() or (0,)
            return int(number)

    def promote(self) -> None:
        self.standby.execute("SELECT pg_promote()")

    def stop(self) -> None:
        self.standby.stop()
        self.primary.stop()


class Field:
    """Tablets that send without a pause, and what they heard."""

    def __init__(self, callers: list[Caller], random: Random) -> None:
        self.told: list[Told] = []
        self.statuses: Counter[int] = Counter()
        self.tablets = [Tablet(each, Random(random.random()), self.told.extend) for each in callers]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        over = threading.Event()
        with ThreadPoolExecutor(TABLETS) as pool:
            running = [pool.submit(self._work, tablet, over) for tablet in self.tablets]
            try:
                yield
            finally:
                over.set()
                for each in running:
                    each.result()

    def hears(self, number: int, status: int = 200) -> None:
        """Wait until so many more answers with this status have come."""
        wanted = self.statuses[status] + number
        seconds_until(lambda: self.statuses[status] >= wanted, PATIENCE_SECONDS)

    def hand_in(self) -> None:
        """Send until every outbox is empty."""
        for tablet in self.tablets:
            seconds_until(lambda tablet=tablet: not tablet.outbox or not self._send(tablet), PATIENCE_SECONDS)

    def _work(self, tablet: Tablet, over: threading.Event) -> None:
        while not over.wait(0.02):
            if len(tablet.outbox) < 5:
                tablet.collect()
            self._send(tablet)

    def _send(self, tablet: Tablet) -> None:
        answer = tablet.send()
        assert answer.status_code == 200 or (answer.status_code == 503 and "Retry-After" in answer.headers), answer.text
        self.statuses[answer.status_code] += 1


def killed(pair: Pair, field: Field) -> None:
    field.hears(20)
    pair.primary.signal(signal.SIGKILL)
    pair.promote()
    field.hears(20)


def hung(pair: Pair, field: Field) -> None:
    field.hears(20)
    pair.primary.signal(signal.SIGSTOP)
    pair.promote()
    field.hears(20)
    pair.primary.signal(signal.SIGKILL)


def woken_as_a_zombie(pair: Pair, field: Field) -> None:
    field.hears(20)
    pair.primary.signal(signal.SIGSTOP)
    pair.promote()
    field.hears(20)
    pair.primary.signal(signal.SIGCONT)
    for _ in range(10):
        # The network hiccups, so that the application has to choose anew which of the two it speaks with.
        pair.standby.execute(HICCUP)
        time.sleep(DEADLINE_SECONDS / 4)
    field.hears(20)
    pair.primary.signal(signal.SIGKILL)


def told_not_to_wait(pair: Pair, field: Field) -> None:
    """The standby is away; somebody cancels what waits for it; then the primary dies before the standby is back."""
    field.hears(20)
    pair.standby.signal(signal.SIGKILL)
    for _ in range(3):
        seconds_until(lambda: pair.ask(f"SELECT count(*) {WAITING}") > 0, PATIENCE_SECONDS)
        pair.ask(f"SELECT count(pg_cancel_backend(pid)) {WAITING}")
        time.sleep(DEADLINE_SECONDS / 4)
    pair.primary.signal(signal.SIGKILL)
    pair.standby.start()
    pair.promote()
    field.hears(20)


FAULTS = {each.__name__: each for each in (killed, hung, woken_as_a_zombie, told_not_to_wait)}


@pytest.fixture(scope="module")
def template() -> Iterator[Postgres]:
    """A halted server with everything published."""
    server = Postgres()
    database = Database(server.url())
    database.migrate()
    database.close()
    app = create_app(Settings(database_url=server.url()))
    with TestClient(app) as client:
        Server(app, client).publish(COMMUNITIES, FORM, FRAMEWORK)
    server.halt()
    yield server
    server.stop()


def play(template: Postgres, fault: Callable[[Pair, Field], None], random: Random, **settings: object) -> list[str]:
    """One fault and its end; the promises that are broken after it."""
    pair = Pair(template, **settings)
    app = create_app(Settings(database_url=pair.url, database_deadline_seconds=DEADLINE_SECONDS))
    try:
        with TestClient(app, raise_server_exceptions=False) as client:
            server = Server(app, client)
            field = Field([server.enrol() for _ in range(TABLETS)], random)
            with field.at_work():
                fault(pair, field)
            field.hand_in()
        return broken(pair.standby.url(), field.told)
    finally:
        pair.stop()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failover_loses_nothing(fault: str, template: Postgres, seed: int, soak: int) -> None:
    for number in range(soak):
        assert play(template, FAULTS[fault], Random(f"{seed} {fault} {number}")) == []


def test_a_standby_that_nobody_waits_for_is_caught(template: Postgres, seed: int) -> None:
    assert any(
        "not kept" in each for each in play(template, woken_as_a_zombie, Random(seed), synchronous_standby_names="")
    )


def test_taking_a_cancelled_wait_for_a_commit_is_caught(
    template: Postgres, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubts, "is_warning", lambda _: False)
    assert any("not kept" in each for each in play(template, told_not_to_wait, Random(seed)))


def test_a_duplicate_that_writes_nothing_is_caught(
    template: Postgres, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_first(session: Session, arrivals: Sequence[Arrival]) -> list[Answer]:
        if all(session.get(Batch, arrival.key) for arrival in arrivals):
            return [_answer_of_earlier(session, arrival) for arrival in arrivals]
        return receive(session, arrivals)

    monkeypatch.setattr(deliver, "receive", look_first)
    assert any("not kept" in each for each in play(template, told_not_to_wait, Random(seed)))
