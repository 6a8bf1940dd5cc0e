"""From one kind of value to another, as XPath 1.0 and the JavaScript of tablets do it."""

import math
import re
from datetime import tzinfo
from decimal import Decimal
from functools import lru_cache

from app.forms.expressions.context import Run, Value
from app.forms.expressions.moments import days_of, looks_like_date
from app.forms.expressions.nodes import Node, texts_inside

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?", re.ASCII)
_INFINITY = {"Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}
_EXACT = 2**53
_SHORT = 40
_LONGEST_NUMBER = 1000
_FREE_TEXT = 1000
_PIECE = 100


def number_of_text(text: str, zone: tzinfo) -> float:
    """The number that a text spells, the days that a date means, NaN for all else."""
    number = _short_number(text) if len(text) <= _SHORT else _plain_number(text)
    return days_of(text.strip(), zone) if number is None else number


def _plain_number(text: str) -> float | None:
    """None for what looks like a date."""
    text = text.strip()
    if len(text) > _LONGEST_NUMBER:
        return math.nan
    if _NUMBER.fullmatch(text):
        return float(text)
    return None if looks_like_date(text) else _INFINITY.get(text, math.nan)


_short_number = lru_cache(maxsize=8192)(_plain_number)


def text_of_number(number: float) -> str:
    """As JavaScript writes numbers: 1, 0.1, 1e-7, 12345678901234567000, 1e+21, NaN, Infinity."""
    size = abs(number)
    if size < _EXACT and number.is_integer():
        return str(int(number))
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    text = repr(number)
    if 1e-6 <= size < 1e21:
        return f"{Decimal(text):f}".removesuffix(".0")
    digits, _, exponent = text.partition("e")
    return f"{digits}e{int(exponent):+}" if size > 1 else f"{digits}e{int(exponent)}"


def text_of_node(node: Node, run: Run) -> str:
    """The string-value of a node; long texts and whole groups cost steps."""
    value = node.value
    if value is None:
        pieces = list(texts_inside(node))
        run.spend(len(pieces))
        value = "".join(pieces)
    if len(value) > _FREE_TEXT:
        run.spend(len(value) // _PIECE)
    return value


def text_of(value: Value, run: Run) -> str:
    """XPath's string(): of several nodes, the first one's."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return text_of_node(value[0], run) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return text_of_number(value)


def number_of(value: Value, run: Run) -> float:
    """XPath's number(), which also understands dates."""
    if isinstance(value, float):
        return value
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    return number_of_text(text_of(value, run), run.zone)


def truth_of(value: Value) -> bool:
    """XPath's boolean(): a number that is neither 0 nor NaN, a text or a set of nodes that is not empty."""
    if isinstance(value, float):
        return value == value and value != 0
    return bool(value)


def texts_of(values: tuple[Value, ...], run: Run) -> list[str]:
    """All texts of all values: sets of nodes give one for each node."""
    texts: list[str] = []
    for value in values:
        if isinstance(value, list):
            texts.extend(text_of_node(node, run) for node in value)
        else:
            texts.append(text_of(value, run))
    return texts
