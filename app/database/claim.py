"""The right to serve a database file: one process at a time, whichever way it reached the file."""

import fcntl
import json
import os
from pathlib import Path
from secrets import token_hex


class Occupied(Exception):
    """Somebody else serves the database file, or might without our seeing it."""


class Claim:
    """Held from its making until `release`, and gone with the process however that ends.

    The lock is on a note beside the file itself, found through every link to it. In the note stands a mark that is
    renewed whenever serving begins and ends, and the same mark stands in the database: an older state of the same
    file has an older mark, and a copy elsewhere has another place.
    """

    def __init__(self, database_file: Path) -> None:
        self._database_file = database_file.resolve()
        self._note = os.open(f"{self._database_file}-serving", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._note, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._must_have_one_name()
        except BlockingIOError:
            server = self._read().get("process", "unknown")
            os.close(self._note)
            raise Occupied(
                f"{self._database_file} is served by another process already ({server}). Stop that one first. "
                "SQLite has one writer, so one process serves it; for several use PostgreSQL."
            ) from None
        except Occupied:
            os.close(self._note)
            raise

    def place(self) -> str:
        """Where the file is and with which mark it was left there last."""
        return self._place(self._read().get("mark", ""))

    def next_place(self) -> tuple[str, str]:
        """A new mark, and the place that has it."""
        mark = token_hex(8)
        return mark, self._place(mark)

    def leave(self, mark: str) -> None:
        """Write the mark into the note, on disk."""
        note = json.dumps({"process": os.getpid(), "mark": mark}).encode()
        os.pwrite(self._note, note, 0)
        os.ftruncate(self._note, len(note))
        os.fsync(self._note)

    def release(self) -> None:
        os.close(self._note)

    def _place(self, mark: str) -> str:
        # The number of a device may change at a restart of the machine; the number of its file system stays.
        return f"{os.statvfs(self._database_file).f_fsid:x}-{self._database_file.stat().st_ino}-{mark}"

    def _read(self) -> dict[str, str]:
        try:
            return dict(json.loads(os.pread(self._note, 1_000, 0)))
        except ValueError:
            return {}

    def _must_have_one_name(self) -> None:
        # SQLite keeps its log beside the name by which the file was opened; under two names there would be two logs.
        if self._database_file.exists() and self._database_file.stat().st_nlink > 1:
            raise Occupied(f"{self._database_file} has a second name (a hard link). Remove one of the two names first.")
