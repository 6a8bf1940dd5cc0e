"""Numbers from elsewhere, read on a framework's scales."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from app.scoring.framework import BinsRule, Framework, GoalpostsRule, Scale, locate
from app.scoring.indicators import compile_framework


def scale_at(framework: Framework, place: str) -> Scale | None:
    """The scale of an indicator or of a node of the tree; None if the framework has neither, or has no total."""
    for indicator in framework.indicators:
        if indicator.id == place:
            return framework.scale_of(indicator)
    nodes = [node.id for node in framework.tree.nodes()]
    if place == framework.tree.id and framework.total == "off":
        return None
    return framework.scale if place in nodes else None


def figure_score(framework: Framework, place: str, figure: float) -> float | None:
    """What the rule of an indicator that reads one number makes of this one; None if there is no such rule."""
    indicator = next((each for each in framework.indicators if each.id == place), None)
    if indicator is None or not isinstance(indicator.rule, BinsRule | GoalpostsRule):
        return None
    form_id, question = locate(indicator.rule.question, framework.form)
    alone = framework.model_copy(update={"indicators": [indicator]})
    (score,) = compile_framework(alone).score(form_id, {question: figure}).values
    return None if isinstance(score, str) else score


def last_words(scores: Sequence[Mapping[str, Any]]) -> float | None:
    """The median of what the groups said in the end: after they saw the survey, or else before."""
    said = [each["before"] if each.get("after") is None else each["after"] for each in scores]
    given = [score for score in said if score is not None]
    return median(given) if given else None
