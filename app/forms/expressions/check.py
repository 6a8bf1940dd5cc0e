"""What is wrong with an expression, before any interview is evaluated with it."""

from collections.abc import Iterator

from app.forms.expressions.context import EvaluationError
from app.forms.expressions.functions import FUNCTIONS
from app.forms.expressions.on_texts import matcher
from app.forms.expressions.parse import parse
from app.forms.expressions.signatures import NODES
from app.forms.expressions.syntax import Call, Expression, Negation, Number, Operation, Text, walk
from app.forms.expressions.tokens import SyntaxFault
from app.forms.faults import did_you_mean, quoted

_BROKEN = (": missing ", ": unexpected ", ": no argument ")


def check_expression(text: str) -> list[str]:
    """All faults in words for the author of a form, none for a good expression. Never raises."""
    try:
        expression = parse(text)
    except SyntaxFault as fault:
        return [str(fault)]
    calls = (part for part in walk(expression) if isinstance(part, Call))
    return list(dict.fromkeys(fault for call in calls for fault in _faults_of_call(call)))


def _faults_of_call(call: Call) -> Iterator[str]:
    function = FUNCTIONS.get(call.name)
    if function is None:
        remedy = did_you_mean(f"{call.name}()", [f"{name}()" for name in FUNCTIONS], "")
        yield f"There is no function {quoted(f'{call.name}()')}. {remedy}".strip()
    elif not function.takes(len(call.arguments)):
        yield f"{call.name}() takes {function.arity()}, here it has {len(call.arguments)}."
    else:
        for place, argument in enumerate(call.arguments):
            if function.kind(place) == NODES and not _may_give_nodes(argument):
                yield f"{call.name}() looks at questions or groups, and {quoted(str(argument))} is neither."
        if call.name == "regex":
            yield from _faults_of_pattern(call.arguments[1])


def _may_give_nodes(expression: Expression) -> bool:
    if isinstance(expression, Call):
        function = FUNCTIONS.get(expression.name)
        return function is None or function.returns in (NODES, "any")
    return not isinstance(expression, Text | Number | Operation | Negation)


def _faults_of_pattern(pattern: Expression) -> Iterator[str]:
    """Only what no client could read: tablets know more kinds of patterns than can be matched in bounded time."""
    if isinstance(pattern, Text):
        try:
            matcher(pattern.value)
        except EvaluationError as error:
            reason = str(error)
            if any(broken in reason for broken in _BROKEN):
                yield f"{reason[:1].upper()}{reason[1:]}."
