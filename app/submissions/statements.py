"""The statements of the intake, built once a database: to build one anew for every batch costs more than to run it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Table, and_, bindparam, exists, func, not_, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import Executable
from sqlmodel import Session, SQLModel

from app.scoring.tables import ScoredInterview
from app.submissions.lineage import State
from app.submissions.tables import Batch, Correction, Erasure, Heartbeat, SetAside, Submission


@dataclass(frozen=True)
class Statements:
    """What each takes stands in its columns; those with `ids` take a list of UUIDs."""

    known_first: Executable
    known_aside: Executable
    note_heartbeat: Executable
    claim_batch: Executable
    answer_batch: Executable
    insert_submissions: Executable
    insert_set_aside: Executable
    insert_contributions: Executable
    announce: Executable
    last_seq: Executable


def statements(session: Session) -> Statements:
    """The statements for the database at hand."""
    return _built(session.get_bind().dialect.name)


@cache
def _built(dialect: str) -> Statements:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    submission, aside, batch, heartbeat = _table(Submission), _table(SetAside), _table(Batch), _table(Heartbeat)
    among: BindParameter[Any] = bindparam("ids", expanding=True)
    first = submission.c
    return Statements(
        known_first=select(first.instance_id, first.sha256, first.seq, first.flags).where(
            first.instance_id.in_(among), first.state != State.ANNOUNCED
        ),
        known_aside=select(
            aside.c.instance_id,
            aside.c.sha256,
            aside.c.seq,
            # What a coordinator has begun to correct waits for its replay, so that no correction is passed over.
            and_(aside.c.kind == "held", aside.c.settled_at.is_(None), not_(_corrected(aside))),
        ).where(aside.c.instance_id.in_(among)),
        note_heartbeat=_replacing(insert(heartbeat), heartbeat, "device_id"),
        claim_batch=insert(batch).on_conflict_do_nothing().returning(batch.c.batch_id),
        answer_batch=update(batch).where(
            batch.c.device_id == bindparam("of_device"), batch.c.batch_id == bindparam("of_batch")
        ),
        insert_submissions=_replacing(
            insert(submission), submission, "instance_id", keep="state", only=first.state == State.ANNOUNCED
        ).returning(first.instance_id, first.state),
        insert_set_aside=insert(aside).on_conflict_do_nothing().returning(aside.c.instance_id, aside.c.sha256),
        insert_contributions=insert(_table(ScoredInterview)),
        announce=insert(submission).on_conflict_do_nothing(),
        last_seq=select(func.max(union_all(*map(_last, (submission, aside, _table(Erasure)))).subquery().c.seq)),
    )


def _corrected(aside: Table) -> Any:
    of = _table(Correction).c
    return exists().where(of.instance_id == aside.c.instance_id, of.sha256 == aside.c.sha256)


def _replacing(insert: Any, table: Table, key: str, *, keep: str = "", only: Any = None) -> Any:
    """An insert that replaces the row with its key, all of it but the column `keep`, if `only` holds for that row."""
    names = {column.name for column in table.columns} - {key, keep}
    replaced = {name: insert.excluded[name] for name in sorted(names)}
    return insert.on_conflict_do_update(index_elements=[key], set_=replaced, where=only)


def _last(table: Table) -> Any:
    return select(func.coalesce(func.max(table.c.seq), 0).label("seq"))


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]
