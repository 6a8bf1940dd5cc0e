"""Handing to the intake what has been read, by whichever door it came."""

import asyncio
from collections.abc import Awaitable, Callable

from app.database import Database
from app.submissions.intake import Answer, Arrival, OutOfDate, receive
from app.traffic.load import Load


async def deliver(database: Database, load: Load, read: Callable[[], Awaitable[Arrival]]) -> tuple[Arrival, Answer]:
    """What `read` has read, and what it is answered now that it is on disk. It is read again when something was
    published meanwhile."""
    while True:
        async with load.reading:
            arrival = await read()
        try:
            # Shielded: a client that hangs up must not undo what others share the commit with.
            committed = asyncio.wrap_future(database.submit_joint(receive, arrival, len(arrival.items)))
            return arrival, await asyncio.shield(committed)
        except OutOfDate:
            database.look_again()
