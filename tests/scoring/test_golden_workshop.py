"""What groups agree on, as R says it."""

from collections.abc import Callable

import pytest

from app.scoring.consensus import agreement, deviation, kappa, kendall_w, mean_absolute, spearman, whole_score

Table = list[dict[str, str]]


@pytest.fixture(scope="session")
def workshop(golden_rows: Callable[[str], Table]) -> dict[str, Table]:
    names = {"scores": "inputs", "survey": "inputs", "indicators": "expected", "summary": "expected"}
    return {name: golden_rows(f"{folder}/workshop_{name}.csv") for name, folder in names.items()}


def scores(workshop: dict[str, Table], indicator: str) -> list[float | None]:
    own = [row["score"] for row in workshop["scores"] if row["indicator"] == indicator]
    return [float(score) if score else None for score in own]


def test_indicators(workshop: dict[str, Table]) -> None:
    survey = {row["indicator"]: row for row in workshop["survey"]}
    assert len(workshop["indicators"]) == 12
    for row in workshop["indicators"]:
        sizes = [float(each["group_size"]) for each in workshop["scores"] if each["indicator"] == row["indicator"]]
        got = agreement(scores(workshop, row["indicator"]), sizes)
        own = survey[row["indicator"]]
        assert got.median is not None
        apart = deviation(got.median, float(own["survey_mean"]), float(own["survey_se"]), float(own["survey_df"]))
        numbers = {
            "n_groups": got.n_groups,
            "median": got.median,
            "mean": got.mean,
            "weighted_mean": got.weighted_mean,
            "iqr": got.iqr,
            "range": got.range,
            "share_within_1_of_median": got.share_within_1,
            "delta_median_minus_survey": apart.delta,
            "t": apart.t,
        }
        assert numbers == pytest.approx({name: float(row[name]) for name in numbers}, rel=1e-12)
        assert apart.outside_ci is (row["outside_survey_ci95"] == "TRUE")


def test_summary(workshop: dict[str, Table]) -> None:
    names = [row["indicator"] for row in workshop["indicators"]]
    ratings = [scores(workshop, name) for name in names]
    medians = [agreement(own, [1] * len(own)).median or 0 for own in ratings]
    means = [float(row["survey_mean"]) for row in workshop["survey"]]
    whole = [[whole_score(score, 1, 5) for score in own] for own in (medians, means)]
    got = {
        "kendall_w_groups_tie_corrected": kendall_w(ratings),
        "kendall_w_n_indicators": sum(None not in own for own in ratings),
        "kappa_unweighted_median_vs_survey": kappa(whole[0], whole[1], power=0),
        "kappa_quadratic_median_vs_survey": kappa(whole[0], whole[1]),
        "spearman_median_vs_survey": spearman(medians, means),
        "mean_abs_delta": mean_absolute([one - other for one, other in zip(medians, means, strict=True)]),
    }
    assert got == pytest.approx({row["key"]: float(row["value"]) for row in workshop["summary"]}, rel=1e-12)
