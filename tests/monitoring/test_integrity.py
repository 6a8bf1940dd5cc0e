"""`GET /integrity`: the books balance after a messy fieldwork, and tell when something is lost or changed."""

import threading
from typing import Any

import pytest
from sqlalchemy import text

from app.access.policy import Role
from app.scoring import journal
from tests.support.server import Caller
from tests.support.village import SOUTH, Villages, interview


def _books(villages: Villages) -> Any:
    return villages.server.enrol(Role.ADMIN).get("/integrity").json()


def _messy(villages: Villages) -> None:
    """Everything that happens: repeats, edits before and after, conflicts, held and rejected items, refusals."""
    tablet, other = villages.north[Role.ENUMERATOR], villages.south[Role.ENUMERATOR]
    first, late = interview(), interview()
    held = interview(version="9")
    tablet.send(first, first, interview(consent="no"), held, {"form_id": "household"}, batch_id="once")
    tablet.send(first, first, interview(consent="no"), held, {"form_id": "household"}, batch_id="other")
    tablet.send(interview(deprecated_id=first["instance_id"]), interview(deprecated_id=late["instance_id"]))
    other.send(interview(SOUTH, deprecated_id=first["instance_id"]), late)
    other.send(interview(SOUTH, instance_id=first["instance_id"]), interview("nowhere"))


def test_books_balance_after_a_messy_fieldwork(villages: Villages) -> None:
    _messy(villages)
    books = _books(villages)
    assert books["ok"] is True
    told = books["told"]
    assert all(told[status] > 0 for status in ("accepted", "duplicate", "edited", "conflict", "held", "rejected"))
    assert told["items"] == sum(number for status, number in told.items() if status != "items")
    assert [check["ok"] for check in books["checks"]] == [True] * 3
    assert books["differences"] == {}


def test_books_of_an_empty_server_balance(villages: Villages) -> None:
    for table in ("submission", "set_aside", "batch", "scored_interview", "score_cell", "score_entry"):
        _execute(villages, f"DELETE FROM {table}")
    assert _books(villages)["ok"] is True


def test_books_balance_when_tablets_race_with_the_same_interviews(villages: Villages) -> None:
    """Each tablet sends the same interviews at once: new, held and in conflict with what is kept."""
    taken = villages.items["north"]["instance_id"]
    items = [*(interview() for _ in range(20)), *(interview(version="9") for _ in range(20))]
    items += [interview(instance_id=taken, minutes=number) for number in range(20, 40)]
    tablets = [villages.server.enrol() for _ in range(4)]
    barrier = threading.Barrier(len(tablets))

    def send(tablet: Caller) -> None:
        barrier.wait()
        for start in range(0, len(items), 10):
            tablet.send(*items[start : start + 10])

    threads = [threading.Thread(target=send, args=(tablet,)) for tablet in tablets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    books = _books(villages)
    assert (books["told"]["accepted"], books["told"]["held"], books["told"]["conflict"]) == (22, 20, 20)
    assert books["ok"] is True


@pytest.mark.parametrize(
    ("damage", "failing"),
    [
        ("DELETE FROM submission WHERE community = 'south.1'", {1}),
        ("DELETE FROM set_aside WHERE kind = 'held'", {1}),
        ("UPDATE batch SET accepted = accepted + 1", {0, 1}),
        ("UPDATE scored_interview SET synthetic = NOT synthetic", {2}),
        ("DELETE FROM scored_interview WHERE community = 'south.1'", {2}),
        ("UPDATE scored_interview SET seq = seq + 1000 WHERE community = 'south.1'", {2}),
        ("UPDATE score_cell SET sums = (SELECT max(sums) FROM score_cell) || sums", {2}),
        ("DELETE FROM score_cell WHERE community = 'south.1'", {2}),
        ("UPDATE scored_interview SET summed = 0 WHERE community = 'south.1'", {2}),
        ("UPDATE submission SET refusal = true WHERE community = 'south.1'", {2}),
    ],
)
def test_damage_is_found(villages: Villages, damage: str, failing: set[int]) -> None:
    _messy(villages)
    villages.server.database.write(journal.fold)
    _execute(villages, damage)
    books = _books(villages)
    assert books["ok"] is False
    assert {number for number, check in enumerate(books["checks"]) if not check["ok"]} >= failing


def test_coordinator_may_ask_too(villages: Villages) -> None:
    assert villages.north[Role.COORDINATOR].get("/integrity").json()["ok"] is True


def _execute(villages: Villages, statement: str) -> None:
    villages.server.database.write(lambda session: session.execute(text(statement)) and None)
