"""The published frameworks, made ready to score and kept in memory."""

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import orjson
from sqlmodel import Session, col, select

from app.database import Database, Snapshot
from app.forms.answers import Scalar
from app.problems import UnknownFramework
from app.scoring.completeness import Checklist, compile_checklist
from app.scoring.contribution import Content
from app.scoring.framework import Framework
from app.scoring.indicators import Scorer, compile_framework
from app.scoring.layout import Layout
from app.scoring.placement import Placement, compile_placement
from app.scoring.reading import Answers
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

    @cached_property
    def layout(self) -> Layout:
        """How the sums of its cells are kept."""
        return Layout.of(self.framework)

    def contribution(self, form_id: str, values: Mapping[str, Scalar], instance_id: uuid.UUID) -> Content:
        """What an interview with these values contributes."""
        if form_id not in self._placing:
            self._placing[form_id] = compile_placement(self.framework, form_id)
        place = self._placing[form_id](values)
        return Content(
            place if place.ssu != "" else place._replace(ssu=instance_id.hex),
            *self.scorer.score(form_id, values),
            self.checklist.read(form_id, values),
        )

    @cached_property
    def _placing(self) -> dict[str, Callable[[Answers], Placement]]:
        return {}


class Frameworks:
    """Finds frameworks by id and version. Knows what other processes publish as soon as they have committed."""

    def __init__(self, database: Database) -> None:
        self._published: Callable[[], list[PublishedFramework]] = Snapshot(database, load_frameworks)

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

    def named(self, framework_id: str | None, version: str | None) -> PublishedFramework:
        """The version that `find` finds. Raises `UnknownFramework`, which names those there are."""
        published = self.find(framework_id, version)
        if published is None:
            known = sorted({f"{each.framework.id} {each.framework.version}" for each in self.all()})
            raise UnknownFramework(published=", ".join(known) or "none")
        return published


class These(Frameworks):
    """Frameworks that need not be published, as if there were no others."""

    def __init__(self, *frameworks: PublishedFramework) -> None:
        self._published = lambda: list(frameworks)


def prepare(content: bytes, *, complete: bool = True) -> PublishedFramework:
    """The canonical bytes of a checked document made ready to score."""
    framework = Framework.model_validate(orjson.loads(content))
    return PublishedFramework(framework, hashlib.sha256(content).digest(), compile_framework(framework), complete)


def load_frameworks(session: Session) -> list[PublishedFramework]:
    rows = session.exec(select(FrameworkVersion).order_by(col(FrameworkVersion.ordinal)))
    return [prepare(row.content, complete=row.scored) for row in rows]
