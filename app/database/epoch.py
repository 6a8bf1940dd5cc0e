"""The epoch of a server's data, and how a database notices that it is a copy.

Tablets remember the epoch under which their interviews were kept. When it changes they offer everything again that they
still hold (`have`), so that what a restored or copied database never knew, or has forgotten, comes back. A needless new
epoch costs a question a tablet and does no harm; a missing one may cost interviews. So every doubt makes a new one.
"""

import logging
import uuid

from sqlalchemy import text
from sqlmodel import Session, update

from app.database.columns import Server
from app.database.store import changed

log = logging.getLogger("tangguh")

COPY = "copy"
"""The place of a backup: nowhere, so that wherever it is served it finds itself elsewhere."""

HERE = text(
    "SELECT concat_ws('-', system_identifier, oid, left(pg_walfile_name(pg_current_wal_lsn()), 8))"
    " FROM pg_control_system(), pg_database WHERE datname = current_database()"
)
"""On PostgreSQL: cluster, database and timeline. A promotion and a recovery to a moment begin a new timeline."""


def load_identity(session: Session) -> dict[str, str]:
    """What every answer to a tablet says about who gave it."""
    server = session.get_one(Server, 1)
    return {"server_id": str(server.server_id), "epoch": str(server.epoch)}


def renew_epoch(session: Session) -> None:
    """Begin a new epoch with this transaction; running servers answer with it after its commit."""
    session.execute(update(Server).values(epoch=uuid.uuid4()))
    changed(session)


def arrive(session: Session, here: str, mark: str) -> None:
    """Begin a new epoch unless the database was left `here`, and note the place where it is from now on."""
    server = session.get_one(Server, 1, with_for_update=True)
    if server.place not in (None, here):
        renew_epoch(session)
        log.warning("the database is a copy, was restored or promoted: tablets will offer again what they hold")
    server.place = mark


def arrive_at_cluster(session: Session) -> None:
    """The same on PostgreSQL, whose place several processes share."""
    here = str(session.scalars(HERE).one())
    arrive(session, here, here)
