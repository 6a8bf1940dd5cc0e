"""The power fails at any moment, and every receipt that a tablet had read by then is still a fact.

Tablets send through the door to the whole application; what its SQLite asks of the disk is written down with the
moments of the receipts. Then the power is cut thousands of times: at a random point of that log, with all that was not
synced dropped, torn or out of order. Each time the application's own engine opens what is left. Which writes there are
depends on how threads took turns; which cuts are made of them, on the seed.
"""

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from random import Random
from time import sleep
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.database import Database, engines
from app.main import create_app
from app.settings import Settings
from tests.faults.after_power import Heard, Kept, look_in_full, look_quickly, read, url_in
from tests.support.power import Disk
from tests.support.promises import Told, broken
from tests.support.recording import Create, Recording, Sync, Write, recording
from tests.support.server import Server
from tests.support.tablets import Tablet
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK

CUTS = 2_500
"""For each way in which we write."""

CUTS_OF_A_MUTANT = 400
PLAYS, TABLETS = 4, 4
BATCHES = 5, 70
"""Of each tablet, after each start: a server that is soon stopped, and one that writes on over its write-ahead log."""

LOOKED_AT_IN_FULL = 500
"""After one cut among so many the server goes on and is sent again all that the tablets ever had."""

WAYS = {"write-ahead log": ("wal", "full"), "rollback journal of older versions": ("truncate", "extra")}
MUTANTS = {
    "commits are synced later": ("wal", "normal"),
    "nothing is synced": ("wal", "off"),
    "the journal is not synced either": ("truncate", "off"),
    "the journal's name may come back": ("delete", "full"),
}


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder in memory where there is one: the disk of this machine has nothing to say about our own disks."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="tgh-power-", dir=memory if memory.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def template(room: Path) -> Path:
    folder = room / "template"
    folder.mkdir()
    database = Database(url_in(folder))
    database.migrate()
    database.close()
    app = create_app(Settings(database_url=url_in(folder)))
    with TestClient(app) as client:
        Server(app, client).publish(COMMUNITIES, FORM, FRAMEWORK)
    return folder


@pytest.mark.parametrize("way", WAYS)
def test_a_power_cut_loses_nothing(
    way: str, template: Path, seed: int, soak: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "journal", lambda: WAYS[way])
    for play in range(PLAYS * soak):
        random = Random(f"{seed} {way} {play}")
        log, kept = fieldwork(template, random)
        assert begins_of_the_log(log) > len(BATCHES) or way != "write-ahead log"
        assert list(cuts(log, kept, CUTS // PLAYS, random, template.parent)) == []


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_weaker_disk_setting_is_caught(
    mutant: str, template: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "journal", lambda: MUTANTS[mutant])
    random = Random(f"{seed} {mutant}")
    log, kept = fieldwork(template, random, batches=(10,))
    assert any(cuts(log, kept, CUTS_OF_A_MUTANT, random, template.parent))


def test_answering_before_the_commit_is_caught(template: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    submit = Database.submit_joint

    def submit_and_answer(database: Database, work: Any, item: Any, size: int) -> "Future[Any]":
        early: Future[Any] = Future()

        def tell(session: Session, items: Any) -> Any:
            answers = work(session, items)
            early.set_result(answers[0])
            # So that most answers have been read when the commit begins, however the threads take turns.
            sleep(0.05)
            return answers

        submit(database, tell, item, size)
        return early

    monkeypatch.setattr(Database, "submit_joint", submit_and_answer)
    random = Random(f"{seed} early")
    log, kept = fieldwork(template, random, batches=(10,))
    assert any("told" in each for each in cuts(log, kept, CUTS_OF_A_MUTANT, random, template.parent))


def fieldwork(template: Path, random: Random, batches: tuple[int, ...] = BATCHES) -> tuple[Recording, Kept]:
    """Tablets send to a server that is started anew now and then; the log of it, and what is kept at its end."""
    folder = template.parent / "fieldwork"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    with recording(folder) as log:
        for number in batches:
            database = Database(url_in(folder))
            database.migrate()
            database.close()
            _send(url_in(folder), log, number, random)
    told = [told for event in log.log if isinstance(event, Heard) for told in event.told]
    assert broken(url_in(folder), told) == []
    return log, read(folder)


def _send(url: str, log: Recording, batches: int, random: Random) -> None:
    app = create_app(Settings(database_url=url))
    with TestClient(app) as client, ThreadPoolExecutor(TABLETS) as pool:
        server = Server(app, client)
        callers = [server.enrol() for _ in range(TABLETS)]
        tablets = [Tablet(each, Random(random.random()), lambda told: log.log.append(Heard(told))) for each in callers]
        list(pool.map(_send_all, tablets, [batches] * TABLETS))


def _send_all(tablet: Tablet, batches: int) -> None:
    for _ in range(batches):
        tablet.collect(most=3)
        assert tablet.send().status_code == 200


def cuts(log: Recording, kept: Kept, number: int, random: Random, room: Path) -> Iterator[str]:
    """Cut the power so many times, and say which promises are broken."""
    disk, done = Disk(log.before), 0
    items = [each.item for event in log.log if isinstance(event, Heard) for each in event.told]
    told: list[Told] = []
    promised: set[tuple[bytes, int]] = set()
    for cut, moment in enumerate(sorted(_moments(log, number, random))):
        for event in log.log[done:moment]:
            if isinstance(event, Heard):
                told += event.told
                promised |= event.keys()
            disk.happens(event)
        done = moment
        folder = room / "cut"
        _leave(folder, disk.cut(random), random)
        in_full = cut % LOOKED_AT_IN_FULL == LOOKED_AT_IN_FULL - 1
        for sentence in look_in_full(folder, told, items) if in_full else look_quickly(folder, promised, kept):
            yield f"power cut {cut} after event {moment}: {sentence}"


def begins_of_the_log(log: Recording) -> int:
    """How often a write-ahead log was begun: after each start, and after each checkpoint in between."""
    logs = {event.file for event in log.log if isinstance(event, Create) and event.name.endswith("-wal")}
    return sum(isinstance(event, Write) and event.file in logs and event.offset == 0 for event in log.log)


def _moments(log: Recording, number: int, random: Random) -> Iterator[int]:
    """Half of them anywhere, half beside what matters: a sync, or a tablet that reads its receipts."""
    turns = [place for place, event in enumerate(log.log) if isinstance(event, Heard | Sync)]
    for _ in range(number // 2):
        yield random.randint(0, len(log.log))
        yield random.choice(turns) + random.randint(0, 1)


def _leave(folder: Path, files: dict[str, bytes], random: Random) -> None:
    """The disk after the cut. The mapped -shm file may be gone, or hold anything."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    if random.random() < 0.5:
        (folder / "tangguh.db-shm").write_bytes(random.randbytes(32_768))
