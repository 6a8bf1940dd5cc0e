"""An embedded database is served by one process, whichever way another reaches the file. Commands work beside it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.database import serving
from app.database.claim import Claim, Occupied
from app.settings import Settings
from tests.support.commands import call, environment, seconds_until
from tests.support.postgres import free_port

HOLD = """
import sys, time
from app.database import serving
with serving(sys.argv[1], 2):
    print("on", flush=True)
    time.sleep(60)
"""
ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def path(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


@pytest.fixture
def served(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Another process that serves the database."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, settings.database_url], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "on\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def by_symlink(path: Path) -> Path:
    (path.parent / "link.db").symlink_to(path)
    return path.parent / "link.db"


def by_linked_folder(path: Path) -> Path:
    (path.parent / "folder").symlink_to(path.parent, target_is_directory=True)
    return path.parent / "folder" / path.name


def by_way_round(path: Path) -> Path:
    return path.parent / ".." / path.parent.name / path.name


def by_relative(path: Path) -> Path:
    return Path(os.path.relpath(path))


@ONLY_SQLITE
@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("other", [Path, by_symlink, by_linked_folder, by_way_round, by_relative])
def test_a_second_one_is_refused(path: Path, other: Callable[[Path], Path]) -> None:
    with pytest.raises(Occupied, match="served by another process"), serving(f"sqlite:///{other(path)}", 2):
        pass


@ONLY_SQLITE
def test_a_hard_link_is_refused(path: Path) -> None:
    os.link(path, path.parent / "second.db")
    with pytest.raises(Occupied, match="hard link"), serving(f"sqlite:///{path}", 2):
        pass


@ONLY_SQLITE
def test_the_refusal_names_the_process(served: subprocess.Popen[str], settings: Settings) -> None:
    told = call(environment(settings), "serve", "--port", free_port())
    assert (told.code, told.out) == (1, "")
    assert f"({served.pid})" in told.err
    assert len(told.err.splitlines()) == 1
    play = call(environment(settings), "demo")
    assert play.code == 1
    assert "--url" in play.err or "published" in play.err


@ONLY_SQLITE
@pytest.mark.usefixtures("served")
def test_commands_work_beside_it(settings: Settings, tmp_path: Path) -> None:
    enrolled = call(environment(settings), "enrol", "tablet", "--role", "enumerator", "--json")
    assert enrolled.code == 0
    assert call(environment(settings), "backup", tmp_path / "copy.db").code == 0
    assert call(environment(settings), "revoke", "tablet").code == 0


@ONLY_SQLITE
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_is_free_however_the_process_ends(served: subprocess.Popen[str], path: Path, how: signal.Signals) -> None:
    served.send_signal(how)
    served.wait()

    def free() -> bool:
        try:
            Claim(path).release()
        except Occupied:
            return False
        return True

    seconds_until(free)


@ONLY_SQLITE
def test_several_workers_need_postgresql(settings: Settings) -> None:
    told = call(environment(settings), "serve", "--workers", "2", "--port", free_port())
    assert told.code == 1
    assert "PostgreSQL" in told.err


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_is_served_by_many(settings: Settings) -> None:
    with serving(settings.database_url, 2) as one, serving(settings.database_url, 2) as other:
        assert one.server().epoch == other.server().epoch
