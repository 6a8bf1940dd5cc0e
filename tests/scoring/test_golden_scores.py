"""The golden interviews get the scores that base R gave them."""

from collections.abc import Callable
from typing import Any

import pytest

from app.forms.questions import Form
from app.scoring.check import check_framework
from app.scoring.framework import Framework
from app.scoring.indicators import compile_framework
from tests.support.scored import by_indicator


def test_every_score_of_the_golden_table(
    golden_document: dict[str, Any],
    golden_answers: dict[str, dict[str, Any]],
    golden_rows: Callable[[str], list[dict[str, str]]],
) -> None:
    framework = Framework.model_validate(golden_document)
    scorer = compile_framework(framework)
    compared = 0
    for row in golden_rows("expected/ucra_open_scores.csv"):
        answers = golden_answers[row.pop("submission_id")]
        scores = by_indicator(framework, scorer.score("ucra_golden", answers).values)
        assert set(scores) == set(row)
        for indicator, expected in row.items():
            got = scores[indicator]
            assert isinstance(got, str) if not expected else got == pytest.approx(float(expected), abs=1e-9)
            compared += 1
    assert compared == 954


def test_the_golden_framework_has_no_fault(golden_document: dict[str, Any], golden_form: Form) -> None:
    assert check_framework(golden_document, {golden_form.form_id: golden_form}) == []
