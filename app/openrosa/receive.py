"""Receiving an interview: unpacked as it streams in, given to the one intake, and its files kept after it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import getrandbits
from typing import Any

import orjson

from app.access.tables import Holder
from app.attachments import Attachment, Depot, plain_name
from app.database import Database, Snapshot
from app.openrosa.parcel import Parcel, SpooledFile, Unpacking
from app.problems import FileTooLarge, InvalidFormData
from app.submissions.attached.enter import enter
from app.submissions.deliver import deliver
from app.submissions.heartbeat import read_heartbeat
from app.submissions.identity import batch_hash
from app.submissions.incoming import Library, Source, read_instance
from app.submissions.intake import Answer, Arrival
from app.traffic.load import Load

SHORT_BYTES = 100_000
"""A body up to this length is read where it arrives. Longer ones hold files, whose writing is left to a thread."""


@dataclass(frozen=True)
class Place:
    """Where interviews come to."""

    database: Database
    library: Snapshot[Library]
    depot: Depot
    load: Load
    max_item_bytes: int


@dataclass(frozen=True)
class Sent:
    """By whom, when, and with which program."""

    holder: Holder
    now: datetime
    agent: str | None


async def receive(
    pieces: AsyncIterator[bytes], content_type: str, declared_bytes: int | None, sent: Sent, place: Place
) -> tuple[dict[str, Any], Answer]:
    """The receipt, and the answer of the intake that it is from; both are told only now that all is on disk.

    Raises problems for what cannot be kept; `FileTooLarge` only after all else is.
    """
    is_short = declared_bytes is not None and declared_bytes <= SHORT_BYTES
    with (
        place.load.carry(sent.holder.id) as add,
        Unpacking(content_type, place.depot, place.max_item_bytes) as unpacking,
    ):
        parcel, trouble = await _unpacked(pieces, unpacking, add, is_short=is_short)

        async def read() -> Arrival:
            return _arrival(parcel, sent, place)

        arrival, answer = await deliver(place.database, place.load, read)
        (receipt,) = orjson.loads(answer.receipts)
        if parcel.files:
            await asyncio.to_thread(_keep_files, parcel.files, arrival, place)
    if trouble is not None:
        raise trouble
    return receipt, answer


async def _unpacked(
    pieces: AsyncIterator[bytes], unpacking: Unpacking, add: Callable[[int], None], *, is_short: bool
) -> tuple[Parcel, FileTooLarge | None]:
    """What came. A file that is too large stays on the tablet, but the interview that came before it need not."""
    try:
        await _unpack(pieces, unpacking, add, is_short=is_short)
    except FileTooLarge as problem:
        parcel = unpacking.so_far()
        if parcel.xml is None:
            raise
        return parcel, problem
    return unpacking.finish(), None


async def _unpack(
    pieces: AsyncIterator[bytes], unpacking: Unpacking, add: Callable[[int], None], *, is_short: bool
) -> None:
    """Only what stays in memory is counted: files go to the disk as they come."""
    counted = 0
    async for piece in pieces:
        if not piece:
            continue
        if is_short:
            unpacking.feed(piece)
        else:
            await asyncio.to_thread(unpacking.feed, piece)
        add(unpacking.in_memory - counted)
        counted = unpacking.in_memory


def _arrival(parcel: Parcel, sent: Sent, place: Place) -> Arrival:
    """The interview read by what is published now, as a batch of its own."""
    if parcel.xml is None:
        raise InvalidFormData(what="that part is missing")
    generation = place.database.generation()
    library, source = place.library.at(generation), Source(sent.holder, sent.now)
    item = read_instance(parcel.xml, library, source, place.max_item_bytes)
    return Arrival(
        batch_id=f"openrosa:{getrandbits(128):032x}",
        sha256=batch_hash([(item.given_id, item.sha256)]),
        items=[item],
        holder=sent.holder,
        received_at=sent.now,
        heartbeat=read_heartbeat({"app_version": sent.agent}, None),
        generation=generation,
    )


def _keep_files(files: Sequence[SpooledFile], arrival: Arrival, place: Place) -> None:
    """Keep the files of an interview that is kept: on disk first, then under its id. Several requests may bring them,
    in any order and any number of times."""
    (item,) = arrival.items
    if item.instance_id is None:
        return
    for file in files:
        place.depot.store.take(file.path, file.sha256)
    rows = [
        Attachment(
            instance_id=item.instance_id,
            name=plain_name(file.name),
            sha256=file.sha256,
            size=file.size,
            media_type=file.media_type or None,
            device_id=arrival.holder.id,
            received_at=arrival.received_at,
        )
        for file in files
    ]
    enter(place.database, place.depot.store, rows)
