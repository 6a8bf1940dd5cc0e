"""Named stretches of the total, of which every number belongs to one or none."""

from typing import Any

import pytest

from app.scoring.contribution import Contribution
from app.scoring.estimation import band_of
from app.scoring.framework import Framework
from tests.support.score_rows import score_rows

DESTANA = [
    {"id": "utama", "min": 51, "max": 60},
    {"id": "madya", "min": 36, "max": 50},
    {"id": "pratama", "min": 20, "max": 35},
]


@pytest.mark.parametrize(
    ("estimate", "band"),
    [
        (0, None),
        (19.99, None),
        (20, "pratama"),
        (35, "pratama"),
        (35.5, "pratama"),
        (35.999999999999, "madya"),
        (36, "madya"),
        (50.9, "madya"),
        (51, "utama"),
        (60, "utama"),
        (60.0000000001, "utama"),
        (60.1, None),
        (None, None),
    ],
)
def test_band_of(document: dict[str, Any], estimate: float | None, band: str | None) -> None:
    assert band_of(Framework.model_validate(document | {"bands": DESTANA}), estimate) == band


def test_only_the_total_carries_one(document: dict[str, Any]) -> None:
    bands = [{"id": "low", "min": 1, "max": 3}, {"id": "high", "min": 3.5, "max": 5}]
    framework = Framework.model_validate(document | {"bands": bands})
    interview = Contribution("a", None, None, 1, {}, {"warning": 5.0})
    total, *others = score_rows(framework, [interview])
    assert (total["node"], total["band"]) == ("total", "high")
    assert all("band" not in row for row in others)
    assert score_rows(framework, [])[0]["band"] is None


def test_without_declared_bands_there_is_no_member(framework: Framework) -> None:
    assert all("band" not in row for row in score_rows(framework, []))
