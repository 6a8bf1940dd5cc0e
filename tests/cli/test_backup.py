"""`tangguh backup` makes a copy that is whole, and `tangguh restore` puts it back without losing what was there."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.database import serving
from app.settings import Settings
from tests.cli.conftest import Tangguh
from tests.support import village

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def path(settings: Settings) -> Path:
    return settings.data / "tangguh.db"


@pytest.fixture
def copy(tangguh: Tangguh, write: Callable[..., Path], tmp_path: Path) -> Path:
    """A copy of a database that holds a form."""
    assert tangguh("publish", write("form.json", village.FORM)).code == 0
    assert tangguh("backup", tmp_path / "copy.db").code == 0
    return tmp_path / "copy.db"


def forms(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT form_id FROM form_version")]


def test_a_copy_is_one_file_with_its_manifest(copy: Path) -> None:
    manifest = json.loads(Path(f"{copy}.json").read_text())
    assert manifest["sha256"] == hashlib.sha256(copy.read_bytes()).hexdigest()
    assert manifest["bytes"] == copy.stat().st_size
    assert forms(copy) == ["household"]
    assert {each.name for each in copy.parent.glob("copy*")} == {"copy.db", "copy.db.json"}


def test_a_copy_is_never_overwritten(tangguh: Tangguh, copy: Path) -> None:
    before = copy.read_bytes()
    again = tangguh("backup", copy)
    assert (again.code, len(again.err.splitlines())) == (1, 1)
    assert "never overwritten" in again.err
    assert copy.read_bytes() == before


def test_in_a_folder_it_gets_a_name(tangguh: Tangguh, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    file = Path(tangguh("backup", tmp_path / "copies", "--json").json["file"])
    assert file.parent == tmp_path / "copies"
    assert forms(file) == []


def test_it_works_beside_a_server_that_writes(tangguh: Tangguh, settings: Settings, tmp_path: Path) -> None:
    with serving(settings.database_url, 2) as database:
        waiting = [
            database.submit(lambda session: session.connection().exec_driver_sql("UPDATE server SET seq = seq + 1"))
            for _ in range(50)
        ]
        manifest = tangguh("backup", tmp_path / "copy.db", "--json").json
        for each in waiting:
            each.result()
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        assert connection.execute("SELECT seq FROM server").fetchone() == (manifest["durable_seq"],)


def test_it_comes_back_and_the_other_is_kept_aside(tangguh: Tangguh, copy: Path, path: Path) -> None:
    path.unlink()
    assert tangguh("restore", copy).code == 0
    assert forms(path) == ["household"]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM form_version")
    done = tangguh("restore", copy, "--force", "--json").json
    assert (forms(path), forms(Path(done["aside"]))) == (["household"], [])
    assert done["epoch"].replace("-", "") != done["restored"]["epoch"]


def test_a_database_that_holds_data_is_not_replaced(tangguh: Tangguh, copy: Path, path: Path) -> None:
    before = path.read_bytes()
    refused = tangguh("restore", copy)
    assert refused.code == 1
    assert "--force" in refused.err
    assert path.read_bytes() == before
    path.write_bytes(b"no database at all, " * 1_000)
    assert "--force" in tangguh("restore", copy).err
    assert tangguh("restore", copy, "--force").code == 0
    assert forms(path) == ["household"]


def test_what_still_stood_in_the_log_is_kept_aside_too(tangguh: Tangguh, copy: Path, path: Path) -> None:
    """As after a power cut: the file alone is not all of the database."""
    with serving(f"sqlite:///{path}", 2) as database:
        database.write(lambda session: session.connection().exec_driver_sql("UPDATE server SET seq = 77"))
        left = {ending: Path(f"{path}{ending}").read_bytes() for ending in ("", "-wal")}
    for ending, content in left.items():
        Path(f"{path}{ending}").write_bytes(content)
    aside = Path(tangguh("restore", copy, "--force", "--json").json["aside"])
    for file, seq in ((path, 0), (aside, 77)):
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("SELECT seq FROM server").fetchone() == (seq,)


def test_nothing_is_replaced_under_a_server(tangguh: Tangguh, settings: Settings, copy: Path) -> None:
    with serving(settings.database_url, 2):
        refused = tangguh("restore", copy, "--force")
    assert refused.code == 1
    assert "served by another process" in refused.err


@pytest.mark.parametrize("damage", ["changed", "cut", "another", "empty"])
def test_a_damaged_copy_is_refused(tangguh: Tangguh, copy: Path, path: Path, damage: str) -> None:
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    spoilt = {"changed": bytes(content), "cut": copy.read_bytes()[:20_000], "another": b"PK" * 999, "empty": b""}
    copy.write_bytes(spoilt[damage])
    before = path.read_bytes()
    refused = tangguh("restore", copy, "--force")
    assert (refused.code, len(refused.err.splitlines())) == (1, 1)
    assert path.read_bytes() == before


def test_without_its_manifest_a_copy_is_still_looked_through(tangguh: Tangguh, copy: Path) -> None:
    Path(f"{copy}.json").unlink()
    assert tangguh("restore", copy, "--force").code == 0
    copy.write_bytes(copy.read_bytes()[:20_000])
    assert tangguh("restore", copy, "--force").code == 1


def test_a_database_with_a_log_beside_it_is_no_copy(tangguh: Tangguh, copy: Path) -> None:
    Path(f"{copy}-wal").touch()
    assert "tangguh backup" in tangguh("restore", copy, "--force").err
