"""The statements of the intake, made ready once a database."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    BindParameter,
    Dialect,
    String,
    Table,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    not_,
    select,
    union_all,
    update,
)

from app.database import Ready, ReadyQuery, ReadyRows, insert_into, made_once, table_of
from app.scoring.tables import ScoredInterview
from app.submissions.lineage import State
from app.submissions.tables import Batch, Correction, Erasure, Heartbeat, SetAside, Submission


@dataclass(frozen=True)
class Statements:
    """What each takes stands in its columns."""

    known_first: ReadyQuery
    known_aside: ReadyQuery
    note_heartbeats: ReadyRows
    claim_batches: ReadyRows
    answer_batch: Ready
    insert_submissions: ReadyRows
    insert_set_aside: ReadyRows
    insert_contributions: ReadyRows
    last_seq: Ready


@made_once
def statements(dialect: Dialect) -> Statements:
    """The statements for the database at hand."""
    insert = partial(insert_into, dialect=dialect)
    submission, aside, batch, heartbeat = table_of(Submission), table_of(SetAside), table_of(Batch), table_of(Heartbeat)
    contribution, first, answer = table_of(ScoredInterview), submission.c, set(batch.c.keys())
    answer -= {"device_id", "batch_id", "sha256", "received_at"}
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    is_announced = first.state == literal_column(f"'{State.ANNOUNCED}'")
    # What has come and has no content any more was erased.
    known_first = select(first.instance_id, first.sha256, first.seq, cast(first.flags, String)).where(
        not_(is_announced)
    )
    known_aside = select(
        aside.c.instance_id,
        aside.c.sha256,
        aside.c.seq,
        # What a coordinator has begun to correct waits for its replay, so that no correction is passed over.
        and_(aside.c.kind == literal_column("'held'"), aside.c.settled_at.is_(None), not_(_corrected(aside))),
    )
    claim = insert(batch).on_conflict_do_nothing().returning(batch.c.device_id, batch.c.batch_id)
    keep_aside = insert(aside).on_conflict_do_nothing().returning(aside.c.instance_id, aside.c.sha256)
    keep = _replacing(insert(submission), submission, "instance_id", keep="state", only=is_announced).returning(
        case((first.state != literal_column(f"'{State.CURRENT}'"), first.instance_id))
    )
    numbered = union_all(*map(_last, (submission, aside, table_of(Erasure))))
    return Statements(
        known_first=ReadyQuery(known_first.where(first.instance_id.in_(ids)), dialect),
        known_aside=ReadyQuery(known_aside.where(aside.c.instance_id.in_(ids)), dialect),
        note_heartbeats=ReadyRows(_replacing(insert(heartbeat), heartbeat, "device_id"), heartbeat, dialect),
        claim_batches=ReadyRows(claim, batch, dialect),
        answer_batch=Ready(
            update(batch)
            .where(batch.c.device_id == bindparam("of_device"), batch.c.batch_id == bindparam("of_batch"))
            .values({name: bindparam(f"new_{name}") for name in sorted(answer)}),
            dialect,
        ),
        insert_submissions=ReadyRows(keep, submission, dialect),
        insert_set_aside=ReadyRows(keep_aside, aside, dialect),
        insert_contributions=ReadyRows(insert(contribution), contribution, dialect),
        last_seq=Ready(select(func.max(numbered.subquery().c.seq)), dialect),
    )


def _corrected(aside: Table) -> Any:
    of = table_of(Correction).c
    return exists().where(of.instance_id == aside.c.instance_id, of.sha256 == aside.c.sha256)


def _replacing(insert: Any, table: Table, key: str, *, keep: str = "", only: Any = None) -> Any:
    """An insert that replaces the row with its key, all of it but the column `keep`, if `only` holds for that row."""
    names = {column.name for column in table.columns} - {key, keep}
    replaced = {name: insert.excluded[name] for name in sorted(names)}
    return insert.on_conflict_do_update(index_elements=[key], set_=replaced, where=only)


def _last(table: Table) -> Any:
    return select(func.coalesce(func.max(table.c.seq), 0).label("seq"))
