"""A statement made ready once does what SQLAlchemy would do with it, whatever the number of rows."""

import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from app.database import Database, ReadyQuery, ReadyRows, insert_into
from app.scoring.tables import ScoredInterview

TABLE = SQLModel.metadata.tables["scored_interview"]
WIB = timezone(timedelta(hours=7))


def row(number: int) -> dict[str, Any]:
    """Every type of column, with and without a value, and texts that need care."""
    return {
        "instance_id": uuid.UUID(int=number),
        "framework_id": ("a", "'; --", "aé🌊", "")[number % 4],
        "framework_version": "1",
        "seq": (number, 2**62, -1)[number % 3],
        "received_at": datetime(2026, 11, 21, 10, 0, 0, number, tzinfo=(UTC, WIB)[number % 2]),
        "community": (None, "33.74")[number % 2],
        "round": None,
        "counts": number % 2 == 0,
        "summed": number % 3,
        "approved": number % 5 == 0,
        "synthetic": number % 3 == 0,
        "weight": (None, 0.1, 1e300)[number % 3],
        "place": ({}, {"psu": "RW 4", "n": [1, None, 2.5]})[number % 2],
        "scores": {"evacuation": number / 7},
        "items": {},
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
        found = {each.instance_id: each.model_dump() for each in session.scalars(select(ScoredInterview))}
    assert found == {each["instance_id"]: each for each in rows}


def test_what_is_there_is_not_returned(database: Database) -> None:
    insert(database, [row(number) for number in range(3)])
    assert insert(database, [row(number) for number in range(5)]) == [row(3)["seq"], row(4)["seq"]]


def test_values_that_change_are_written_as_they_are(database: Database) -> None:
    """The last value is remembered, but not when it is one that can be changed in place."""
    scores: dict[str, float] = {}
    for number in range(2):
        scores["evacuation"] = number
        insert(database, [{**row(number), "scores": scores}])
    with database.read() as session:
        found = session.scalars(select(ScoredInterview).order_by(TABLE.c.instance_id)).all()
    assert [each.scores for each in found] == [{"evacuation": 0}, {"evacuation": 1}]


def test_asking_for_ids(database: Database) -> None:
    insert(database, [row(number) for number in range(6)])
    ids = bindparam("ids", expanding=True)
    with database.read() as session:
        query = select(TABLE.c.framework_version).where(TABLE.c.instance_id.in_(ids))
        ready = ReadyQuery(query, session.get_bind().dialect)
        for asked, found in ([1], 1), ([0, 5, 9], 2), ([9], 0):
            assert len(ready.rows(session, [uuid.UUID(int=each) for each in asked])) == found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_error_does_not_quote_the_row(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught:
        insert(database, [{**row(1), "framework_version": None, "framework_id": "a secret"}])
    assert "secret" not in str(caught.value)
