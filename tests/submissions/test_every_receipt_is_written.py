"""Every transaction that leads to a receipt writes, so that PostgreSQL lets it wait for the standby: the receipt of a
duplicate may be the first one that its tablet reads."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, event

from tests.submissions.household import interview
from tests.support.server import Caller

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def wrote(fieldwork: object) -> Iterator[list[bool]]:
    """Whether each transaction that might have written did so, when it was committed."""
    seen: list[bool] = []

    def look(connection: Connection) -> None:
        if connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() == "off":
            number = connection.exec_driver_sql("SELECT pg_current_xact_id_if_assigned()").scalar_one()
            seen.append(number is not None)

    event.listen(Engine, "commit", look)
    yield seen
    event.remove(Engine, "commit", look)


def test_a_duplicate_and_a_replay_are_written_too(tablet: Caller, wrote: list[bool]) -> None:
    item = interview()
    for batch_id, status in (("one", "accepted"), ("two", "duplicate"), ("two", "duplicate"), ("one", "accepted")):
        wrote.clear()
        assert tablet.send(item, batch_id=batch_id)["receipts"][0]["status"] == status
        assert wrote == [True]
