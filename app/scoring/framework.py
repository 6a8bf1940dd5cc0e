"""What the answers mean: a framework, the document `score/1`, as data that is checked once and never changes.

A question is referred to by its `name` in the framework's own form, or as `other_form:name`. Whether
references and numbers make sense together is the matter of `app.scoring.check`; here is only the shape.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

Labels = dict[str, str]
Direction = Literal[1, -1]
Combine = Literal["arithmetic", "geometric", "harmonic", "min"]
Share = Annotated[float, Field(ge=0, le=1)]
People = Annotated[int, Field(ge=0, le=1_000_000)]
Name = Annotated[str, Field(min_length=1)]


class Part(BaseModel):
    """Strict, because a framework that says `"5"` or misspells a member should be refused, not guessed at."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Scale(Part):
    """The ends between which scores lie; `higher_is_better` is passed on to readers and changes no number."""

    min: float
    max: float
    higher_is_better: bool = True


class MissingAnswers(Part):
    """Answers that hold no value, by reason, and the reason of a blank."""

    codes: dict[str, Name] = {}
    blank: Name = "not_answered"


class MapRule(Part):
    """select_one: a score for each choice. `map` wins over missing codes; `reverse` mirrors on the scale."""

    type: Literal["map"]
    question: Name
    map: Annotated[dict[str, float], Field(min_length=1)]
    reverse: bool = False
    not_applicable: list[str] = []


class Bins(Part):
    """A number falls between `edges` and takes the score of its bin, which is closed on its left or right."""

    edges: Annotated[list[float], Field(min_length=1)]
    scores: list[float]
    closed: Literal["left", "right"] = "left"


class BinsRule(Bins):
    """The number that answers a question, in its bin."""

    type: Literal["bins"]
    question: Name


class Goalposts(Part):
    """A number, linear from `low` to `high` onto the scale, turned by `direction` -1.

    Numbers outside are clipped, or invalid without `clip`.
    """

    low: float
    high: float
    direction: Direction | None = None
    clip: bool = True


class GoalpostsRule(Goalposts):
    """The number that answers a question, between its goalposts."""

    type: Literal["goalposts"]
    question: Name


class CountRule(Part):
    """select_multiple: how many of `options` are chosen, looked up in `to` or linear from `low` to `high`.

    `weights` make an option count more or less than 1; `high` is by default what all options make together,
    and counts are clipped. Choices that are not listed do not count; one of `none` beside another choice is
    invalid.
    """

    type: Literal["count"]
    question: Name
    options: Annotated[list[str], Field(min_length=1)]
    none: list[str] = []
    weights: dict[str, float] | None = None
    to: list[float] | None = None
    low: float = 0.0
    high: float | None = None


ItemRule = Annotated[MapRule | BinsRule | GoalpostsRule | CountRule, Field(discriminator="type")]


class ScaleRule(Part):
    """Several questions of one interview as one score: the weighted mean of the answered items, or their sum.

    At least `min_answered` items must be answered (default: every applicable one; just one if `blank` is
    given). `blank` is the value that an unanswered item takes once enough others are answered, for
    questions that the form skips by design. A sum with missing items is scaled up to all of them: a missing
    one never counts as zero.
    """

    type: Literal["scale"]
    items: Annotated[list[ItemRule], Field(min_length=1)]
    combine: Literal["mean", "sum"] = "mean"
    min_answered: Annotated[int, Field(ge=1)] | None = None
    weights: list[float] | None = None
    blank: float | None = None
    alpha: bool = False


class RatioRule(Part):
    """A rate: one number of an interview divided by another, then placed by `bins` or by `goalposts`.

    A denominator that is not above zero is invalid. At the level of a community it would be the ratio of its sums.
    """

    type: Literal["ratio"]
    numerator: Name
    denominator: Name
    bins: Bins | None = None
    goalposts: Goalposts | None = None
    level: Literal["unit", "community"] = "unit"


Rule = Annotated[MapRule | BinsRule | GoalpostsRule | CountRule | ScaleRule | RatioRule, Field(discriminator="type")]


class Indicator(Part):
    """One score of one interview.

    `direction` -1 mirrors the score, unless the rule says its own (`reverse`, or `direction` of goalposts).
    Completeness is counted for each `kind`.
    """

    id: Name
    label: Labels = {}
    unit: Literal["household", "person", "community"] = "household"
    direction: Direction = 1
    source: Literal["survey", "group", "external"] = "survey"
    kind: Name | None = None
    scale: Scale | None = None
    rule: Rule

    def questions(self) -> Iterator[str]:
        """The references to the questions that the rule reads."""
        match self.rule:
            case ScaleRule():
                yield from (item.question for item in self.rule.items)
            case RatioRule():
                yield from (self.rule.numerator, self.rule.denominator)
            case _:
                yield self.rule.question


class Leaf(Part):
    """An indicator's place in the tree."""

    indicator: Name
    weight: float = 1.0


def _kind(child: Any) -> str:
    is_leaf = isinstance(child, Leaf) or (isinstance(child, Mapping) and "indicator" in child)
    return "leaf" if is_leaf else "node"


Child = Annotated[Annotated[Leaf, Tag("leaf")] | Annotated["Node", Tag("node")], Discriminator(_kind)]


class Node(Part):
    """Children combined by weight. The weight of the root means nothing."""

    id: Name
    label: Labels = {}
    weight: float = 1.0
    combine: Combine = "arithmetic"
    min_child_share: Share | None = None
    children: Annotated[list[Child], Field(min_length=1)]

    def leaves(self) -> Iterator[Leaf]:
        """Every indicator's place under this node, in the document's order."""
        return (place for _, place in self.places("") if isinstance(place, Leaf))

    def places(self, path: str) -> Iterator[tuple[str, "Node | Leaf"]]:
        """This node, which stands at `path`, and everything under it with its path; parents first."""
        yield path, self
        for number, child in enumerate(self.children):
            below = f"{path}.children[{number}]"
            if isinstance(child, Leaf):
                yield below, child
            else:
                yield from child.places(below)

    def nodes(self) -> Iterator["Node"]:
        """This node and every node under it, parents first."""
        return (place for _, place in self.places("") if isinstance(place, Node))


class Band(Part):
    """A named stretch of the total, both ends included."""

    id: Name
    label: Labels = {}
    min: float
    max: float


class Policy(Part):
    """How missing values and small numbers are treated."""

    item_missing: Literal["available_case"] = "available_case"
    child_missing: Literal["renormalise"] = "renormalise"
    min_child_share: Share = 0.0
    n_suppress: People = 5
    n_flag: People = 30
    deff_default: Annotated[float, Field(gt=0)] | None = None


class Design(Part):
    """The questions that hold an interview's place in the sample; `dimensions` split the scores."""

    strata: Name | None = None
    psu: Name | None = None
    ssu: Name | None = None
    weight: Name | None = None
    fpc_psu: Name | None = None
    fpc_ssu: Name | None = None
    lonely_psu: Literal["adjust", "average", "remove", "certainty", "fail"] = "adjust"
    ci_level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    dimensions: list[Name] = []

    @property
    def is_declared(self) -> bool:
        """Whether anything is said about how interviews were drawn. Without it each household counts for itself."""
        return any((self.strata, self.psu, self.ssu, self.weight, self.fpc_psu, self.fpc_ssu))


class Reference(NamedTuple):
    """A question of a form."""

    form_id: str
    name: str


class Framework(Part):
    """A whole `score/1` document. The completeness of the frameworks `beside` it is told with its own."""

    spec: Literal["score/1"]
    id: Name
    version: Name
    form: Name
    beside: list[Name] = []
    label: Labels = {}
    provenance: str = "unspecified"
    note: str | Labels | None = None
    scale: Scale
    missing: MissingAnswers = MissingAnswers()
    indicators: Annotated[list[Indicator], Field(min_length=1)]
    tree: Node
    total: Literal["on", "off"] = "on"
    bands: list[Band] = []
    policy: Policy = Policy()
    design: Design = Design()

    def order(self) -> tuple[str, ...]:
        """The indicators as sums and kept scores have them. What interviews are seldom asked stands at the end."""
        return tuple(each.id for each in sorted(self.indicators, key=lambda each: each.source != "survey"))

    def scale_of(self, indicator: Indicator) -> Scale:
        """The indicator's own scale, or the framework's."""
        return indicator.scale or self.scale


def placing(rule: Rule) -> Bins | Goalposts | None:
    """What places one number on the scale, if the rule does that."""
    match rule:
        case BinsRule() | GoalpostsRule():
            return rule
        case RatioRule():
            return rule.bins or rule.goalposts
    return None


@lru_cache(4096)
def locate(reference: str, home: str) -> Reference:
    """`name` in the form `home`, or `other_form:name`."""
    form_id, colon, name = reference.rpartition(":")
    return Reference(form_id if colon else home, name)
