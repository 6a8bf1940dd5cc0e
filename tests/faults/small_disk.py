"""Disks that fill up: a real small file system where the tests may mount one, else a limit on the server's files."""

import resource
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

BYTES = 4_000_000


class SmallDisk(Protocol):
    """`folder` takes about `BYTES` until there is room again."""

    folder: Path

    def __init__(self, folder: Path) -> None: ...

    def limit(self, pid: int) -> None:
        """From now on the disk is small for this process."""

    def make_room(self, pid: int) -> None: ...

    def close(self) -> None: ...


class Mounted:
    """A tmpfs of its own, half of it taken by something else that can be deleted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={2 * BYTES}", "tmpfs", folder], check=True)
        self._ballast = folder / "ballast"
        self._ballast.write_bytes(bytes(BYTES))

    def limit(self, pid: int) -> None:
        """It is small for everybody."""

    def make_room(self, pid: int) -> None:
        self._ballast.unlink()

    def fill(self) -> None:
        """Leave not one byte."""
        with (self.folder / "rest").open("wb") as rest:
            rest.write(bytes(shutil.disk_usage(self.folder).free))

    def close(self) -> None:
        subprocess.run(["umount", self.folder], check=True)


class Limited:
    """No file of the server may grow beyond the limit: the kernel refuses the write as a full disk would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def limit(self, pid: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (BYTES // 2, resource.RLIM_INFINITY))

    def make_room(self, pid: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def close(self) -> None: ...


def may_mount() -> bool:
    """Whether this user may mount a file system here: root on a machine of its own, seldom in a container."""
    with TemporaryDirectory() as folder:
        try:
            subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return False
        subprocess.run(["umount", folder], check=True)
        return True
