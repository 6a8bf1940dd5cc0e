"""A database for as long as it is served."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from app.database.claim import Claim
from app.database.engines import file_of
from app.database.epoch import arrive, arrive_at_cluster
from app.database.store import Database
from app.problems import Unavailable

log = logging.getLogger("tangguh")


@contextmanager
def serving(url: str, connections: int) -> Iterator[Database]:
    """The migrated database at this URL: under a new epoch if it is a copy, and alone if it is a file.

    Raises `Occupied` when another process serves the file.
    """
    if (file := file_of(url)) is None:
        database = Database(url, connections)
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
            with suppress(Unavailable):
                _sign(database, claim)
        finally:
            database.close()
    finally:
        claim.release()


def _sign(database: Database, claim: Claim) -> None:
    """Compare the place, and leave a new mark: first in the database, so that a power cut between the two only
    makes a needless new epoch."""
    mark, place = claim.next_place()
    database.write(partial(arrive, here=claim.place(), mark=place))
    claim.leave(mark)
