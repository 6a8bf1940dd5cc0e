"""Which machine was measured: what a reader needs in order to compare figures."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psycopg

from app.database.engines import journal, sqlite
from benchmarks.rig.serving import plain

PACKAGES = ("fastapi", "uvicorn", "sqlalchemy", "pydantic", "orjson", "psycopg")


def describe(url: str, folder: Path) -> dict[str, str]:
    """The machine, its disk under the folder, and the versions of what was measured."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "disk": _disk(folder),
        "system": f"{platform.system()} {platform.release()}",
        "database": _postgresql(url) if url else _sqlite(),
        "versions": ", ".join(
            [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
        ),
        "load": "{:.2f} before, {:.2f} in the quarter of an hour before".format(*os.getloadavg()[::2]),
    }


def _processor() -> str:
    lines = _lines("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _disk(folder: Path) -> str:
    """The file system that holds the folder."""
    mounts = [line.split() for line in _lines("/proc/mounts")]
    holding = [each for each in mounts if folder.resolve().is_relative_to(each[1])]
    if not holding:
        return "unknown"
    return max(holding, key=lambda each: len(each[1]))[2]


def _sqlite() -> str:
    mode, synchronous = journal()
    return f"SQLite {sqlite.sqlite_version} ({sqlite.__name__}), journal_mode={mode}, synchronous={synchronous}"


def _postgresql(url: str) -> str:
    with psycopg.connect(plain(url)) as connection:
        shown = [connection.execute(f"SHOW {name}".encode()).fetchone() for name in ("server_version", *_DURABILITY)]
    number, *durability = [row[0] for row in shown if row]
    return f"PostgreSQL {number}, " + ", ".join(f"{n}={v}" for n, v in zip(_DURABILITY, durability, strict=True))


_DURABILITY = ("fsync", "synchronous_commit", "wal_sync_method", "shared_buffers")


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
