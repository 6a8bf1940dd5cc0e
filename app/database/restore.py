"""Putting a copy in the place of an embedded database, under a new epoch. Nothing that was there is deleted."""

import os
import shutil
import uuid
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.database.backup import Manifest, to_disk, verified
from app.database.claim import Claim, Occupied
from app.database.engines import sqlite

CONTENT = ("submission", "set_aside", "form_version", "holder")
BESIDE = ("-wal", "-shm", "-journal")


class NotEmpty(Exception):
    """The database that would be replaced holds something."""


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    epoch: uuid.UUID
    aside: Path | None


def restore(copy: Path, database_file: Path, *, force: bool) -> Restored:
    """Serve this copy from now on. The database that it replaces is kept aside under a name with the time.

    Raises `BadCopy` for a damaged one, `Occupied` while the database is served or used, and `NotEmpty` unless the
    database is empty or `force` is given.
    """
    manifest = verified(copy)
    database_file.parent.mkdir(parents=True, exist_ok=True)
    database_file = database_file.resolve()
    claim = Claim(database_file)
    try:
        if not force and _holds_something(database_file):
            raise NotEmpty(f"{database_file} holds data. With --force it is kept aside and the copy takes its place.")
        part = database_file.with_name(f"{database_file.name}.part")
        shutil.copyfile(copy, part)
        epoch = _renew_epoch(part)
        to_disk(part)
        aside = _put_aside(database_file) if database_file.exists() else None
        os.replace(part, database_file)
        to_disk(database_file.parent)
    finally:
        claim.release()
    return Restored(manifest, epoch, aside)


def _holds_something(database_file: Path) -> bool:
    """Whether there is anything to lose. What cannot be read is held to be something."""
    if not database_file.exists() or not database_file.stat().st_size:
        return False
    try:
        with closing(sqlite.connect(str(database_file))) as connection:
            return any(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in CONTENT)
    except sqlite.DatabaseError:
        return True


def _renew_epoch(part: Path) -> uuid.UUID:
    epoch = uuid.uuid4()
    with closing(sqlite.connect(str(part), isolation_level=None)) as connection:
        connection.execute("UPDATE server SET epoch = ?, place = NULL, generation = generation + 1", (epoch.bytes,))
    return epoch


def _put_aside(database_file: Path) -> Path:
    """Move the database with its log. A log that stayed behind would be played into the copy."""
    aside = database_file.with_name(f"{database_file.name}.{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
    _bring_together(database_file)
    for ending in BESIDE:
        if (beside := Path(f"{database_file}{ending}")).exists():
            beside.rename(f"{aside}{ending}")
    database_file.rename(aside)
    return aside


def _bring_together(database_file: Path) -> None:
    """Move the log into the file, where it can be read at all."""
    try:
        with closing(sqlite.connect(str(database_file), isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite.OperationalError as error:
        raise Occupied(f"{database_file} is used by another command ({error}). Try again when it has ended.") from error
    except sqlite.DatabaseError:
        return
