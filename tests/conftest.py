"""Fixtures that all tests share. Whatever touches a database runs on SQLite and on a real PostgreSQL."""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from fastapi.testclient import TestClient

from app.database import Database
from app.main import create_app
from app.settings import Settings
from tests.support.postgres import Postgres
from tests.support.server import Server

# How long an example takes says more about what else the machine does than about the law that it tests.
hypothesis.settings.register_profile("no_deadline", deadline=None)
hypothesis.settings.load_profile("no_deadline")

FIRST_SEED = 20_261
"""The fault harnesses of an ordinary run are always dealt the same faults; a soak is dealt new ones."""

SHARED = Path(__file__).parents[2] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", type=int, default=1, metavar="N", help="run the fault harnesses N times as long")
    parser.addoption("--seed", type=int, default=None, metavar="S", help="deal the faults of this seed")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.seed is None:
        config.option.seed = FIRST_SEED if config.option.soak == 1 else secrets.randbelow(2**32)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for outcome in ("passed", "failed"):
        for test in terminalreporter.getreports(outcome):
            for name, value in test.user_properties:
                terminalreporter.write_line(f"{test.nodeid} {name}: {value}")
    terminalreporter.write_line(f"dealt with --seed {config.option.seed} --soak {config.option.soak}")


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> int:
    """How many times as long a fault harness shall run: 1 in the ordinary suite."""
    return int(request.config.option.soak)


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """Decides the faults. `--seed` with the number that a run prints deals the same ones again."""
    return int(request.config.option.seed)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of golden tables beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with the golden tables is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    url = server.url("template_tangguh")
    server.execute("CREATE DATABASE template_tangguh")
    _migrate(url)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "tangguh.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database; each test that asks for it runs once on every database that we claim."""
    if request.param == "sqlite":
        path = tmp_path / "tangguh.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"t{abs(hash(request.node.nodeid))}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE template_tangguh")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data=tmp_path)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """The application with its database, and an easy way to enrol, publish and speak with it."""
    app = create_app(settings)
    with TestClient(app) as client:
        yield Server(app, client)


def _migrate(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.close()
