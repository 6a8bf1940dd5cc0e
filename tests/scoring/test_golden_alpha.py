"""Cronbach's alpha is that of R's psych, over all and in each community."""

from collections.abc import Callable

import pytest

from app.scoring.reliability import Rows, cronbach

AGREE = {"sd": 1, "d": 2, "n": 3, "a": 4, "sa": 5}
REVERSED = "q_trust3"
ITEMS = ("q_trust1", "q_trust2", REVERSED, "q_trust4")


def item(row: dict[str, str], name: str) -> float | None:
    score = AGREE.get(row[name])
    return score if score is None or name != REVERSED else 6 - score


def numbers(cell: str) -> list[float]:
    return [float(each) for each in cell.split()]


def test_alpha(golden_rows: Callable[[str], list[dict[str, str]]]) -> None:
    interviews, expected = golden_rows("inputs/ucra_open.csv"), golden_rows("expected/ucra_open_alpha.csv")
    assert len(expected) == 8
    for row in expected:
        asked = [each for each in interviews if row["domain"] in ("", each["community"])]
        answers: Rows = [[item(each, name) for name in ITEMS] for each in asked]
        got = cronbach(answers, "pairwise" if row["use"] == "pairwise" else "complete")
        assert (got.n, got.k) == (int(row["n"]), int(row["k"]))
        assert got.alpha == pytest.approx(float(row["raw_alpha"]), rel=1e-12)
        assert got.standardised == pytest.approx(float(row["std_alpha"]), rel=1e-12)
        assert got.average_r == pytest.approx(float(row["average_r"]), rel=1e-12)
        assert got.item_rest == pytest.approx(numbers(row["r_drop"]), rel=1e-12)
        assert got.alpha_if_dropped == pytest.approx(numbers(row["alpha_if_dropped"]), rel=1e-12)
