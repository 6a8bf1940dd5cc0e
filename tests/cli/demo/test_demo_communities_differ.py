from itertools import permutations
from statistics import fmean

import pytest

from app.cli.demo.imagination import Interview
from app.cli.demo.script import Script
from app.forms.answers import reader
from app.forms.questions import Form
from app.scoring.framework import Framework
from app.scoring.indicators import compile_framework
from tests.support.scored import by_indicator

TRAITS = {
    "cat_exposure": "safety",
    "cat_services": "services",
    "cat_cohesion": "ties",
    "cat_reach": "reach",
    "cat_readiness": "readiness",
    "cat_risk": "awareness",
    "cat_economy": "means",
}
CLEAR = 0.5
"""The least difference between the traits of two communities that their mean scores must show."""


@pytest.fixture
def means(interviews: list[Interview], form: Form, framework: Framework) -> dict[tuple[str, str], float]:
    """The mean score of each community in each category, over its indicators."""
    read, scorer = reader(form), compile_framework(framework)
    scores: dict[tuple[str, str], list[float]] = {}
    for each in interviews:
        values = read(each.answers).values
        for indicator, score in by_indicator(framework, scorer.score(form.form_id, values).values).items():
            if isinstance(score, float | int):
                scores.setdefault((str(values["community"]), indicator), []).append(score)
    leaves = {node.id: [leaf.indicator for leaf in node.leaves()] for node in framework.tree.nodes()}
    return {
        (community, category): fmean(
            fmean(scores[community, leaf]) for leaf in leaves[category] if (community, leaf) in scores
        )
        for community in {community for community, _ in scores}
        for category in TRAITS
    }


@pytest.mark.parametrize("category", TRAITS)
def test_who_is_better_off_in_the_script_scores_higher(
    category: str, means: dict[tuple[str, str], float], script: Script
) -> None:
    compared = 0
    for low, high in permutations(script.communities, 2):
        less, more = (script.communities[code].traits[TRAITS[category]] for code in (low, high))
        if more - less >= CLEAR:
            compared += 1
            assert means[low, category] < means[high, category], (low, high)
    assert compared
