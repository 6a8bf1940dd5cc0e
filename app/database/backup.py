"""Copies of an embedded database: made beside a running server, checked before they get their name."""

import hashlib
import os
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from app.database.engines import BUSY_SECONDS, sqlite
from app.database.epoch import COPY

PIECE = 2**20


class BadCopy(Exception):
    """The file is no whole copy of a database of ours."""


@dataclass(frozen=True)
class Manifest:
    """What a copy holds. It is kept beside the copy, as `FILE.json`."""

    sha256: str
    bytes: int
    made_at: str
    migration: str
    server_id: str
    epoch: str
    durable_seq: int
    interviews: int


def back_up(database_file: Path, target: Path) -> tuple[Path, Manifest]:
    """Copy the database as of one moment to `target`, or under a name of its own into the folder `target`.

    A copy that exists is never overwritten. Nothing stands under the name before it was read back whole and is on
    disk. Raises `BadCopy`, `FileExistsError`.
    """
    now = datetime.now(UTC)
    if target.is_dir():
        target = target / f"tangguh-{now:%Y%m%d-%H%M%S}.db"
    if target.exists():
        raise FileExistsError(17, "exists already; a copy is never overwritten", str(target))
    part = target.with_name(f"{target.name}.part")
    with suppress(FileNotFoundError):
        part.unlink()
    try:
        with closing(sqlite.connect(str(database_file), timeout=BUSY_SECONDS)) as source:
            # Reads one moment of the database, holds up no writer, and leaves out what was deleted.
            source.execute("VACUUM INTO ?", (str(part),))
        _mark(part)
        manifest = _inspected(part, now)
        to_disk(part)
        _write_manifest(target, manifest)
        os.rename(part, target)
        to_disk(target.parent)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return target, manifest


def verified(copy: Path) -> Manifest:
    """What this copy holds. Raises `BadCopy` unless it is whole, ours, and what its manifest says, if it has one."""
    if Path(f"{copy}-wal").exists():
        raise BadCopy(
            f"{copy} has a log beside it (-wal), so it is not all in one file. Make a copy of it: tangguh backup"
        )
    manifest = _inspected(copy, datetime.fromtimestamp(copy.stat().st_mtime, UTC))
    kept = _manifest_of(copy)
    if kept.exists():
        told = orjson.loads(kept.read_bytes())
        if told["sha256"] != manifest.sha256:
            raise BadCopy(f"{copy} is not the copy that {kept} describes: its bytes differ")
        return Manifest(**told)
    return manifest


def _mark(copy: Path) -> None:
    """As one file, and knowing that it is a copy: wherever it is served it begins a new epoch."""
    with closing(sqlite.connect(str(copy), isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=delete")
        connection.execute("UPDATE server SET place = ?", (COPY,))


def _inspected(copy: Path, made_at: datetime) -> Manifest:
    try:
        with closing(sqlite.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
            if found != ["ok"]:
                raise BadCopy(f"{copy} is damaged: {found[0]}")
            facts = _facts(connection)
    except sqlite.DatabaseError as error:
        raise BadCopy(f"{copy} is no database of Tangguh, or is damaged: {error}") from error
    return Manifest(sha256=_sha256(copy), bytes=copy.stat().st_size, made_at=made_at.isoformat(), **facts)


def _facts(connection: Any) -> dict[str, Any]:
    (migration,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    server_id, epoch, seq = connection.execute("SELECT server_id, epoch, seq FROM server").fetchone()
    (interviews,) = connection.execute("SELECT count(*) FROM submission").fetchone()
    return {
        "migration": migration,
        "server_id": bytes(server_id).hex(),
        "epoch": bytes(epoch).hex(),
        "durable_seq": seq,
        "interviews": interviews,
    }


def _manifest_of(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.json")


def _write_manifest(copy: Path, manifest: Manifest) -> None:
    path = _manifest_of(copy)
    path.write_bytes(orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2) + b"\n")
    to_disk(path)


def _sha256(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
