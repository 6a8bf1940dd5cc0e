"""How a workshop agrees, within itself and with the survey. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from app.scoring.consensus import (
    Agreement,
    agreement,
    deviation,
    kappa,
    kendall_w,
    mean_absolute,
    spearman,
    whole_score,
)
from app.scoring.facts.tables import WorkshopEntry

Told = Callable[[str], bool]
"""Whether the survey's numbers of an indicator or node may be told."""


def compared(entry: WorkshopEntry, sizes: Mapping[str, int], *, scores: bool) -> dict[str, Any]:
    """What the groups agree on before and after; with `scores`, how far their medians lie from the survey's number."""
    stages = {stage: _agreement(entry, stage, sizes) for stage in ("before", "after")}
    told: dict[str, Any] = {"groups": {stage: asdict(own) for stage, own in stages.items()}}
    survey = entry.survey
    if scores and survey and survey["estimate"] is not None:
        told["deviation"] = {
            stage: None
            if own.median is None
            else asdict(
                deviation(own.median, survey["estimate"], survey["standard_error"], survey["df"], survey["ci_level"])
            )
            for stage, own in stages.items()
        }
    return told


def summary(entries: Sequence[WorkshopEntry], groups: Sequence[str], told: Told | None) -> dict[str, Any]:
    """Over all entries and by stage: Kendall's W of the groups, over the entries that all of them scored; with
    `told`, how medians go with the survey where that may be told."""
    return {stage: _summary(entries, groups, stage, told) for stage in ("before", "after")}


def _summary(entries: Sequence[WorkshopEntry], groups: Sequence[str], stage: str, told: Told | None) -> dict[str, Any]:
    ratings = [_given(entry, stage, groups) for entry in entries]
    concord = {"kendall_w": kendall_w(ratings), "scored_by_all": sum(None not in own for own in ratings)}
    return concord | _with_survey([entry for entry in entries if told(entry.node)], groups, stage) if told else concord


def _with_survey(entries: Sequence[WorkshopEntry], groups: Sequence[str], stage: str) -> dict[str, Any]:
    sizes = dict.fromkeys(groups, 1)
    pairs = [
        (entry, middle, entry.survey["estimate"])
        for entry in entries
        if (middle := _agreement(entry, stage, sizes).median) is not None and entry.survey.get("estimate") is not None
    ]
    medians, estimates = [middle for _, middle, _ in pairs], [estimate for _, _, estimate in pairs]
    by_groups = [_whole(entry, middle) for entry, middle, _ in pairs]
    by_survey = [_whole(entry, estimate) for entry, _, estimate in pairs]
    return {
        "kappa": kappa(by_groups, by_survey, power=0),
        "kappa_quadratic": kappa(by_groups, by_survey),
        "spearman": spearman(medians, estimates) if len(pairs) > 1 else None,
        "mean_absolute_deviation": mean_absolute([one - other for one, other in zip(medians, estimates, strict=True)]),
    }


def _agreement(entry: WorkshopEntry, stage: str, sizes: Mapping[str, int]) -> Agreement:
    return agreement(_given(entry, stage, list(sizes)), list(sizes.values()))


def _given(entry: WorkshopEntry, stage: str, groups: Sequence[str]) -> list[float | None]:
    own = {score["group"]: score[stage] for score in entry.scores}
    return [own.get(group) for group in groups]


def _whole(entry: WorkshopEntry, score: float) -> int:
    return whole_score(score, round(entry.scale_min), round(entry.scale_max))
