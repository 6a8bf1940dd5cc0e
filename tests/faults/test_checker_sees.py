"""The checker of the fault harnesses sees what it is there for."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from tests.support.promises import Told, broken
from tests.support.server import Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, interview

FAULTS = {
    "a lost interview": ("DELETE FROM submission WHERE seq = 1", "is not kept"),
    "other answers": (
        "UPDATE submission SET raw = (SELECT raw FROM submission WHERE seq = 2) WHERE seq = 1",
        "not kept",
    ),
    "a miscounted batch": ("UPDATE batch SET accepted = accepted + 1", "stored once"),
    "a stale derived column": ("UPDATE submission SET community = 'south.1' WHERE seq = 1", "derived"),
    "a lost contribution": ("DELETE FROM scored_interview WHERE seq = 2", "derived"),
    "another hash": ("UPDATE submission SET sha256 = (SELECT sha256 FROM batch) WHERE seq = 3", "derived"),
    "another hash of what is held": ("UPDATE set_aside SET sha256 = (SELECT sha256 FROM batch)", "its hash says"),
    "another version": ("UPDATE set_aside SET raw = (SELECT raw FROM submission WHERE seq = 1)", "is not kept"),
}


@pytest.fixture
def told(server: Server) -> list[Told]:
    server.publish(COMMUNITIES, FORM, FRAMEWORK)
    items = [*(interview(minutes=minutes) for minutes in (5, 10, 90)), interview(version="unknown")]
    receipts = server.enrol().send(*items)["receipts"]
    return [Told(item, receipt) for item, receipt in zip(items, receipts, strict=True)]


def test_nothing_is_broken(told: list[Told], database_url: str) -> None:
    assert broken(database_url, told) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_seen(fault: str, told: list[Told], database_url: str, server: Server) -> None:
    statement, sentence = FAULTS[fault]
    server.database.write(lambda session: session.execute(text(statement)))
    assert any(sentence in each for each in broken(database_url, told))


def test_content_that_was_kept_twice(told: list[Told], database_url: str) -> None:
    again = Told(told[0].item, {**told[0].receipt, "seq": 99})
    assert "was kept 2 times" in " ".join(broken(database_url, [*told, again]))


def test_a_receipt_of_something_else(told: list[Told], database_url: str) -> None:
    swapped = Told(told[0].item, told[1].receipt)
    assert "of something else" in " ".join(broken(database_url, [swapped]))


def test_what_nobody_sent(told: list[Told], database_url: str) -> None:
    items = [each.item for each in told]
    assert broken(database_url, told, sent=items) == []
    assert "was never sent" in " ".join(broken(database_url, told, sent=items[1:]))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_row_that_stands_there_twice(told: list[Told], database_url: str, server: Server) -> None:
    def double(session: Session) -> None:
        session.execute(text("ALTER TABLE submission DROP CONSTRAINT submission_pkey"))
        session.execute(text("INSERT INTO submission SELECT * FROM submission WHERE seq = 1"))

    server.database.write(double)
    assert "stands 2 times in submission" in " ".join(broken(database_url, told))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_damaged_file(told: list[Told], database_url: str, server: Server) -> None:
    server.database.close()
    file = Path(database_url.removeprefix("sqlite:///"))
    content = file.read_bytes()
    half = len(content) // 2
    file.write_bytes(content[:half] + bytes(len(content) - half))
    assert any("integrity_check" in each for each in broken(database_url, told))
