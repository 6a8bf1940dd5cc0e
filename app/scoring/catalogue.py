"""The published frameworks, made ready to score and kept in memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from sqlmodel import Session, col, select

from app.database import Database, Snapshot
from app.forms.answers import Scalar
from app.scoring.completeness import Checklist, compile_checklist
from app.scoring.framework import Framework
from app.scoring.indicators import Scorer, compile_framework, placement
from app.scoring.tables import FrameworkVersion


@dataclass(frozen=True)
class PublishedFramework:
    """One version of a framework, as published and as functions."""

    framework: Framework
    sha256: bytes
    scorer: Scorer
    complete: bool = True
    """False while interviews that were kept before the publication are still being scored."""

    @cached_property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """What each indicator and each node of the tree is called, by language."""
        indicators = {each.id: each.label for each in self.framework.indicators}
        return indicators | {node.id: node.label for node in self.framework.tree.nodes()}

    @cached_property
    def checklist(self) -> Checklist:
        """The values that it asks for, by kind."""
        return compile_checklist(self.framework)

    def contribution(self, form_id: str, values: Mapping[str, Scalar]) -> dict[str, Any]:
        """What an interview with these values contributes: `weight`, `place`, `scores` and `items` of a row."""
        place = placement(self.framework, form_id, values)
        scores = self.scorer.score(form_id, values)
        described = {name: value for name in PLACE if (value := getattr(place, name))}
        if inputs := self.checklist.read(form_id, values):
            described["inputs"] = inputs
        items = self.scorer.items(form_id, values)
        return {"weight": place.weight, "place": described, "scores": scores, "items": items}


PLACE = ("stratum", "psu", "ssu", "fpc_psu", "fpc_ssu", "dimensions")


class Frameworks:
    """Finds frameworks by id and version. Knows what other processes publish as soon as they have committed."""

    def __init__(self, database: Database) -> None:
        self._published = Snapshot(database, load_frameworks)

    def all(self) -> list[PublishedFramework]:
        """Every version, in the order of publication."""
        return self._published()

    def reading(self, form_id: str) -> Iterator[PublishedFramework]:
        """The versions that score interviews of this form."""
        return (each for each in self._published() if form_id in each.scorer.by_form)

    def find(self, framework_id: str | None, version: str | None) -> PublishedFramework | None:
        """The version published last of those that fit; None when none fits or the id is left open to several."""
        fitting = [
            each
            for each in self._published()
            if framework_id in (None, each.framework.id) and version in (None, each.framework.version)
        ]
        if len({each.framework.id for each in fitting}) != 1:
            return None
        return fitting[-1]


def load_frameworks(session: Session) -> list[PublishedFramework]:
    rows = session.exec(select(FrameworkVersion).order_by(col(FrameworkVersion.ordinal)))
    return [_prepare(row) for row in rows]


def _prepare(row: FrameworkVersion) -> PublishedFramework:
    framework = Framework.model_validate(orjson.loads(row.content))
    return PublishedFramework(framework, row.sha256, compile_framework(framework), row.scored)
