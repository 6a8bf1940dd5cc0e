"""A database that was copied, restored or put back begins a new epoch when it is served; one that was not does not."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from app.database import Database, renew_epoch, serving
from tests.support.postgres import Postgres

ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def epoch(url: str | Path) -> uuid.UUID:
    """The epoch under which this database is served now."""
    with serving(f"sqlite:///{url}" if isinstance(url, Path) else url, 2) as database:
        return database.server().epoch


@pytest.fixture
def path(database_url: str) -> Path:
    return Path(database_url.removeprefix("sqlite:///"))


def test_a_restart_is_no_new_epoch(database_url: str) -> None:
    assert len({epoch(database_url) for _ in range(3)}) == 1


def test_a_server_keeps_its_id(database_url: str, database: Database) -> None:
    before = epoch(database_url)
    database.write(renew_epoch)
    after = database.server()
    assert epoch(database_url) == after.epoch != before


@ONLY_SQLITE
def test_a_kill_is_no_new_epoch(path: Path) -> None:
    before = epoch(path)
    dying = "import os, sys; from app.database import serving\nwith serving(sys.argv[1], 2): os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", dying, f"sqlite:///{path}"], check=False).returncode == -9
    assert epoch(path) == before


@ONLY_SQLITE
def test_a_move_within_the_disk_is_no_new_epoch(path: Path) -> None:
    before = epoch(path)
    folder = path.parent / "elsewhere"
    folder.mkdir()
    for name in (path.name, f"{path.name}-serving"):
        (path.parent / name).rename(folder / name)
    assert epoch(folder / path.name) == before


def copied_alone(path: Path) -> Path:
    return Path(shutil.copy(path, path.parent / "other.db"))


def copied_with_its_note(path: Path) -> Path:
    folder = path.parent / "elsewhere"
    folder.mkdir()
    for name in (path.name, f"{path.name}-serving"):
        shutil.copy2(path.parent / name, folder)
    return folder / path.name


def moved_without_its_note(path: Path) -> Path:
    os.remove(f"{path}-serving")
    return path


def put_back_over_itself(path: Path) -> Path:
    """`cp` writes into the file that is there: the same inode, with an older content."""
    copy = shutil.copy(path, path.parent / "older.db")
    epoch(path)
    shutil.copy(copy, path)
    return path


def torn_note(path: Path) -> Path:
    Path(f"{path}-serving").write_text('{"process": 1, "ma')
    return path


@ONLY_SQLITE
@pytest.mark.parametrize(
    "copied", [copied_alone, copied_with_its_note, moved_without_its_note, put_back_over_itself, torn_note]
)
def test_a_copy_is_a_new_epoch(path: Path, copied: Callable[[Path], Path]) -> None:
    before = epoch(path)
    copy = copied(path)
    after = epoch(copy)
    assert after != before
    assert epoch(copy) == after


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_copy_within_a_cluster_is_a_new_epoch(database_url: str, postgres: Postgres) -> None:
    before = epoch(database_url)
    name = database_url.partition("@/")[2].partition("?")[0]
    postgres.execute(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
    try:
        assert epoch(postgres.url(f"{name}_copy")) != before
        assert epoch(database_url) == before
    finally:
        postgres.execute(f"DROP DATABASE {name}_copy WITH (FORCE)")
