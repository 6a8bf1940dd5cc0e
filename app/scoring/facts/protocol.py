"""What coordinators send about communities: facts, and workshops."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_FACTS = 1_000
MAX_GROUPS = 100

# PostgreSQL cannot keep NUL in a text.
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000, pattern=r"^[^\x00]*$")]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Number = Annotated[float, Field(strict=True)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Grade = Literal["A", "B", "C", "D"]
"""A: two independent sources agree, one of them measured; B: one sound measurement; C: one group, or a small survey;
D: the opinion of one informant, or undocumented."""

Method = Literal["keep_survey", "keep_group", "compromise", "new_evidence", "no_agreement"]


class Sent(BaseModel):
    """Strict about names, because a misspelt member would be lost for ever."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class FactIn(Sent):
    """One value of one community. Without `unit` it is a score on the indicator's scale; with one it is a figure that
    the indicator's rule turns into a score. A null takes back the value that was recorded before."""

    node: Label = Field(description="An indicator or a node of the framework's tree.")
    community: Label
    round: Label | None = None
    source: Literal["group", "external"]
    value: Number | None
    unit: Label | None = None
    reference: Text = Field(description="Where the value comes from, so that others find it.")
    observed_on: date = Field(description="The day that the value is true of.")
    grade: Grade
    note: Text | None = None


class FactsIn(Sent):
    """Facts of one framework, all kept or none."""

    framework: Label
    facts: Annotated[list[FactIn], Field(min_length=1, max_length=MAX_FACTS)]


class GroupIn(Sent):
    """A group of a workshop, in numbers of people and without names."""

    label: Label
    size: Annotated[int, Field(ge=1, le=100_000)]
    women: Count | None = None
    men: Count | None = None
    youth: Count | None = None
    elderly: Count | None = None
    disabled: Count | None = None
    selection: Text | None = None


class ScoreIn(Sent):
    """A group's score before it saw the survey's, and after."""

    group: Label
    before: Number | None = None
    after: Number | None = None
    confidence: Literal["low", "mid", "high"] | None = None
    rationale: Text | None = None


class EvidenceIn(Sent):
    """What a workshop went by."""

    type: Literal["survey", "fgd", "kii", "secondary", "observation"]
    reference: Text
    date: date
    grade: Grade
    note: Text | None = None


class EntryIn(Sent):
    """What a workshop said of one indicator or node. `agreed` may be left out where `method` tells it."""

    node: Label
    scores: Annotated[list[ScoreIn], Field(max_length=MAX_GROUPS)] = []
    evidence: Annotated[list[EvidenceIn], Field(max_length=100)] = []
    method: Method
    agreed: Number | None = None
    reason: Text | None = None
    dissent: Text | None = None


class WorkshopIn(Sent):
    """A whole workshop about one community, kept as it is or not at all."""

    framework: Label
    community: Label
    round: Label | None = None
    kind: Literal["fgd", "validation", "expert"] = "validation"
    held_on: date
    place: Label | None = None
    facilitator: Label | None = Field(None, description="A code from the duty card, no name.")
    minutes: Text | None = Field(None, description="Where the minutes are kept.")
    groups: Annotated[list[GroupIn], Field(max_length=MAX_GROUPS)] = []
    entries: Annotated[list[EntryIn], Field(min_length=1, max_length=1_000)]
    corrects: uuid.UUID | None = None
