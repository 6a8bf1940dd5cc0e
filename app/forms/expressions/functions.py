"""All functions that expressions may call, by name."""

from collections.abc import Mapping

from app.forms.expressions import on_forms, on_moments, on_nodes, on_numbers, on_places, on_texts
from app.forms.expressions.context import EvaluationError, Value
from app.forms.expressions.signatures import Function, function

VOLATILE = frozenset({"now", "today", "random", "uuid", "once", "randomize"})
"""Their value depends on when or how often they are asked: nothing follows from another value today."""


def _if(condition: bool, then: Value, otherwise: Value) -> Value:
    """Evaluated apart from all others: only one of the two is looked at."""
    raise EvaluationError("if() is no ordinary function")


FUNCTIONS: Mapping[str, Function] = {
    "if": function("truth any any -> any", _if),
    **on_forms.FUNCTIONS,
    **on_moments.FUNCTIONS,
    **on_nodes.FUNCTIONS,
    **on_numbers.FUNCTIONS,
    **on_places.FUNCTIONS,
    **on_texts.FUNCTIONS,
}
