"""A database for as long as it is served."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from app.database.claim import Claim
from app.database.engines import BUSY_SECONDS, file_of
from app.database.epoch import arrive, arrive_at_cluster
from app.database.store import Database
from app.problems import Unavailable

log = logging.getLogger("tangguh")

SIGNING_SECONDS = 2 * BUSY_SECONDS


@contextmanager
def serving(url: str, connections: int, deadline_seconds: float | None = None) -> Iterator[Database]:
    """The migrated database at this URL: under a new epoch if it is a copy, and alone if it is a file.

    Raises `Occupied` when another process serves the file.
    """
    if (file := file_of(url)) is None:
        database = Database(url, connections, deadline_seconds)
        try:
            database.write(arrive_at_cluster)
            database.at_reconnection(arrive_at_cluster)
            yield database
        finally:
            database.close()
        return
    claim = Claim(file)
    try:
        database = Database(url, connections)
        for warning in database.warnings():
            log.warning(warning)
        try:
            _sign(database, claim)
            yield database
            # Without it the next start only makes a needless new epoch, so nothing waits for it.
            if not database.closed:
                with suppress(Unavailable, TimeoutError):
                    _sign(database, claim)
        finally:
            database.close()
    finally:
        claim.release()


def _sign(database: Database, claim: Claim) -> None:
    """Compare the place, and leave a new mark: first in the database, so that a power cut between the two only
    makes a needless new epoch."""
    mark, place = claim.next_place()
    database.submit(partial(arrive, here=claim.place(), mark=place)).result(SIGNING_SECONDS)
    database.look_again()
    claim.leave(mark)
