"""A statement made ready once does what SQLAlchemy would do with it, whatever the number of rows."""

import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from app.database import Database, ReadyQuery, ReadyRows, insert_into
from app.submissions.lineage import State
from app.submissions.review_state import ReviewState
from app.submissions.tables import Submission

TABLE = SQLModel.metadata.tables["submission"]
WIB = timezone(timedelta(hours=7))


def row(number: int) -> dict[str, Any]:
    """Every type of column, with and without a value, and texts that need care."""
    received_at = datetime(2026, 11, 21, 10, 0, 0, number, tzinfo=(UTC, WIB)[number % 2])
    return {
        "instance_id": uuid.UUID(int=number),
        "state": (State.CURRENT, State.ANNOUNCED)[number % 2],
        "seq": (number, 2**62, -1)[number % 3],
        "sha256": (None, bytes(32))[number % 2],
        "form_id": ("a", "'; --", "aé🌊", "")[number % 4],
        "version": "1",
        "deprecated_id": (None, uuid.UUID(int=number + 1))[number % 2],
        "community": (None, "33.74")[number % 2],
        "round": None,
        "enumerator": None,
        "refusal": number % 2 == 0,
        "review": (None, ReviewState.APPROVED)[number % 2],
        "flags": ([], [{"psu": "RW 4", "n": [1, None, 2.5]}])[number % 2],
        "files": [],
        "raw": (None, b"\0\xff'; --")[number % 2],
        "device_id": None,
        "device_seq": None,
        "synthetic": number % 3 == 0,
        "batch_id": None,
        "received_at": received_at,
        "started_at": None,
        "ended_at": None,
    }


def insert(database: Database, rows: list[dict[str, Any]]) -> list[int]:
    def work(session: Session) -> list[int]:
        dialect = session.get_bind().dialect
        ready = ReadyRows(insert_into(TABLE, dialect).on_conflict_do_nothing().returning(TABLE.c.seq), TABLE, dialect)
        return [seq for (seq,) in ready.run(session, rows)]

    return database.write(work)


@pytest.mark.parametrize("count", [1, 4, 5, 26, 131])
def test_rows_are_what_was_given(database: Database, count: int) -> None:
    rows = [row(number) for number in range(count)]
    assert sorted(insert(database, rows)) == sorted(each["seq"] for each in rows)
    with database.read() as session:
        found = {each.instance_id: each.model_dump() for each in session.scalars(select(Submission))}
    assert found == {each["instance_id"]: each for each in rows}


def test_what_is_there_is_not_returned(database: Database) -> None:
    insert(database, [row(number) for number in range(3)])
    assert insert(database, [row(number) for number in range(5)]) == [row(3)["seq"], row(4)["seq"]]


def test_values_that_change_are_written_as_they_are(database: Database) -> None:
    """The last value is remembered, but not when it is one that can be changed in place."""
    files: list[str] = []
    for number in range(2):
        files[:] = [f"{number}.jpg"]
        insert(database, [{**row(number), "files": files}])
    with database.read() as session:
        found = session.scalars(select(Submission).order_by(TABLE.c.instance_id)).all()
    assert [each.files for each in found] == [["0.jpg"], ["1.jpg"]]


def test_asking_for_ids(database: Database) -> None:
    insert(database, [row(number) for number in range(6)])
    ids = bindparam("ids", expanding=True)
    with database.read() as session:
        query = select(TABLE.c.version).where(TABLE.c.instance_id.in_(ids))
        ready = ReadyQuery(query, session.get_bind().dialect)
        for asked, found in ([1], 1), ([0, 5, 9], 2), ([9], 0):
            assert len(ready.rows(session, [uuid.UUID(int=each) for each in asked])) == found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_error_does_not_quote_the_row(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught:
        insert(database, [{**row(1), "state": None, "form_id": "a secret"}])
    assert "secret" not in str(caught.value)
