"""Numbers in the order of arrival, and how far nobody can come any more between those that are there.

SQLite has one writer, so that what is committed is without gaps to come. PostgreSQL has many, and who took the lower
number may well commit later: a reader that goes on from the greatest number it saw would never see it.
"""

from sqlalchemy import text
from sqlmodel import Session

from app.database.store import Database

_KIND = 0x7365_7173
"""Of the advisory locks by which a transaction tells which number was the last when it took its own."""

_LAST = "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS seq FROM submission_seq"
_NEXT_SEQUENCE = text(f"""
    WITH last AS ({_LAST}),
    told AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(({_KIND}::bigint << 32) + seq) FROM last)
    SELECT nextval('submission_seq') FROM told, generate_series(1, :count)
""")
_NEXT_COUNT = text("UPDATE server SET seq = seq + :count RETURNING seq")
_LAST_SEQ = text(_LAST)
_UNDERWAY = text(f"""
    SELECT min(objid::bigint) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = {_KIND} AND objsubid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""")


def take_seqs(session: Session, count: int) -> list[int]:
    """As many numbers in the order of arrival."""
    run = session.connection().execute
    if session.get_bind().dialect.name == "postgresql":
        return sorted(run(_NEXT_SEQUENCE, {"count": count}).scalars())
    last = int(run(_NEXT_COUNT, {"count": count}).scalar_one())
    return list(range(last - count + 1, last + 1))


def settled_seq(database: Database) -> int | None:
    """Up to which number whoever reads from now on sees all that will ever be there; None: without limit.

    To be asked before the reading session begins, whose moment is then later than all that ended by now.
    """
    if database.embedded:
        return None
    with database.read() as session:
        run = session.connection().execute
        # The last number first: who took one by then and is not underway any more has ended before that moment.
        last = int(run(_LAST_SEQ).scalar_one())
        underway = run(_UNDERWAY).scalar()
    return last if underway is None else min(last, int(underway))
