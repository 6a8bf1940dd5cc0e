"""A database by its URL, with one way to read and one way to write."""

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar, cast

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app.database.changes import Changes, FileChanges
from app.database.columns import Server
from app.database.engines import file_of, journal, postgresql_engine, short_of_room, sqlite, sqlite_engine, unsafe
from app.database.scrub import scrub
from app.database.tasks import JointWork, Task, Work, alone
from app.database.writers import ManyWriters, OneWriter, Writer, doubtful
from app.problems import Unavailable

A = TypeVar("A")
T = TypeVar("T")

__all__ = ["Database", "Snapshot", "Work", "changed", "generation"]

LAST_MIGRATION = text("SELECT version_num FROM alembic_version")
GENERATION = text("SELECT generation FROM server")
SHARED_GENERATION = text("SELECT generation FROM server FOR SHARE")

MIGRATIONS = Path(__file__).parents[2] / "migrations"
HEAD = "0017"
"""The newest migration."""


class Database:
    """Call `migrate` once before the first use of a new database. `deadline_seconds` is how long PostgreSQL may take
    to answer one statement; SQLite waits only for its own disk."""

    def __init__(self, url: str, connections: int = 8, deadline_seconds: float | None = None) -> None:
        self.url = url
        self.kind = make_url(url).get_backend_name()
        self.embedded = self.kind == "sqlite"
        self.closed = False
        self._writer: Writer
        self._changes: Changes
        if self.embedded:
            Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
            self._writer = OneWriter(sqlite_engine(url, writes=True))
            self.engine = sqlite_engine(url, writes=False, connections=connections)
            self._changes = FileChanges(url)
        else:
            everything = postgresql_engine(url, connections, deadline_seconds)
            self._writer = ManyWriters(everything, 2)
            self.engine = everything.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            from app.database.notices import NotifiedChanges

            self._changes = NotifiedChanges(everything)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one moment of the database and cannot write. Raises `Unavailable`."""
        try:
            with Session(self.engine) as session:
                yield session
        except SQLAlchemyError as error:
            if doubtful(error):
                raise Unavailable from error
            raise

    def submit(self, work: Work[T]) -> "Future[T]":
        """Run the work in a transaction; the future is done after the commit, never before."""
        task = alone(work)
        self._writer.submit(task)
        return task.future

    def submit_joint(self, work: JointWork[A, T], item: A, size: int) -> "Future[T]":
        """Run the work for this item, in one transaction and one call with other items that wait for the same work.

        When the call raises, each of its items is tried alone. `size` is how much the item adds to such a call.
        """
        task = Task(work, item, size)
        self._writer.submit(task)
        return task.future

    def write(self, work: Work[T]) -> T:
        """Run the work and wait until it is on disk.

        Raises `Unavailable` on any doubt about that, and whatever the work itself raises (then nothing is kept).
        What it published or revoked counts in this process from now on.
        """
        value = self.submit(work).result()
        self.look_again()
        return value

    def on_commit(self, told: Callable[[int, float], None]) -> None:
        """Have this called after every commit with how many works it had and how many seconds it took."""
        self._writer.on_commit = told

    def generation(self) -> int:
        """A number that grows whenever any process publishes, enrols or revokes. Raises `Unavailable`."""
        try:
            return self._changes.generation()
        except (SQLAlchemyError, sqlite.Error) as error:
            raise Unavailable from error

    def look_again(self) -> None:
        """Ask the database itself for the generation next time."""
        self._changes.look_again()

    def at_reconnection(self, work: Work[None]) -> None:
        """Run the work whenever the connection to the database had been lost: it may be another one now."""
        self._changes.at_reconnection(lambda: self.submit(work))

    def migrate(self) -> None:
        """Bring the schema up to date, and give a new database its identity."""
        if not self._is_up_to_date():
            # Loaded only where there is something to do: a server at rest keeps its memory.
            from alembic import command
            from alembic.config import Config

            configuration = Config()
            configuration.set_main_option("script_location", str(MIGRATIONS))
            configuration.attributes["url"] = self.url
            command.upgrade(configuration, "head")
        self.write(_introduce)

    def _is_up_to_date(self) -> bool:
        try:
            with self.engine.connect() as connection:
                return bool(connection.scalar(LAST_MIGRATION) == HEAD)
        except SQLAlchemyError:
            return False

    def server(self) -> Server:
        """Who this server is; read-only."""
        with self.read() as session:
            return session.get_one(Server, 1)

    def durability(self) -> dict[str, str]:
        """Which database this is, its schema's migration, and how a commit reaches the disk."""
        with self.read() as session:
            migration = session.scalars(LAST_MIGRATION).one()
            if self.embedded:
                mode, synchronous = journal()
                version = sqlite.sqlite_version
                durability = f"journal_mode={mode} synchronous={synchronous}"
            else:
                version = session.scalars(text("SHOW server_version")).one()
                synchronous = session.scalars(text("SHOW synchronous_commit")).one()
                durability = f"synchronous_commit={synchronous}"
        return {"database": self.kind, "version": version, "migration": migration, "durability": durability}

    def warnings(self) -> list[str]:
        """What whoever runs this server should know about its database; a sentence each."""
        return [*unsafe(), *short_of_room(self.url)] if self.embedded else []

    def scrub(self) -> bool:
        """Leave no byte of what was deleted in the database's file. False when that could not be done now, and always
        for a server of its own, which keeps its files itself."""
        file = file_of(self.url)
        return file is not None and scrub(file)

    def close(self) -> None:
        self.closed = True
        self._writer.close()
        self._changes.close()
        self.engine.dispose()


class Snapshot(Generic[T]):
    """A value made from the database, and made again only after the generation has grown."""

    def __init__(self, database: Database, load: Callable[[Session], T]) -> None:
        self._database, self._load, self._lock = database, load, threading.Lock()
        self._generation = -1
        self._value = cast(T, None)

    def __call__(self) -> T:
        return self.at(self._database.generation())

    def at(self, generation: int) -> T:
        """The value, at least as new as this generation."""
        if generation != self._generation:
            with self._lock, self._database.read() as session:
                self._value = self._load(session)
                self._generation = generation
        return self._value


def generation(session: Session) -> int:
    """The generation as of this transaction. On PostgreSQL nothing can be published until the transaction ends."""
    is_shared = session.get_bind().dialect.name == "postgresql"
    return int(session.connection().execute(SHARED_GENERATION if is_shared else GENERATION).scalar_one())


def changed(session: Session) -> None:
    """Tell every process that published or access data change with this transaction."""
    session.execute(text("UPDATE server SET generation = generation + 1"))
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("NOTIFY tangguh"))


def _introduce(session: Session) -> None:
    if session.get(Server, 1) is None:
        session.add(Server(server_id=uuid.uuid4(), epoch=uuid.uuid4()))
