"""The one checker of all fault harnesses: a receipt is a fact.

A harness notes every receipt that a tablet has read in full; whatever happened to the server meanwhile, afterwards
`broken` must find nothing.
"""

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from app.database import Database
from app.database.engines import sqlite
from app.monitoring.integrity import integrity
from app.submissions.identity import Unreadable, content_hash, instance_uuid, raw_hash
from app.submissions.incoming import Library
from app.submissions.receipt import receipt_code

KEPT = frozenset({"accepted", "duplicate", "edited", "conflict", "held", "kept"})
"""Statuses of receipts, and states that `have` tells, after which a tablet may delete its copy."""

CONTENT = ("form_id", "version", "deprecated_id", "answers")


@dataclass(frozen=True)
class Told:
    """A receipt that reached a tablet, and the item that it was for."""

    item: Mapping[str, Any]
    receipt: Mapping[str, Any]


@dataclass(frozen=True)
class Stored:
    """One content as it lies in a table."""

    table: str
    instance_id: uuid.UUID
    sha256: bytes
    raw: bytes
    item: Mapping[str, Any]


def broken(url: str, told: Iterable[Told], sent: Iterable[Mapping[str, Any]] | None = None) -> list[str]:
    """Every promise that the database at this URL does not keep, as a sentence; no sentence means all are kept.

    With `sent`, all items that any tablet has ever sent, nothing else may be stored.
    """
    if corrupt := list(_corrupt(url)):
        return corrupt
    stored = list(_stored(url))
    told = list(told)
    return [
        *_lost(told, stored),
        *_doubled(told, stored),
        *_swapped(told),
        *_stored_twice(stored),
        *_altered(stored),
        *_never_sent(stored, sent),
        *_unbalanced(url),
    ]


def _stored(url: str) -> Iterator[Stored]:
    """What is stored, read without the application's own queries, and on SQLite without its indexes."""
    engine = _engine(url)
    hint = "NOT INDEXED" if url.startswith("sqlite") else ""
    with engine.connect() as connection:
        for table in ("submission", "set_aside"):
            columns = f"SELECT instance_id, sha256, raw FROM {table} {hint} WHERE sha256 IS NOT NULL"
            for instance_id, sha256, raw in connection.execute(text(columns)):
                yield Stored(table, _id(instance_id), bytes(sha256), bytes(raw), _read(bytes(raw)))
    engine.dispose()


def _read(raw: bytes) -> Mapping[str, Any]:
    """The item, or nothing when it is held because nobody can read it."""
    try:
        item = json.loads(raw)
    except ValueError:
        return {}
    return item if isinstance(item, dict) else {}


def _lost(told: Iterable[Told], stored: Iterable[Stored]) -> Iterator[str]:
    kept: dict[uuid.UUID | None, list[Any]] = defaultdict(list)
    for each in stored:
        kept[each.instance_id].append(_content(each.item))
    for one in told:
        instance_id = one.item["instance_id"]
        if one.receipt["status"] in KEPT and _content(one.item) not in kept[instance_uuid(instance_id)]:
            yield f"{instance_id} was told {one.receipt['status']}, and is not kept"


def _content(item: Mapping[str, Any]) -> list[Any]:
    return [item.get(name) for name in CONTENT]


def _doubled(told: Iterable[Told], stored: Iterable[Stored]) -> Iterator[str]:
    """Content has one number for ever, and another one only when it was held and could be used at last: then it is
    stored in both places."""
    kept: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for content in stored:
        kept[content.instance_id].append(content.item.get("answers"))
    seqs = defaultdict(set)
    for each in told:
        if each.receipt["status"] in KEPT - {"held"} and each.receipt.get("seq"):
            seqs[each.item["instance_id"], json.dumps(each.item.get("answers"), sort_keys=True)].add(
                each.receipt["seq"]
            )
    for (instance_id, answers), numbers in seqs.items():
        if len(numbers) > max(1, kept[_plain(instance_id)].count(json.loads(answers))):
            yield f"{instance_id} was kept {len(numbers)} times: seq {sorted(numbers)}"


def _swapped(told: Iterable[Told]) -> Iterator[str]:
    """The code of a receipt follows from the content, so that one for other content shows."""
    for each in told:
        code, sha256 = each.receipt.get("receipt"), _hash_of(each.item)
        instance_id = instance_uuid(each.item["instance_id"])
        if code and sha256 and instance_id and code != receipt_code(instance_id, sha256):
            yield f"{each.item['instance_id']} was given the receipt {code} of something else"


def _stored_twice(stored: Iterable[Stored]) -> Iterator[str]:
    """One content an id counts or did; contents that were set aside differ from each other."""
    places = Counter((e.table, e.instance_id, e.sha256 if e.table == "set_aside" else b"") for e in stored)
    for (table, instance_id, _), times in places.items():
        if times > 1:
            yield f"{instance_id} stands {times} times in {table}"


def _altered(stored: Iterable[Stored]) -> Iterator[str]:
    for each in stored:
        if each.sha256 not in (_hash_of(each.item), raw_hash(each.raw)):
            yield f"{each.instance_id} in {each.table} is not what its hash says"


def _never_sent(stored: Iterable[Stored], sent: Iterable[Mapping[str, Any]] | None) -> Iterator[str]:
    if sent is None:
        return
    known = {(instance_uuid(item["instance_id"]), _hash_of(item)) for item in sent}
    for each in stored:
        if (each.instance_id, each.sha256) not in known:
            yield f"{each.instance_id} in {each.table} was never sent"


def _hash_of(item: Mapping[str, Any]) -> bytes | None:
    """The hash of an item's content, or None when the content cannot be read."""
    form_id, version, answers = (item.get(name) for name in ("form_id", "version", "answers"))
    if not isinstance(form_id, str) or not isinstance(version, str) or not isinstance(answers, dict):
        return None
    try:
        return content_hash(form_id, version, instance_uuid(item.get("deprecated_id")), answers)
    except Unreadable:
        return None


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
