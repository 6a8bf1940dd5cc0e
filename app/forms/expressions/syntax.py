"""A form expression as a tree. `str(expression)` writes it so that reading gives the same tree again."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from app.forms.expressions.values import text_of_number

LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
LEVEL = {operator: level for level, operators in enumerate(LEVELS) for operator in operators}


@dataclass(frozen=True, slots=True)
class Number:
    value: float

    def __str__(self) -> str:
        return "1e999" if math.isinf(self.value) else text_of_number(self.value)


@dataclass(frozen=True, slots=True)
class Text:
    """A literal. XPath cannot write one that has both kinds of quotation marks."""

    value: str

    def __str__(self) -> str:
        quote = '"' if "'" in self.value else "'"
        return f"{quote}{self.value}{quote}"


@dataclass(frozen=True, slots=True)
class Reference:
    """XLSForm's ${name}, or ${last-saved#name} for the answer in the interview before."""

    name: str
    last_saved: bool = False

    def __str__(self) -> str:
        return f"${{{'last-saved#' if self.last_saved else ''}{self.name}}}"


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: "tuple[Expression, ...]" = ()

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True, slots=True)
class Operation:
    """Operands joined by operators of one level, from left to right: a - b + c has two."""

    operands: "tuple[Expression, ...]"
    operators: tuple[str, ...]

    @property
    def level(self) -> int:
        return LEVEL[self.operators[0]]

    def __str__(self) -> str:
        first, *others = (self._operand(operand) for operand in self.operands)
        pairs = zip(self.operators, others, strict=True)
        return first + "".join(f" {operator} {operand}" for operator, operand in pairs)

    def _operand(self, operand: "Expression") -> str:
        loose = isinstance(operand, Operation) and operand.level <= self.level
        return f"({operand})" if loose else str(operand)


@dataclass(frozen=True, slots=True)
class Negation:
    operand: "Expression"

    def __str__(self) -> str:
        return f"-({self.operand})" if isinstance(self.operand, Operation) else f"-{self.operand}"


@dataclass(frozen=True, slots=True)
class Union:
    parts: "tuple[Expression, ...]"

    def __str__(self) -> str:
        loose = (Operation, Negation, Union)
        return " | ".join(f"({part})" if isinstance(part, loose) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path. `test` is a name, *, prefix:*, or one of node(), text(), comment()."""

    axis: str
    test: str
    predicates: "tuple[Expression, ...]" = ()

    def __str__(self) -> str:
        short = _ABBREVIATED.get((self.axis, self.test))
        if short and not self.predicates:
            return short
        axis = _AXES.get(self.axis, f"{self.axis}::")
        return f"{axis}{self.test}{_brackets(self.predicates)}"


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the root of the document if `absolute`, else from `base`, else from the context node."""

    steps: tuple[Step, ...]
    absolute: bool = False
    base: "Expression | None" = None

    def __str__(self) -> str:
        steps = "/".join(map(str, self.steps))
        if self.absolute:
            # A bare root would swallow a * that follows it.
            return f"/{steps}" if steps else "(/)"
        return f"{_primary(self.base)}/{steps}" if self.base is not None else steps


@dataclass(frozen=True, slots=True)
class Filter:
    """A value that is no step of a path, with predicates."""

    base: "Expression"
    predicates: "tuple[Expression, ...]"

    def __str__(self) -> str:
        base = f"({self.base})" if isinstance(self.base, Filter) else _primary(self.base)
        return base + _brackets(self.predicates)


Expression = Number | Text | Reference | Call | Operation | Negation | Union | Path | Filter

SELF = Step("self", "node()")
PARENT = Step("parent", "node()")
DESCENDANTS = Step("descendant-or-self", "node()")

_ABBREVIATED = {("self", "node()"): ".", ("parent", "node()"): ".."}
_AXES = {"child": "", "attribute": "@"}


def _brackets(predicates: tuple[Expression, ...]) -> str:
    return "".join(f"[{predicate}]" for predicate in predicates)


def _primary(expression: Expression) -> str:
    plain = (Number, Text, Reference, Call, Filter)
    bare_root = isinstance(expression, Path) and expression.absolute and not expression.steps
    return str(expression) if isinstance(expression, plain) or bare_root else f"({expression})"


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """The expressions that stand directly inside another."""
    match expression:
        case Call(_, arguments):
            return arguments
        case Operation(operands, _):
            return operands
        case Negation(operand):
            return (operand,)
        case Union(parts):
            return parts
        case Filter(base, predicates):
            return (base, *predicates)
        case Path(steps, _, base):
            inside = tuple(predicate for step in steps for predicate in step.predicates)
            return inside if base is None else (base, *inside)
        case _:
            return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """An expression and everything inside it, in the order in which it is written."""
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(parts_of(part)))


def functions_used(expression: Expression) -> frozenset[str]:
    return frozenset(part.name for part in walk(expression) if isinstance(part, Call))
