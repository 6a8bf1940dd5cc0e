"""An interview is scored by the indicators that ask its form, and by no others."""

from app.scoring.framework import Framework
from app.scoring.indicators import compile_framework
from tests.support.scored import score


def test_each_form_has_its_own_indicators(framework: Framework) -> None:
    scorer = compile_framework(framework)
    assert set(scorer.by_form) == {"household", "group"}
    assert score(framework, "group", {"drill": "yes"}) == {"drill": 5}
    assert set(score(framework, "household", {"drill": "yes"})) == {
        "warning",
        "evacuation",
        "income",
        "prepared",
        "trust",
    }
    assert scorer.score("another", {"drill": "yes"}) == ([], {})
