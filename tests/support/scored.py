"""Scores by indicator, as tests read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.scoring.contribution import Content
from app.scoring.framework import Framework
from app.scoring.indicators import compile_framework
from app.scoring.reading import Value
from app.scoring.tables import ScoredInterview


def by_indicator(framework: Framework, values: Iterable[Value | None]) -> dict[str, Value]:
    """Those that were asked, of values in the framework's order."""
    return {name: value for name, value in zip(framework.order(), values, strict=False) if value is not None}


def score(framework: Framework, form_id: str, answers: Mapping[str, Any]) -> dict[str, Value]:
    """What a framework makes of one interview."""
    return by_indicator(framework, compile_framework(framework).score(form_id, answers).values)


def values_of(row: ScoredInterview) -> list[Value | None]:
    """The values that are kept of an interview."""
    return list(Content.loaded(row.content).values)
