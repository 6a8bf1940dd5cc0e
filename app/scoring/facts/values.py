"""Scores of communities that were not estimated but given: by groups, by records, or by a workshop's agreement."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.scoring.disclosure import Verdict
from app.scoring.framework import Framework
from app.scoring.margins import PUBLISHED

Source = Literal["survey", "group", "external", "agreed"]
Kind = Literal["fact", "workshop"]


@dataclass(frozen=True, slots=True)
class Value:
    """One community's score of an indicator or node from one source; None takes back what came before.

    `kind` and `id` name the fact or the workshop that it stands in.
    """

    node: str
    community: str
    round: str | None
    source: str
    score: float | None
    seq: int
    recorded_at: datetime
    kind: Kind
    id: uuid.UUID
    synthetic: bool = False

    def is_of(self, round_: str | None) -> bool:
        """Whether it holds in this round, None meaning all of them. Without a round of its own it holds in each."""
        return round_ is None or self.round in (None, round_)


@dataclass(frozen=True, slots=True)
class Given:
    """A score that stands in the place of an estimate, and whether it may be told."""

    score: float
    source: str
    verdict: Verdict = PUBLISHED


Givens = Mapping[str, Given]
"""By indicator or node."""


def given_in(
    source: Source, framework: Framework, values: Sequence[Value], round_: str | None = None
) -> dict[str, Givens]:
    """By community, what takes the place of estimates where this source is asked for."""
    return {
        code: {node: Given(each.score, each.source) for node, each in own.items() if each.score is not None}
        for code, own in given_values(source, framework, values, round_).items()
    }


def given_values(
    source: Source, framework: Framework, values: Sequence[Value], round_: str | None = None
) -> dict[str, dict[str, Value]]:
    """By community and node, the value that takes the place of an estimate.

    `agreed` takes what was agreed, and else what a fact says where the framework wants a group or a record.
    """
    declared = {each.id: each.source for each in framework.indicators} if source == "agreed" else {}
    return {
        code: {
            node: each
            for (told, node), each in _agreed_last(own)
            if each.score is not None and told in (source, declared.get(node))
        }
        for code, own in in_force(values, round_).items()
    }


def in_force(values: Sequence[Value], round_: str | None) -> dict[str, dict[tuple[str, str], Value]]:
    """By community, then by source and node: the value that came last of those for this round, or for every round."""
    found: dict[str, dict[tuple[str, str], Value]] = {}
    for each in sorted(values, key=lambda value: value.seq):
        if each.is_of(round_):
            found.setdefault(each.community, {})[each.source, each.node] = each
    return found


def _agreed_last(values: Mapping[tuple[str, str], Value]) -> list[tuple[tuple[str, str], Value]]:
    """What was agreed goes before what a record says."""
    return sorted(values.items(), key=lambda item: item[0][0] == "agreed")
