"""A node with missing children: the others carry it, down to the share that the framework asks."""

from typing import Any

import pytest

from app.scoring.contribution import Contribution
from app.scoring.estimation import ScoreRow
from app.scoring.framework import Framework
from tests.support.score_rows import score_rows


def _means(document: dict[str, Any], own: float | None, policy: float, **values: float) -> ScoreRow:
    node = document["tree"]["children"][0]["children"][1]
    document["policy"] = {"min_child_share": policy}
    if own is not None:
        node["min_child_share"] = own
    rows = score_rows(Framework.model_validate(document), [Contribution("a", None, None, 1, {}, values)])
    return next(row for row in rows if row["node"] == "means")


def test_the_others_carry_the_weight(document: dict[str, Any]) -> None:
    row = _means(document, None, 0, evacuation=1.0, prepared=4.0)
    assert row["estimate"] == pytest.approx((0.25 * 1 + 0.5 * 4) / 0.75)
    assert row["coverage"] == 0.75
    contributions = [child["contribution"] for child in row["children"]]
    assert contributions == [pytest.approx(1 / 3), None, pytest.approx(8 / 3)]


@pytest.mark.parametrize(
    ("own", "policy", "known"),
    [(None, 0.75, True), (None, 0.76, False), (0.75, 1, True), (0.76, 0, False), (0, 1, True), (1, 0, False)],
)
def test_the_least_share_of_the_node_wins_over_the_policys(
    document: dict[str, Any], own: float | None, policy: float, known: bool
) -> None:
    row = _means(document, own, policy, evacuation=1.0, prepared=4.0)
    assert (row["estimate"] is not None) == known
    assert ("low_coverage" in row["flags"]) == (not known)
    assert (row["n"], row["coverage"]) == (1, 0.75)
    if not known:
        assert all(child["contribution"] is None for child in row["children"])


def test_rounding_of_shares_decides_nothing(document: dict[str, Any]) -> None:
    node = document["tree"]["children"][0]["children"][1]
    for child, weight in zip(node["children"], (0.1, 0.7, 0.2), strict=True):
        child["weight"] = weight
    assert 0.1 + 0.7 < 0.8
    assert _means(document, None, 0.8, evacuation=1.0, income=5.0)["estimate"] == pytest.approx(4.5)


@pytest.mark.parametrize("combine", ["geometric", "harmonic", "min"])
def test_only_an_arithmetic_node_is_the_sum_of_contributions(document: dict[str, Any], combine: str) -> None:
    document["tree"]["children"][0]["children"][1]["combine"] = combine
    row = _means(document, None, 0, evacuation=1.0, income=2.0, prepared=4.0)
    assert row["estimate"] is not None
    assert [child["contribution"] for child in row["children"]] == [None, None, None]
