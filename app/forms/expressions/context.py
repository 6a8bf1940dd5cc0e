"""What an expression may know besides the tree it looks at, and how far it may go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import partial
from random import Random
from typing import NoReturn

from app.forms.expressions.nodes import Node, root_of

NodeSet = list[Node]
Value = float | str | bool | NodeSet

STEPS = 1_000_000
"""How many nodes and pieces of text one evaluation may touch: no honest form comes near."""


class EvaluationError(Exception):
    """The expression cannot be evaluated. Its argument says why, in English."""


class BudgetExceeded(EvaluationError):
    """The expression took more steps than it was given."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What stands for a value where there is none: nothing may be concluded from it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of an interview.

    `now` is the interview's own time; dates without a zone are meant in its zone, in UTC if it has none itself.
    `instances` are what instance(name) finds, `texts` what jr:itext(id) finds. `look_up` answers
    pulldata(file, column, key column, key) from published tables, `label_of` answers
    jr:choice-name(choice, path of the question); both may raise LookupError.
    """

    now: datetime
    chance: Random = field(default_factory=partial(Random, 0))
    instances: Mapping[str, Node] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    namespaces: Mapping[str, str] = field(default_factory=dict)
    look_up: Callable[[str, str, str, str], str] | None = None
    label_of: Callable[[str, str], str] | None = None
    steps: int = STEPS


class Run:
    """One evaluation under way: where it is, and the steps it has left."""

    __slots__ = ("context", "current", "left", "position", "root", "size", "zone")

    def __init__(self, node: Node, context: Context) -> None:
        self.context = context
        self.zone: tzinfo = context.now.tzinfo or UTC
        self.left = context.steps
        self.root = root_of(node)
        self.turn_to(node)

    @property
    def now(self) -> datetime:
        return self.context.now.replace(tzinfo=self.zone)

    def turn_to(self, node: Node) -> None:
        """Begins at another question of the same interview; what was spent stays spent."""
        self.current = node
        self.position = self.size = 1

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            self.stop()

    def stop(self) -> NoReturn:
        raise BudgetExceeded("it takes too many steps")


Closure = Callable[[Node, Run], Value]
