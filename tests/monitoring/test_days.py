"""Days are those of arrival, as people in Semarang count them: in WIB, seven hours ahead of UTC."""

import datetime as dt
import uuid

import pytest
from sqlmodel import Session

from app.access.policy import Role
from app.access.tables import Holder
from app.communities.areas import Areas
from app.database import Database
from app.monitoring.fieldwork import fieldwork
from app.submissions.counts import cells
from app.submissions.lineage import State
from app.submissions.tables import Submission

ARRIVALS = {
    "2026-11-20T16:59:59+00:00": "2026-11-20",
    "2026-11-20T17:00:00+00:00": "2026-11-21",
    "2026-11-20T23:30:00+00:00": "2026-11-21",
    "2026-11-21T16:59:59.999999+00:00": "2026-11-21",
    "2026-12-31T17:00:00+00:00": "2027-01-01",
}


def _keep(session: Session, at: str) -> None:
    holder = Holder(name=at, role=Role.ENUMERATOR)
    session.add(holder)
    moment = dt.datetime.fromisoformat(at)
    row = Submission(
        instance_id=uuid.uuid4(),
        state=State.CURRENT,
        seq=1,
        sha256=b"x",
        form_id="f",
        version="1",
        raw=b"{}",
        device_id=holder.id,
        received_at=moment,
    )
    session.add(row)


@pytest.mark.parametrize("at", ARRIVALS)
def test_day_is_the_one_in_wib(database: Database, at: str) -> None:
    database.write(lambda session: _keep(session, at))
    with database.read() as session:
        (cell,) = cells(session, None)
    assert cell.day == dt.date.fromisoformat(ARRIVALS[at])


@pytest.mark.parametrize("at", ARRIVALS)
def test_today_is_the_day_in_wib(at: str) -> None:
    seen = fieldwork(Areas([]), frozenset(), [], [], [], {}, dt.datetime.fromisoformat(at))
    assert seen["today"] == dt.date.fromisoformat(ARRIVALS[at])
