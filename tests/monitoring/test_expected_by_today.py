"""How much of a target is due by the end of a day, counted evenly over the days of the period."""

from datetime import date

import pytest

from app.communities.areas import Period
from app.monitoring.fieldwork import expected_by

PERIOD = Period.model_validate({"from": "2026-11-01", "until": "2026-11-10"})
ONE_DAY = Period.model_validate({"from": "2026-11-01", "until": "2026-11-01"})


@pytest.mark.parametrize(
    ("target", "period", "today", "expected"),
    [
        (100, PERIOD, "2026-10-31", 0),
        (100, PERIOD, "2026-11-01", 10),
        (100, PERIOD, "2026-11-05", 50),
        (100, PERIOD, "2026-11-10", 100),
        (100, PERIOD, "2026-11-11", 100),
        (100, PERIOD, "2027-11-11", 100),
        (3, PERIOD, "2026-11-01", 0),
        (3, PERIOD, "2026-11-02", 1),
        (0, PERIOD, "2026-11-05", 0),
        (7, ONE_DAY, "2026-10-31", 0),
        (7, ONE_DAY, "2026-11-01", 7),
        (None, PERIOD, "2026-11-05", None),
        (100, None, "2026-11-05", None),
        (None, None, "2026-11-05", None),
    ],
)
def test_share_of_the_target(target: int | None, period: Period | None, today: str, expected: int | None) -> None:
    assert expected_by(target, period, date.fromisoformat(today)) == expected
