"""Functions on numbers, as JavaScript counts: they give NaN or Infinity and never fail."""

import math
from collections.abc import Callable, Mapping
from functools import wraps

from app.forms.expressions.context import NodeSet, Run, Value
from app.forms.expressions.signatures import Function, function
from app.forms.expressions.values import number_of, number_of_text, text_of_node

_MOST_DIGITS = 300


def divide(left: float, right: float) -> float:
    if right:
        return left / right
    if not left or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1, right)


def remainder(left: float, right: float) -> float:
    """With the sign of the left number."""
    if math.isinf(left) or right == 0:
        return math.nan
    return math.fmod(left, right)


def _half_away(number: float) -> float:
    """The nearest whole number; halves go away from zero, so -1.5 becomes -2."""
    if not math.isfinite(number):
        return number
    size = abs(number)
    whole = math.floor(size)
    return math.copysign(whole if size - whole < 0.5 else whole + 1, number)


def _round(number: float, digits: float = 0) -> float:
    places = 0 if math.isnan(digits) else math.trunc(max(-_MOST_DIGITS, min(digits, _MOST_DIGITS)))
    power = 10.0 ** abs(places)
    scaled = number * power if places > 0 else number / power
    if math.isinf(scaled):
        return number
    return _half_away(scaled) / power if places > 0 else _half_away(scaled) * power


def _whole(cut: Callable[[float], int]) -> Callable[[float], float]:
    def whole(number: float) -> float:
        return float(cut(number)) if math.isfinite(number) else number

    return whole


def _pow(base: float, exponent: float) -> float:
    if math.isnan(exponent) or (abs(base) == 1 and math.isinf(exponent)):
        return math.nan
    odd = exponent.is_integer() and exponent % 2 == 1
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and odd else math.inf
    except ValueError:
        return math.copysign(math.inf, base if odd else 1) if base == 0 else math.nan


def _calm(call: Callable[..., float]) -> Callable[..., float]:
    @wraps(call)
    def calm(*numbers: float) -> float:
        try:
            return call(*numbers)
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    return calm


def _logarithm(call: Callable[[float], float]) -> Callable[[float], float]:
    return lambda number: -math.inf if number == 0 else _calm(call)(number)


def _all_numbers(run: Run, values: tuple[Value, ...]) -> list[float]:
    numbers: list[float] = []
    for value in values:
        if isinstance(value, list):
            numbers.extend(_numbers_of(run, value))
        else:
            numbers.append(number_of(value, run))
    return numbers


def _numbers_of(run: Run, nodes: NodeSet) -> list[float]:
    return [number_of_text(text_of_node(node, run), run.zone) for node in nodes]


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., float]:
    def extreme(run: Run, *values: Value) -> float:
        numbers = _all_numbers(run, values)
        return math.nan if not numbers or any(map(math.isnan, numbers)) else choose(numbers)

    return extreme


def _sum(run: Run, nodes: NodeSet) -> float:
    return float(sum(_numbers_of(run, nodes)))


FUNCTIONS: Mapping[str, Function] = {
    "number": function("number. -> number", float),
    "round": function("number number? -> number", _round),
    "int": function("number -> number", _whole(math.trunc)),
    "floor": function("number -> number", _whole(math.floor)),
    "ceiling": function("number -> number", _whole(math.ceil)),
    "abs": function("number -> number", abs),
    "pow": function("number number -> number", _pow),
    "exp": function("number -> number", _calm(math.exp)),
    "exp10": function("number -> number", lambda number: _pow(10.0, number)),
    "log": function("number -> number", _logarithm(math.log)),
    "log10": function("number -> number", _logarithm(math.log10)),
    "sqrt": function("number -> number", _calm(math.sqrt)),
    "sin": function("number -> number", _calm(math.sin)),
    "cos": function("number -> number", _calm(math.cos)),
    "tan": function("number -> number", _calm(math.tan)),
    "asin": function("number -> number", _calm(math.asin)),
    "acos": function("number -> number", _calm(math.acos)),
    "atan": function("number -> number", math.atan),
    "atan2": function("number number -> number", math.atan2),
    "pi": function("-> number", lambda: math.pi),
    "sum": function("run nodes -> number", _sum),
    "max": function("run any* -> number", _extreme(max)),
    "min": function("run any* -> number", _extreme(min)),
}
