"""Rows of a script: each answers one question in one way.

Several rows may name the same question: the first that applies answers it. Rows stand in an order in which whatever
they refer to has been said before.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Traits = dict[Name, float]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Condition(Part):
    """Holds when all that it states is so. A question without an answer has no choice and no number."""

    question: Name
    any_of: frozenset[str] | None = None
    none_of: frozenset[str] = frozenset()
    above: float | None = None
    below: float | None = None


class Row(Part):
    """Applies when every condition in `when` holds, and then only in this share of cases."""

    question: Name
    when: list[Condition] = []
    share: Share = 1


class Select(Row):
    """`leans`: how much each trait of the household counts. `nonresponse`: shares by choice, if not the script's."""

    leans: Traits = {}
    nonresponse: dict[Name, Share] | None = None


class Choose(Select):
    """select_one: relative weights by choice, standing from the worst choice to the best if it leans."""

    choose: Annotated[dict[Name, Annotated[float, Field(ge=0)]], Field(min_length=1)]


class Pick(Select):
    """select_multiple: a share for each choice, and the choice that means none of them."""

    pick: dict[Name, Annotated[float, Field(gt=0, lt=1)]]
    otherwise: Name


class Spread(Part):
    """A normal distribution of whole numbers from `min` to `max`; with `near`, around the answer to that question."""

    mean: float
    sd: Annotated[float, Field(ge=0)]
    min: int
    max: int
    near: Name | None = None


class Number(Row):
    """`leans` counts in standard deviations."""

    number: Spread
    leans: Traits = {}


class Text(Row):
    """A pattern of `str.format` over the visit's facts."""

    text: Name


class Fact(Row):
    """What the visit itself tells."""

    fact: Literal["start", "end", "today", "enumerator", "community", "rw", "rt", "house", "point"]


class Same(Row):
    """The answer to the question `same`."""

    same: Name


class Join(Row):
    """The answers to the questions `join` with `by` between them."""

    join: list[Name]
    by: str


class Band(Row):
    """The name of the band in which the answer to the question `band` lies; a number on an edge lies above it."""

    band: Name
    edges: list[float]
    names: list[Name]


class Percent(Row):
    """Of the turns of the repeat `percent`, the whole percentage for which any condition of `where` holds."""

    percent: Name
    where: list[Condition]


class Repeat(Part):
    """As many turns as the answer to `times`. The first turns begin with rows of their own, from `beginnings`."""

    repeat: Name
    times: Name
    beginnings: list[list["AnyRow"]] = []
    answers: list["AnyRow"]


AnyRow = Choose | Pick | Number | Text | Fact | Same | Join | Band | Percent | Repeat
