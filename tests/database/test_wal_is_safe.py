"""Which versions of SQLite may use the write-ahead log, and that ours is one of them."""

import json
import sqlite3
import subprocess
import sys

import pytest

from app.database import Database
from app.database.engines import journal, sqlite, wal_is_safe

VERSIONS = {
    (3, 7, 0): False,
    (3, 34, 1): False,
    (3, 40, 1): False,
    (3, 44, 5): False,
    (3, 44, 6): True,
    (3, 45, 0): False,
    (3, 46, 1): False,
    (3, 50, 6): False,
    (3, 50, 7): True,
    (3, 51, 0): False,
    (3, 51, 2): False,
    (3, 51, 3): True,
    (3, 52, 0): True,
    (3, 53, 4): True,
    (4, 0, 0): True,
}


@pytest.mark.parametrize("version", VERSIONS)
def test_only_versions_without_the_reset_bug_use_it(version: tuple[int, int, int]) -> None:
    assert wal_is_safe(version) is VERSIONS[version]
    assert journal(version) == (("wal", "full") if VERSIONS[version] else ("truncate", "extra"))


def test_the_installed_version_is_safe() -> None:
    assert wal_is_safe(sqlite.sqlite_version_info)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_database_is_as_durable_as_it_says(database: Database) -> None:
    assert database.durability()["durability"] == "journal_mode=wal synchronous=full"
    assert database.write(lambda session: session.connection().exec_driver_sql("PRAGMA journal_mode").scalar()) == "wal"
    assert database.write(lambda session: session.connection().exec_driver_sql("PRAGMA synchronous").scalar()) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_reader_cannot_write(database: Database) -> None:
    with database.read() as session, pytest.raises(Exception, match="readonly"):
        session.connection().exec_driver_sql("DELETE FROM server")


SERVE_WITH_PYTHONS_OWN = """
import json, logging, sys
sys.modules["pysqlite3"] = None
logging.basicConfig(format="%(message)s")
from fastapi.testclient import TestClient
from app.main import create_app
from app.settings import Settings
with TestClient(create_app(Settings(database_url=sys.argv[1]))) as client:
    print(json.dumps(client.get("/healthz").json()))
"""


@pytest.mark.skipif(wal_is_safe(sqlite3.sqlite_version_info), reason="Python's own SQLite is safe here")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_vulnerable_version_does_without_and_says_so(database_url: str) -> None:
    command = [sys.executable, "-c", SERVE_WITH_PYTHONS_OWN, database_url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert (told["version"], told["durability"]) == (sqlite3.sqlite_version, "journal_mode=truncate synchronous=extra")
    (warning,) = told["warnings"]
    assert sqlite3.sqlite_version in warning
    assert "pysqlite3" in warning
    assert warning in done.stderr
