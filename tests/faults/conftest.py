"""Servers to be ended, and places where fieldworks are played."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.place import OnSqlite, Place
from tests.faults.processes import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture
def quiet() -> Iterator[None]:
    """Thousands of crashes on purpose are not worth a line each."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: no power is cut here, so that the disk's pace is of no use."""
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="tgh-", dir=shm if shm.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def sqlite_place(memory: Path, sqlite_template: Path, quiet: None) -> Iterator[Place]:
    shutil.copy(sqlite_template, memory / "tangguh.db")
    place = OnSqlite(f"sqlite:///{memory / 'tangguh.db'}")
    yield place
    place.close()
