"""Whatever a tablet sends as answers, every indicator has a score on its scale or a reason."""

import math
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scoring.framework import Framework, Indicator, locate
from app.scoring.indicators import compile_framework
from app.scoring.placement import compile_placement
from tests.scoring.conftest import RATE
from tests.support.scored import by_indicator, score

NAMES = [
    "warned",
    "trust_1",
    "trust_2",
    "trust_3",
    "steps",
    "minutes",
    "income",
    "sex",
    "rt",
    "weight",
    "drill",
]
CHOICES = ["yes", "no", "dk", "sd", "sa", "kit", "plan", "none", "radio", "-99", "-98", "12", "1e999"]
atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.just(10**400)
    | st.text("a1-. é\0", max_size=5)
    | st.sampled_from(CHOICES)
)
answer = st.recursive(
    atoms,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
)


@given(
    answers=st.dictionaries(st.sampled_from(NAMES), answer),
    form_id=st.sampled_from(["household", "group", "unknown"]),
)
def test_any_answers(framework: Framework, answers: dict[str, Any], form_id: str) -> None:
    indicators = [*framework.indicators, Indicator.model_validate(RATE)]
    scores = score(framework.model_copy(update={"indicators": indicators}), form_id, answers)
    assert set(scores) == {
        each.id for each in indicators if locate(next(each.questions()), framework.form).form_id == form_id
    }
    for value in scores.values():
        assert isinstance(value, str) or 1 <= value <= 5
    weight = compile_placement(framework, form_id)(answers).weight
    assert weight is None or (math.isfinite(weight) and weight > 0)


@given(answers=st.dictionaries(st.sampled_from(NAMES), answer))
def test_each_as_if_it_were_the_only_one(framework: Framework, answers: dict[str, Any]) -> None:
    together = score(framework, "household", answers)
    for each in framework.indicators:
        alone = framework.model_copy(update={"indicators": [each]})
        assert score(alone, "household", answers).get(each.id) == together.get(each.id)


@given(several=st.lists(st.dictionaries(st.sampled_from(NAMES), answer), max_size=6))
def test_what_was_answered_before_makes_no_difference(framework: Framework, several: list[dict[str, Any]]) -> None:
    scorer = compile_framework(framework)
    found = [scorer.score("household", answers) for answers in several]
    assert found == [compile_framework(framework).score("household", answers) for answers in several]


@pytest.mark.parametrize("answers", list(permutations([1, True, 1.0, "1"])))
def test_equal_answers_of_another_kind_are_not_confused(framework: Framework, answers: tuple[Any, ...]) -> None:
    scorer = compile_framework(framework)
    for answer in answers:
        values = by_indicator(framework, scorer.score("household", {"minutes": answer}).values)
        assert isinstance(values["evacuation"], str) is (answer is True)
