"""Functions on texts."""

import base64
import binascii
import hashlib
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import re2

from app.forms.expressions.context import EvaluationError, Run, Value
from app.forms.expressions.nodes import Node
from app.forms.expressions.signatures import Function, function
from app.forms.expressions.values import text_of, texts_of

_SPACE = re.compile(r"[ \t\r\n]+")
_PIECE = 100
_LONGEST_PATTERN = 10_000
_MOST_BYTES = 1 << 20
_DIGESTS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def _joined(run: Run, separator: str, texts: list[str]) -> str:
    run.spend((sum(map(len, texts)) + len(separator) * len(texts)) // _PIECE)
    return separator.join(texts)


def _concat(run: Run, *values: Value) -> str:
    return _joined(run, "", texts_of(values, run))


def _join(run: Run, separator: str, *values: Value) -> str:
    return _joined(run, separator, texts_of(values, run))


def _substring(text: str, start: float, length: float | None = None) -> str:
    """By the places of characters, counted from 1; both numbers are rounded first."""
    first = _half_up(start)
    end = math.inf if length is None else first + _half_up(length)
    if math.isnan(first) or math.isnan(end):
        return ""
    return text[int(min(max(first, 1), len(text) + 1)) - 1 : int(min(max(end, 1), len(text) + 1)) - 1]


def _half_up(number: float) -> float:
    return math.floor(number + 0.5) if math.isfinite(number) else number


def _substr(text: str, start: float, end: float = math.inf) -> str:
    """By places from 0, of which negative ones count from the end."""
    return text[_place(start, text) : _place(end, text)]


def _place(number: float, text: str) -> int:
    return 0 if math.isnan(number) else int(max(-len(text), min(number, len(text))))


def _substring_before(text: str, part: str) -> str:
    before, found, _ = text.partition(part) if part else ("", "", "")
    return before if found else ""


def _substring_after(text: str, part: str) -> str:
    return text.partition(part)[2] if part else text


def _length(text: str) -> float:
    """As JavaScript counts: what lies beyond the first 65,536 characters of Unicode counts twice."""
    return float(len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2)


def _translate(text: str, old: str, new: str) -> str:
    table: dict[int, str | None] = {}
    for place, character in enumerate(old):
        table.setdefault(ord(character), new[place] if place < len(new) else None)
    return text.translate(table)


def _regex(run: Run, text: str, pattern: str) -> bool:
    """Whether the pattern describes the whole text, in time that grows with its length only."""
    run.spend(len(text) // _PIECE)
    if len(pattern) > _LONGEST_PATTERN:
        raise EvaluationError("the pattern is too long")
    return matcher(pattern).fullmatch(_storable(text)) is not None


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Any:
    """A compiled pattern of RE2. Raises EvaluationError for what is none, or needs more than RE2 does."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_BYTES
    try:
        return re2.compile(_storable(pattern), options)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        raise EvaluationError(f"the pattern {pattern!r} cannot be used: {reason}") from error


def _storable(text: str) -> str:
    """Without the halves of characters that JSON can hold and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()


def _digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    name = _DIGESTS.get(algorithm.upper())
    if name is None or encoding not in ("base64", "hex"):
        raise EvaluationError(f"there is no digest {algorithm!r} in {encoding!r}")
    found = hashlib.new(name, text.encode("utf-8", "replace"), usedforsecurity=False).digest()
    return found.hex() if encoding == "hex" else base64.b64encode(found).decode()


def _base64_decode(text: str) -> str:
    try:
        return base64.b64decode(text.encode("ascii", "replace"), validate=True).decode("utf-8", "replace")
    except binascii.Error as error:
        raise EvaluationError("the text is not in base64") from error


def _coalesce(run: Run, first: Value, second: Value) -> str:
    """The first that is not empty; what is no number is nothing, as in coalesce(${a} + ${b}, 0)."""
    nothing = isinstance(first, float) and math.isnan(first)
    return ("" if nothing else text_of(first, run)) or text_of(second, run)


def _once(run: Run, here: Node, value: Value) -> str:
    return text_of([here], run) or text_of(value, run)


FUNCTIONS: Mapping[str, Function] = {
    "string": function("text. -> text", str),
    "concat": function("run any* -> text", _concat),
    "join": function("run text any* -> text", _join),
    "substr": function("text number number? -> text", _substr),
    "substring": function("text number number? -> text", _substring),
    "substring-before": function("text text -> text", _substring_before),
    "substring-after": function("text text -> text", _substring_after),
    "translate": function("text text text -> text", _translate),
    "string-length": function("text. -> number", _length),
    "normalize-space": function("text. -> text", lambda text: _SPACE.sub(" ", text).strip(" ")),
    "contains": function("text text -> truth", lambda text, part: part in text),
    "starts-with": function("text text -> truth", str.startswith),
    "ends-with": function("text text -> truth", str.endswith),
    "regex": function("run text text -> truth", _regex),
    "digest": function("text text text? -> text", _digest),
    "base64-decode": function("text -> text", _base64_decode),
    "coalesce": function("run any any -> text", _coalesce),
    "once": function("run here any -> text", _once),
}
