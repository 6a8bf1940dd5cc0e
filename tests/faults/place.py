"""Where a fieldwork takes place: a database, and a process of the server over it. Both can be put back."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel, col, select

from app.access.enrol import enrol, revoke
from app.access.policy import Role
from app.access.tables import Holder
from app.cli.documents import Document, publish
from app.database import Work, renew_epoch
from app.database.engines import sqlite
from app.scoring.tables import ScoredInterview
from app.settings import Settings
from app.submissions.identity import spelled
from app.submissions.receipt import Status
from app.submissions.tables import Batch, SetAside, Submission
from tests.support.in_process import InProcess
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, version_of

TABLETS = ("tablet 1", "tablet 2", "tablet 3")
LATER_VERSIONS, LATER_COMMUNITY = ("2", "3"), "east.1"
EAST = {"code": LATER_COMMUNITY, "name": "Timur", "level": "kelurahan", "parent": "city"}
DOCUMENTS: dict[str, Document] = {
    "communities": Document("test", "communities", COMMUNITIES),
    "form": Document("test", "form", FORM),
    "framework": Document("test", "framework", FRAMEWORK),
    LATER_COMMUNITY: Document("test", "communities", [*COMMUNITIES, EAST]),
    **{each: Document("test", "form", version_of(FORM, each)) for each in LATER_VERSIONS},
}
EVERY_TABLE = [table.name for table in SQLModel.metadata.sorted_tables]
"""Every table, those that others refer to first."""


class Place:
    """Subclasses know how to copy their kind of database. Close it after the last run."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._runs = 0
        self.process = InProcess(Settings(database_url=url))
        self.process.start()
        self.publish("communities", "form", "framework")
        self.tokens = {name: self.enrol(name) for name in TABLETS}
        self.copy_to("beginning")

    def begin(self) -> None:
        """Everything as before the first run, in a generation that no other run has."""
        self.copy_from("beginning")
        self._runs += 1
        self.write(lambda session: session.execute(text(f"UPDATE server SET generation = {self._runs * 1000}")))

    def restart(self) -> None:
        self.process.stop()
        self.process.start()

    def close(self) -> None:
        self.process.stop()
        self.process.close()

    def restore(self) -> None:
        """Put the backup in the place of the database. What comes back is another server: its epoch is a new one."""
        self.copy_from("backup")
        self.write(self.renew_epoch)
        self.restart()

    @staticmethod
    def renew_epoch(session: Session) -> None:
        renew_epoch(session)

    def copy_to(self, name: str) -> None:
        raise NotImplementedError

    def copy_from(self, name: str) -> None:
        raise NotImplementedError

    @property
    def epoch(self) -> str:
        return str(self.process.app.state.identity()["epoch"])

    def write(self, work: Work[Any]) -> Any:
        return self.process.database.write(work)

    def publish(self, *names: str) -> None:
        self.write(lambda session: publish(session, [DOCUMENTS[name] for name in names]))

    def enrol(self, name: str) -> str:
        return str(self.write(lambda session: enrol(session, name, Role.ENUMERATOR, [], now=datetime.now(UTC), days=9)))

    def revoke(self, name: str) -> None:
        self.write(lambda session: revoke(session, name, now=datetime.now(UTC)))

    def tallies(self) -> dict[str, Any]:
        """What the tables hold, as `Reference.tallies` says it, and what counts in the scores."""
        columns = (Submission.instance_id, Submission.state, Submission.seq, Holder.name)
        rows = select(*columns).outerjoin(Holder, col(Holder.id) == Submission.device_id).order_by(col(Submission.seq))
        asides = select(SetAside.instance_id, SetAside.kind, SetAside.settled_at)
        sums = select(*(getattr(Batch, status) for status in Status))
        counting = select(ScoredInterview.instance_id).where(ScoredInterview.counts)
        with self.process.database.read() as session:
            kept = [(spelled(instance_id), *more) for instance_id, *more in session.execute(rows)]
            aside = [(spelled(row[0]), row[1], row[2] is not None) for row in session.execute(asides)]
            told = [Counter(dict(zip(Status, row, strict=True))) for row in session.execute(sums)]
            counted = [spelled(instance_id) for instance_id in session.scalars(counting)]
        return {
            "states": {instance_id: str(state) for instance_id, state, _, _ in kept},
            "order": [instance_id for instance_id, _, seq, _ in kept if seq],
            "brought": {instance_id: name for instance_id, _, seq, name in kept if seq},
            "aside": sorted(aside),
            "told": {str(status): number for status, number in sum(told, Counter()).items()},
            "counted": sorted(counted),
        }


class OnSqlite(Place):
    """The file is replaced by SQLite's own backup, under the open connections of the server."""

    def copy_to(self, name: str) -> None:
        self._copy(self._file, f"{self._file}.{name}")

    def copy_from(self, name: str) -> None:
        self._copy(f"{self._file}.{name}", self._file)

    @property
    def _file(self) -> str:
        return make_url(self.url).database or ""

    @staticmethod
    def _copy(source: str, target: str) -> None:
        # The application's own SQLite: a second library in one process would undo the locks of the first.
        ends = [sqlite.connect(source), sqlite.connect(target)]
        ends[0].backup(ends[1])
        for end in ends:
            end.close()


class OnPostgresql(Place):
    """All rows are copied to another schema and back, and so is the number that came last."""

    def copy_to(self, name: str) -> None:
        copies = [f"CREATE TABLE {name}.{table} AS TABLE public.{table}" for table in EVERY_TABLE]
        last_seq = f"CREATE TABLE {name}.last AS SELECT last_value, is_called FROM submission_seq"
        self._run(f"DROP SCHEMA IF EXISTS {name} CASCADE", f"CREATE SCHEMA {name}", last_seq, *copies)

    def copy_from(self, name: str) -> None:
        copies = [f"INSERT INTO public.{table} SELECT * FROM {name}.{table}" for table in EVERY_TABLE]
        last_seq = f"SELECT setval('submission_seq', last_value, is_called) FROM {name}.last"
        self._run(f"TRUNCATE {', '.join(EVERY_TABLE)}", *copies, last_seq)

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("BEGIN; " + "; ".join(statements) + "; COMMIT")
