"""What is looked at after a power cut: in a few milliseconds after each, in full after some."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy.exc import SQLAlchemyError

from app.database import engines
from app.main import create_app
from app.settings import Settings
from tests.support.promises import KEPT, Told, broken
from tests.support.server import Server

KEPT_ROWS = """
SELECT instance_id, seq, sha256, raw, 1 AS usable FROM submission WHERE sha256 IS NOT NULL
UNION ALL SELECT instance_id, seq, sha256, raw, 0 FROM set_aside
"""
COUNTED = "SELECT coalesce(sum(accepted + edited + conflict + held), 0) FROM batch"
SCORED = "SELECT DISTINCT instance_id FROM scored_interview"

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Heard:
    """In the log: from here on a tablet has read these receipts, and may have deleted the interviews."""

    told: list[Told]

    def keys(self) -> set[tuple[bytes, int]]:
        """Id and number of what must be kept."""
        kept = (each for each in self.told if each.receipt["status"] in KEPT)
        return {(_bytes(each.item["instance_id"]), each.receipt["seq"]) for each in kept}


@dataclass(frozen=True)
class Kept:
    rows: set[Row]
    scored: set[bytes]


def look_quickly(folder: Path, promised: set[tuple[bytes, int]], kept: Kept) -> Iterator[str]:
    """The same promises as `broken`, in a few milliseconds: everything is compared with what was kept in the end."""
    try:
        now = read(folder)
    except (SQLAlchemyError, AssertionError) as error:
        yield f"unusable: {error}"
        return
    for row in now.rows - kept.rows:
        yield f"{row[:2]} is not what was sent"
    if now.scored != kept.scored & {row[0] for row in now.rows if row[-1]}:
        yield "scores do not fit the interviews"
    for instance_id, seq in promised - {(row[0], row[1]) for row in now.rows}:
        yield f"{uuid.UUID(bytes=instance_id)} was told seq {seq}, and is not kept"


def look_in_full(folder: Path, told: list[Told], items: list[dict[str, Any]]) -> list[str]:
    """The server goes on, a tablet sends these items again, and the checker of all harnesses looks at the end of it."""
    app = create_app(Settings(database_url=url_in(folder)))
    with TestClient(app) as client:
        tablet, told = Server(app, client).enrol(), [*told]
        for start in range(0, len(items), 500):
            batch = {item["instance_id"] + str(item["answers"]): item for item in items[start : start + 500]}
            receipts = tablet.send(*batch.values())["receipts"]
            told += [Told(item, receipt) for item, receipt in zip(batch.values(), receipts, strict=True)]
    return broken(url_in(folder), told)


def read(folder: Path) -> Kept:
    """What the application's engine finds; fails unless the file is whole and its books balance."""
    engine = engines.sqlite_engine(url_in(folder), writes=True)
    try:
        with engine.connect() as connection:
            run = connection.exec_driver_sql
            assert run("PRAGMA integrity_check").fetchall() == [("ok",)]
            rows = [tuple(row) for row in run(KEPT_ROWS).fetchall()]
            assert run(COUNTED).scalar_one() == len(rows) == len({(row[0], row[2]) for row in rows})
            return Kept(set(rows), set(run(SCORED).scalars()))
    finally:
        engine.dispose()


def _bytes(instance_id: str) -> bytes:
    return uuid.UUID(instance_id.removeprefix("uuid:")).bytes


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'tangguh.db'}"
