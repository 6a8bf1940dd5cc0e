"""Opening a batch: its members checked, its items one by one, each with the very bytes that were sent.

The batch is walked by hand so that one bad item never harms its neighbours: what cannot be parsed is skipped to its
closing bracket and handed on as raw bytes with the reason. Invalid UTF-8 travels as lone surrogates, so that it
spoils only the text it stands in.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.problems import (
    DuplicateKey,
    InvalidBatch,
    InvalidJson,
    Problem,
    TooComplex,
    TooManyItems,
    TruncatedJson,
)

MAX_BRACKETS = 100_000
"""Most opening brackets in one batch; a real one of 500 interviews has about 20,000. Bounds memory, not meaning."""

MOST_COMMAS = 250_000

LONGEST_NAME = 200

MOST_MEMBERS = 100
"""Most members of a batch beside the few that we know."""

_BLANK = re.compile(r"[ \t\r\n]*")
# A text that never ends reaches to the end of all, so that none of it is looked at twice.
_STRUCTURE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_AFTER_SCALAR = re.compile(r"[,\]}]")


class Repeated(ValueError):
    """A member stands twice in one object. Its argument is the member's name."""


@dataclass(frozen=True, slots=True)
class RawItem:
    """One item as sent. `content` is None when it could not be read, and `fault` then says why."""

    raw: bytes
    content: Any
    fault: str | None = None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise Repeated(next(name for name, count in counts.items() if count > 1))
    return members


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse)


class Envelope:
    """A batch as it is opened. Take all of `items()` first; after that `members` holds everything else.

    What is longer than `max_item_bytes` is not even parsed: a text of 4 MB can become 100 MB of objects.
    """

    def __init__(self, body: bytes, max_item_bytes: int) -> None:
        if body.startswith(b"\xef\xbb\xbf"):
            raise InvalidJson(what="it begins with a byte order mark")
        if body.count(b"{") + body.count(b"[") > MAX_BRACKETS:
            raise TooComplex(max_brackets=MAX_BRACKETS)
        self._text = body.decode("utf-8", "surrogateescape")
        self._longest = max_item_bytes
        # Few commas are few objects, however many bytes: then no item needs to be measured before it is parsed.
        self._crowded = body.count(b",") > MOST_COMMAS
        self._at = 0
        self.members: dict[str, Any] = {}

    @property
    def batch_id(self) -> str:
        return str(self.members["batch_id"])

    def items(self, max_items: int) -> Iterator[RawItem]:
        """The items in their order.

        Raises `TooManyItems` as soon as one too many begins, and another problem when the whole is not a JSON object
        with what a batch needs; then nothing of what was handed out before may be kept.
        """
        self._expect("{")
        separator = self._expect("}") if self._text.startswith("}", self._at) else "{"
        while separator != "}":
            name = self._name()
            if name == "items" and self._text.startswith("[", self._at):
                self.members[name] = []
                yield from self._items(max_items)
            elif self._is_too_long():
                raise InvalidBatch(member=_shown(name), what="is too long")
            else:
                self.members[name] = self._value()
            separator = self._expect(",", "}")
        if self._at != len(self._text):
            raise self._mistake()
        self._check_members()

    def _items(self, max_items: int) -> Iterator[RawItem]:
        self._expect("[")
        count, separator = 0, self._expect("]") if self._text.startswith("]", self._at) else "["
        while separator != "]":
            count += 1
            if count > max_items:
                raise TooManyItems(max_items=max_items)
            yield self._item()
            separator = self._expect(",", "]")

    def _item(self) -> RawItem:
        begin, content, fault = self._at, None, "too_long" if self._crowded and self._is_too_long() else None
        if not fault:
            content, fault, self._at = _parsed(self._text, begin)
        if fault:
            self._at = self._end_of_value()
        return RawItem(self._text[begin : self._at].encode("utf-8", "surrogateescape"), content, fault)

    def _name(self) -> str:
        name = self._value()
        self._expect(":")
        if not isinstance(name, str):
            raise self._mistake()
        if len(self.members) > MOST_MEMBERS:
            raise InvalidBatch(member=_shown(name), what="is one too many")
        if name in self.members:
            raise DuplicateKey(member=_shown(name))
        return name

    def _value(self) -> Any:
        try:
            value, self._at = _decoder.raw_decode(self._text, self._at)
        except Repeated as error:
            raise DuplicateKey(member=_shown(error.args[0])) from error
        except (ValueError, RecursionError) as error:
            # What reaches to the very end was cut on its way: no mistake of its writer's, so that it is sent again.
            if (end := self._end_of_value()) == len(self._text):
                self._at = end
            raise self._mistake() from error
        return value

    def _is_too_long(self) -> bool:
        """Whether the value that begins here is; its end is looked for only when it can be far away."""
        begin = self._at
        return len(self._text) - begin > self._longest and self._end_of_value() - begin > self._longest

    def _end_of_value(self) -> int:
        """The end of the value that begins here, judged by brackets and quotes alone."""
        if not self._text.startswith(("{", "[", '"'), self._at):
            end = _AFTER_SCALAR.search(self._text, self._at)
            if end is None:
                self._at = len(self._text)
            if end is None or end.start() == self._at:
                raise self._mistake()
            return end.start()
        depth = 0
        for match in _STRUCTURE.finditer(self._text, self._at):
            mark = self._text[match.start()]
            depth += (mark in "[{") - (mark in "]}")
            if depth == 0:
                return match.end()
        self._at = len(self._text)
        raise self._mistake()

    def _expect(self, *marks: str) -> str:
        self._skip_blank()
        if not self._text.startswith(marks, self._at):
            raise self._mistake()
        mark = self._text[self._at]
        self._at += 1
        self._skip_blank()
        return mark

    def _skip_blank(self) -> None:
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _mistake(self) -> Problem:
        if self._at >= len(self._text):
            return TruncatedJson()
        return InvalidJson(what=f"there is a mistake near character {self._at}")

    def _check_members(self) -> None:
        if not isinstance(self.members.get("items"), list):
            raise InvalidBatch(member="items", what="is missing or not a list")
        batch_id = self.members.get("batch_id")
        if not isinstance(batch_id, str) or not 0 < len(batch_id) <= LONGEST_NAME or not batch_id.isprintable():
            raise InvalidBatch(member="batch_id", what="is missing or not a short text")
        if not isinstance(self.members.get("device") or {}, dict):
            raise InvalidBatch(member="device", what="is not an object")


def reopened(raw: bytes) -> RawItem:
    """An item from its kept bytes, as it came out of its batch."""
    content, fault, _ = _parsed(raw.decode("utf-8", "surrogateescape"), 0)
    return RawItem(raw, content, fault)


def _parsed(text: str, begin: int) -> tuple[Any, str | None, int]:
    """The JSON value that begins there, or None and why it cannot be read; and where it ends."""
    try:
        content, end = _decoder.raw_decode(text, begin)
    except Repeated:
        return None, "duplicate_key", begin
    except RecursionError:
        return None, "too_deep", begin
    except ValueError:
        return None, "invalid_json", begin
    return content, None, end


def readable_member(raw: bytes, name: str) -> str | None:
    """A text member of an item that could not be read as a whole, when it stands there with one value only."""
    text = raw.decode("utf-8", "surrogateescape")
    found = {match[1] for match in re.finditer(rf'"{name}"\s*:\s*"([^"\\]*)"', text)}
    return found.pop() if len(found) == 1 else None


def _shown(name: str) -> str:
    return name[:LONGEST_NAME].encode("utf-8", "replace").decode()
