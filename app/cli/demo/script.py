"""The script of a synthetic fieldwork, the document `demo/1`: what is plausible where, as data."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field

from app.cli.demo.rows import AnyRow, Choose, Condition, Name, Number, Part, Pick, Share, Traits

Whole = Annotated[int, Field(ge=1)]


class Days(Part):
    """How people work. Times are WIB, `off` are ISO weekdays (7 is Sunday), pairs go from the least to the most.

    `enumerators` take turns in each community, a day each; `enumerator` is the pattern of their codes.
    """

    opens: dt.time
    closes: dt.time
    off: frozenset[Annotated[int, Field(ge=1, le=7)]]
    interview_minutes: tuple[float, float]
    pause_minutes: tuple[float, float]
    enumerators: Whole
    enumerator: Name


class Ground(Part):
    """How far places scatter, as standard deviations: RT around the centroid, houses around their RT."""

    rt_metres: float
    house_metres: float
    accuracy_metres: tuple[float, float]


class Trait(Part):
    """Standard deviations of a trait: between the RT of a community, and between the households of an RT."""

    rt: float
    household: float


class Community(Part):
    """RW in the community, RT in each, RT in the sample, metres above the sea, and the mean of each trait."""

    rw: Whole
    rt: Whole
    sampled: Whole
    altitude: float
    traits: Traits


class Section(Part):
    """Rows that apply only when every condition in `when` holds, like a group of the form."""

    when: tuple[Condition, ...] = ()
    answers: list[AnyRow]


class Mistake(Part):
    """What stands in place of a good answer, and raises one flag."""

    question: Name
    instead: Any


class Mistakes(Part):
    share: Share
    kinds: list[Mistake]


class Corrections(Part):
    """Late edits: a share of the interviews comes once more with these questions answered anew, if they were asked."""

    share: Share
    answers: list[Choose | Pick | Number]


class Script(Part):
    """`nonresponse` are shares by choice, for every select whose list has that choice."""

    demo: Literal["demo/1"]
    form: Name
    version: Name
    provenance: Literal["synthetic"]
    note: dict[str, str]
    days: Days
    ground: Ground
    traits: dict[Name, Trait]
    communities: dict[Name, Community]
    nonresponse: dict[Name, Share]
    sections: list[Section]
    mistakes: Mistakes
    corrections: Corrections
