"""Whatever a tablet sends as answers, every indicator has a score on its scale or a reason."""

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.scoring.framework import Framework, Indicator
from app.scoring.indicators import compile_framework, placement
from tests.scoring.conftest import RATE

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
    scorer = compile_framework(
        framework.model_copy(update={"indicators": [*framework.indicators, Indicator.model_validate(RATE)]})
    )
    scores = scorer.score(form_id, answers)
    assert set(scores) == {name for name, _ in scorer.by_form.get(form_id, ())}
    for value in scores.values():
        assert isinstance(value, str) or 1 <= value <= 5
    weight = placement(framework, form_id, answers).weight
    assert weight is None or (math.isfinite(weight) and weight > 0)
