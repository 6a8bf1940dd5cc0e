"""Calls of functions, with each argument turned into what the function takes."""

from collections.abc import Callable, Sequence
from typing import Any

from app.forms.expressions.context import Closure, Run
from app.forms.expressions.functions import FUNCTIONS
from app.forms.expressions.nodes import Node
from app.forms.expressions.parts import Part, as_nodes, as_number, as_text, as_truth, failing
from app.forms.expressions.signatures import ANY, HERE, NODES, NUMBER, TEXT, TRUTH, Function

_Argument = Callable[[Node, Run], Any]

_WANTED: dict[str, Callable[[Part], _Argument]] = {
    ANY: lambda part: part.run,
    NODES: as_nodes,
    NUMBER: as_number,
    TEXT: as_text,
    TRUTH: as_truth,
}
_HERE = Part(NODES, lambda node, run: [node])


def compile_call(name: str, arguments: Sequence[Part]) -> Part:
    """A wrong name or number of arguments fails only when it is evaluated; `check` finds it before."""
    function = FUNCTIONS.get(name)
    if function is None:
        return failing(f"there is no function {name}()")
    if not function.takes(len(arguments)):
        return failing(f"{name}() takes {function.arity()}")
    if name == "if":
        return _choice(*arguments)
    given = [_WANTED[function.kind(place)](part) for place, part in enumerate(arguments)]
    left_out = function.parameters[len(given) :]
    given += [_WANTED[parameter.kind](_HERE) for parameter in left_out if parameter.here]
    return Part(function.returns, _call(function, [*map(_extra, function.extras), *given]))


def _extra(name: str) -> _Argument:
    return (lambda node, run: node) if name == HERE else (lambda node, run: run)


def _choice(condition: Part, then: Part, otherwise: Part) -> Part:
    truth, yes, no = as_truth(condition), then.run, otherwise.run
    kind = then.kind if then.kind == otherwise.kind else ANY
    return Part(kind, lambda node, run: yes(node, run) if truth(node, run) else no(node, run))


def _call(function: Function, arguments: Sequence[_Argument]) -> Closure:
    """One function for each number of arguments, which is faster than one for all."""
    call: Callable[..., Any] = function.call
    match arguments:
        case []:
            return lambda node, run: call()
        case [one]:
            return lambda node, run: call(one(node, run))
        case [one, two]:
            return lambda node, run: call(one(node, run), two(node, run))
        case [one, two, three]:
            return lambda node, run: call(one(node, run), two(node, run), three(node, run))
        case _:
            return lambda node, run: call(*[argument(node, run) for argument in arguments])
