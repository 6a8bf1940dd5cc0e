"""Leaving no byte of what was deleted in the file of an embedded database."""

from contextlib import closing
from pathlib import Path

from app.database.engines import BUSY_SECONDS, journal, sqlite


def scrub(database_file: Path) -> bool:
    """Write the file anew without what was deleted, and empty its log; False when that could not be done now.

    Takes a moment in which nobody else can write, and room for a second file.
    """
    mode, synchronous = journal()
    with closing(sqlite.connect(str(database_file), timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        try:
            connection.execute(f"PRAGMA journal_mode={mode}")
            connection.execute(f"PRAGMA synchronous={synchronous}")
            connection.execute("VACUUM")
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite.Error:
            return False
    return not busy
