"""`GET /workshops/{id}` tells of the golden workshop what R says of it."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import Session

from app.access.policy import Role
from app.scoring.facts.tables import Workshop, WorkshopEntry
from tests.support.server import Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK

Table = list[dict[str, str]]
NUMBERS = {
    "n_groups": "n_groups",
    "median": "median",
    "mean": "mean",
    "weighted_mean": "weighted_mean",
    "iqr": "iqr",
    "range": "range",
    "share_within_1": "share_within_1_of_median",
}
SUMMARY = {
    "kendall_w": "kendall_w_groups_tie_corrected",
    "scored_by_all": "kendall_w_n_indicators",
    "kappa": "kappa_unweighted_median_vs_survey",
    "kappa_quadratic": "kappa_quadratic_median_vs_survey",
    "spearman": "spearman_median_vs_survey",
    "mean_absolute_deviation": "mean_abs_delta",
}


def _survey(row: dict[str, str]) -> dict[str, Any]:
    """As a workshop keeps it."""
    numbers = {"estimate": "survey_mean", "standard_error": "survey_se", "df": "survey_df"}
    return {**{name: float(row[column]) for name, column in numbers.items()}, "ci_level": 0.95}


def _keep(server: Server, scores: Table, survey: Table) -> uuid.UUID:
    """The workshop as if it had been recorded: no interviews have just these means and errors."""
    groups = {row["group"]: int(row["group_size"]) for row in scores}
    workshop = Workshop(
        seq=1,
        framework_id="safety",
        framework_version="1",
        framework_sha256=bytes(32),
        community="golden",
        about={"groups": [{"label": name, "size": size} for name, size in groups.items()]},
        survey_seq=0,
        recorded_by=uuid.UUID(int=0),
        recorded_at=datetime(2026, 11, 12, tzinfo=UTC),
    )

    def work(session: Session) -> uuid.UUID:
        session.add(workshop)
        session.flush()
        session.add_all(_entry(workshop.id, at, row, scores) for at, row in enumerate(survey))
        return workshop.id

    kept: uuid.UUID = server.app.state.database.write(work)
    return kept


def _entry(workshop_id: uuid.UUID, position: int, row: dict[str, str], scores: Table) -> WorkshopEntry:
    own = [each for each in scores if each["indicator"] == row["indicator"]]
    return WorkshopEntry(
        workshop_id=workshop_id,
        position=position,
        node=row["indicator"],
        scores=[
            {"group": each["group"], "before": float(each["score"]) if each["score"] else None, "after": None}
            for each in own
        ],
        evidence=[],
        method="no_agreement",
        scale_min=1,
        scale_max=5,
        survey=_survey(row),
    )


@pytest.fixture
def told(server: Server, golden_rows: Callable[[str], Table]) -> dict[str, Any]:
    server.publish(COMMUNITIES, FORM, FRAMEWORK)
    kept = _keep(server, golden_rows("inputs/workshop_scores.csv"), golden_rows("inputs/workshop_survey.csv"))
    answer: dict[str, Any] = server.enrol(Role.ADMIN).get(f"/workshops/{kept}").json()
    return answer


def test_each_entry(told: dict[str, Any], golden_rows: Callable[[str], Table]) -> None:
    expected = golden_rows("expected/workshop_indicators.csv")
    assert [each["node"] for each in told["entries"]] == [row["indicator"] for row in expected]
    for entry, row in zip(told["entries"], expected, strict=True):
        got = entry["groups"]["before"]
        assert {name: got[name] for name in NUMBERS} == pytest.approx(
            {name: float(row[column]) for name, column in NUMBERS.items()}, rel=1e-12
        )
        apart = entry["deviation"]["before"]
        assert (apart["delta"], apart["t"]) == pytest.approx(
            (float(row["delta_median_minus_survey"]), float(row["t"])), rel=1e-12
        )
        assert apart["outside_ci"] is (row["outside_survey_ci95"] == "TRUE")


def test_all_entries_together(told: dict[str, Any], golden_rows: Callable[[str], Table]) -> None:
    expected = {row["key"]: float(row["value"]) for row in golden_rows("expected/workshop_summary.csv")}
    assert expected.keys() == {*SUMMARY.values()}
    got = told["agreement"]["before"]
    assert {name: got[name] for name in SUMMARY} == pytest.approx(
        {name: expected[key] for name, key in SUMMARY.items()}, rel=1e-12
    )
