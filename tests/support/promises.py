"""The one checker of all fault harnesses: a receipt is a fact.

A harness notes every receipt that a tablet has read in full; whatever happened to the server meanwhile, afterwards
`broken` must find nothing.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from app.database import Database
from app.database.engines import sqlite
from app.monitoring.integrity import integrity
from app.submissions.incoming import Library

KEPT = frozenset({"accepted", "duplicate", "edited", "conflict", "held"})


@dataclass(frozen=True)
class Told:
    """A receipt that reached a tablet, and the item that it was for."""

    item: Mapping[str, Any]
    receipt: Mapping[str, Any]


def broken(url: str, told: Iterable[Told]) -> list[str]:
    """Every promise that the database at this URL does not keep, as a sentence; no sentence means all are kept."""
    if corrupt := list(_corrupt(url)):
        return corrupt
    kept = _kept(url)
    told = list(told)
    return [*_lost(told, kept), *_doubled(told, kept), *_unbalanced(url)]


def _kept(url: str) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """What is stored under each id, read without the application's own queries."""
    engine = _engine(url)
    found: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    with engine.connect() as connection:
        for table in ("submission", "set_aside"):
            rows = connection.execute(text(f"SELECT instance_id, raw FROM {table} WHERE sha256 IS NOT NULL"))
            for instance_id, raw in rows:
                found[_id(instance_id)].append(json.loads(bytes(raw)))
    engine.dispose()
    return found


def _lost(told: Iterable[Told], kept: Mapping[uuid.UUID, list[dict[str, Any]]]) -> Iterator[str]:
    for each in told:
        instance_id = each.item["instance_id"]
        contents = [item.get("answers") for item in kept.get(_plain(instance_id), [])]
        if each.receipt["status"] in KEPT and each.item.get("answers") not in contents:
            yield f"{instance_id} was told {each.receipt['status']}, and is not kept"


def _doubled(told: Iterable[Told], kept: Mapping[uuid.UUID, list[dict[str, Any]]]) -> Iterator[str]:
    """Content has one number for ever, and another one only when it was held and could be used at last: then it is
    stored in both places."""
    seqs = defaultdict(set)
    for each in told:
        if each.receipt["status"] in KEPT - {"held"} and each.receipt["seq"]:
            seqs[each.item["instance_id"], json.dumps(each.item.get("answers"), sort_keys=True)].add(
                each.receipt["seq"]
            )
    for (instance_id, answers), numbers in seqs.items():
        contents = [item.get("answers") for item in kept.get(_plain(instance_id), [])]
        if len(numbers) > max(1, contents.count(json.loads(answers))):
            yield f"{instance_id} was kept {len(numbers)} times: seq {sorted(numbers)}"


def _unbalanced(url: str) -> Iterator[str]:
    database = Database(url)
    try:
        books = integrity(database, Library.of(database))
    finally:
        database.close()
    for check in books["checks"]:
        if not check["ok"]:
            yield f"{check['check']}: says {check['says']}, holds {check['holds']} {books['differences']}"


def _corrupt(url: str) -> Iterator[str]:
    path = make_url(url).database
    if make_url(url).get_backend_name() != "sqlite" or not path or not Path(path).exists():
        return
    connection = sqlite.connect(path)
    try:
        found = connection.execute("PRAGMA integrity_check").fetchall()
    except sqlite.DatabaseError as error:
        found = [(str(error),)]
    connection.close()
    if found != [("ok",)]:
        yield f"integrity_check: {found[:3]}"


def _plain(instance_id: str) -> uuid.UUID:
    return uuid.UUID(instance_id.removeprefix("uuid:"))


def _id(stored: Any) -> uuid.UUID:
    return stored if isinstance(stored, uuid.UUID) else uuid.UUID(bytes=bytes(stored))


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        # Not Python's own: where the server runs in this process, a second SQLite would undo the locks of the first.
        return create_engine(url, module=sqlite)
    return create_engine(make_url(url).set(drivername="postgresql+psycopg"))
