"""The server is killed again and again while files come in pieces: what was told to be kept is kept, byte for byte."""

import asyncio
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import httpx
from sqlmodel import select

from app.attachments import Attachment, open_depot
from app.database import Database
from app.settings import Settings
from tests.faults.campaign import open_fieldwork
from tests.faults.files import Bringer, File
from tests.faults.processes import Nursery
from tests.faults.victim import LONGEST_LIFE, Victim

KILLS = 25
BRINGERS = 3


def test_killed_while_files_come(
    database_url: str,
    nursery: Nursery,
    tmp_path: Path,
    seed: int,
    soak: int,
    record_property: Callable[[str, object], None],
) -> None:
    chance, ended = random.Random(seed), threading.Event()
    tokens = open_fieldwork(database_url)[:BRINGERS]
    victim = Victim(database_url, tmp_path, nursery.serve)
    base = f"http://127.0.0.1:{victim.port}"
    clients = [httpx.Client(base_url=base, timeout=60, trust_env=False) for _ in tokens]
    bringers = [
        Bringer(client, {"Authorization": f"Bearer {token}"}) for client, token in zip(clients, tokens, strict=True)
    ]

    def work(bringer: Bringer, own: random.Random) -> None:
        while not ended.is_set():
            bringer.insist(File.of(own.randbytes(own.randrange(1, 300_000))))

    threads = [
        threading.Thread(target=work, args=(bringer, random.Random(f"{seed} {number}")))
        for number, bringer in enumerate(bringers)
    ]
    with victim:
        victim.start()
        for thread in threads:
            thread.start()
        for _ in range(KILLS * soak):
            asyncio.run(victim.up())
            _give_work(bringers, chance.randrange(1, 12))
            time.sleep(chance.uniform(0, 0.02))
            victim.kill()
            victim.start()
        ended.set()
        for thread in threads:
            thread.join()
        victim.stop()
    for client in clients:
        client.close()
    told = [file for bringer in bringers for file in bringer.told_kept]
    assert _broken(database_url, tmp_path, told) == []
    record_property("report", f"{KILLS * soak} kills, {len(told)} files told to be kept")
    assert len(told) > KILLS


def _give_work(bringers: list[Bringer], answers: int) -> None:
    """Counted in answers, so that a busy machine kills at the same points of the work."""
    wanted, deadline = answers + _answered(bringers), time.monotonic() + LONGEST_LIFE
    while _answered(bringers) < wanted and time.monotonic() < deadline:
        time.sleep(0.002)


def _answered(bringers: list[Bringer]) -> int:
    return sum(len(bringer.answers) for bringer in bringers)


def _broken(database_url: str, data: Path, told: list[File]) -> list[str]:
    depot, database = open_depot(Settings(data=data)), Database(database_url)
    with database.read() as session:
        rows = {row.instance_id: row for row in session.exec(select(Attachment))}
        wrong = []
        for file in told:
            row = rows.get(UUID(file.instance_id.removeprefix("uuid:")))
            if row is None or b"".join(depot.store.read(row.sha256, 0, row.size)) != file.content:
                wrong.append(file.instance_id)
    database.close()
    return wrong
