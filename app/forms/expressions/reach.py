"""How far an expression looks: what it comes to may then be remembered, or asked once for all questions."""

from app.forms.expressions.functions import FUNCTIONS
from app.forms.expressions.signatures import HERE, Function
from app.forms.expressions.syntax import (
    SELF,
    Call,
    Expression,
    Filter,
    Path,
    Reference,
    Union,
    functions_used,
    parts_of,
    walk,
)

Names = tuple[str, ...]
"""Those that lead from the root of a document to an element."""

ITSELF: Names = ()

_ONLY_ARGUMENTS = frozenset(
    {"checklist", "coalesce", "concat", "join", "max", "min", "regex", "sum", "weighted-checklist"}
)
"""Functions that need the run for its steps and its zone alone."""

_PLACED = frozenset({"current", "last", "once", "position"})
"""Functions that depend on where the evaluation has begun or come to, whatever they are given."""


def read_by(expression: Expression) -> frozenset[Names] | None:
    """The elements from whose texts, and the zone in which dates are meant, its value at a leaf follows; the leaf is
    `ITSELF`. None if there is more to it."""
    found: set[Names] = set()
    for part in walk(expression):
        match part:
            case Path():
                names = _names_of(part)
                if names is None:
                    return None
                found.add(names)
            case Call(name):
                function = FUNCTIONS.get(name)
                if function is None or (function.extras and name not in _ONLY_ARGUMENTS):
                    return None
                if _takes_here(function, part):
                    found.add(ITSELF)
            case Filter() | Union() | Reference():
                return None
    return frozenset(found)


def _names_of(path: Path) -> Names | None:
    """None for a path that is neither `.` nor /a/b/c."""
    steps = [step for step in path.steps if step != SELF]
    named = all(step.axis == "child" and not step.predicates and step.test.isidentifier() for step in steps)
    if path.base is not None or not named or path.absolute != bool(steps):
        return None
    return tuple(step.test for step in steps)


def is_same_everywhere(expression: Expression) -> bool:
    """Whether its value is the same at every node of an interview."""
    return _PLACED.isdisjoint(functions_used(expression)) and _is_anchored(expression)


def _is_anchored(expression: Expression) -> bool:
    match expression:
        case Path(_, absolute, base):
            # What stands in predicates looks from the nodes of the path itself.
            return absolute if base is None else _is_anchored(base)
        case Filter(base, _):
            return _is_anchored(base)
        case Call(name):
            function = FUNCTIONS.get(name)
            if function is None or HERE in function.extras or _takes_here(function, expression):
                return False
    return all(_is_anchored(part) for part in parts_of(expression))


def _takes_here(function: Function, call: Call) -> bool:
    """Whether an argument is left out that then is the context node."""
    return any(parameter.here for parameter in function.parameters[len(call.arguments) :])
