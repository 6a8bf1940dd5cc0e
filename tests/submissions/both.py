"""The same server on both databases, for what must be answered alike."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.submissions.household import COMMUNITIES, FORM, FRAMEWORK
from tests.support.postgres import Postgres
from tests.support.server import Caller, Server


@contextmanager
def tablets_of_both(folder: Path, template: Path, postgres: Postgres) -> Iterator[list[Caller]]:
    """The same tablet at a server on SQLite and at one on PostgreSQL."""
    shutil.copy(template, folder / "tangguh.db")
    name = f"both_{uuid.uuid4().hex}"
    postgres.execute(f"CREATE DATABASE {name} TEMPLATE template_tangguh")
    with ExitStack() as stack:
        tablets = []
        for url in (f"sqlite:///{folder / 'tangguh.db'}", postgres.url(name)):
            app = create_app(Settings(database_url=url, data=folder))
            server = Server(app, stack.enter_context(TestClient(app)))
            server.publish(COMMUNITIES, FORM, FRAMEWORK)
            tablets.append(server.enrol(name="tablet"))
        yield tablets
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")
