"""What makes an interview the same interview: its id, and its content in one canonical form.

The canonical form is the interview as an XForms instance holds it: a tree whose leaves are text. Key order,
whitespace, compression, number spelling (1, 1.0, 1e0) and the batch around it do not matter; empty answers are the
same as absent ones; a `select_multiple` is its names joined by spaces. So the same interview has the same hash whether
it came as JSON or as XML.
"""

import hashlib
import math
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import orjson

DEEPEST = 32
"""Deepest nesting of an interview. Real forms stay below ten."""

LARGEST = 2**63 - 1

META = "meta"
"""The member of answers beside which the form's own stand, as in XForms: only `audit` in it is looked at."""

_OTHER_IDS = uuid.UUID("6b0f0f5e-3c55-5d2b-9a57-3c1f8f6f6d10")

_UUID = re.compile(
    r"(?:urn:)?(?:uuid:)?\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?",
    re.ASCII | re.IGNORECASE,
)


class Unreadable(ValueError):
    """The answers hold what no database of ours could keep and no form could mean. Its argument says what."""


def instance_uuid(given: object) -> uuid.UUID | None:
    """The UUID of an instance id in any usual spelling (`uuid:…`, braces, `urn:`, upper case), or None.

    Digits must be ASCII: Python's own parser takes full-width ones, which would make two ids of one.
    """
    match = _UUID.fullmatch(given.strip()) if isinstance(given, str) else None
    return uuid.UUID("".join(match.groups())) if match else None


def usable_id(given: str | None) -> str | None:
    """An id that `instance_uuid` takes: this one, or always the same in place of one of another kind."""
    if not given or instance_uuid(given):
        return given
    return spelled(uuid.uuid5(_OTHER_IDS, given))


def spelled(instance_id: uuid.UUID) -> str:
    """The one spelling in which we say an instance id."""
    return f"uuid:{instance_id}"


def content_hash(form_id: str, version: str, deprecated_id: uuid.UUID | None, answers: dict[str, Any]) -> bytes:
    """SHA-256 of the interview in canonical form, without its meta block. Raises `Unreadable`."""
    names = [canonical(form_id), canonical(version), spelled(deprecated_id) if deprecated_id else ""]
    told = canonical(answers)
    if META in answers and told is not None:
        # It says how an interview was made, not what was answered, and not every door lets all of it through.
        told = {name: value for name, value in told.items() if name != META} or None
    return hashlib.sha256(orjson.dumps([*names, told], option=orjson.OPT_SORT_KEYS)).digest()


def canonical(value: Any) -> Any:
    """The value as text leaves, sorted objects and lists of objects; None when nothing is in it.

    Raises `Unreadable` for NUL, lone surrogates, infinite or too large numbers, members whose names become one in
    canonical form, and for nesting beyond `DEEPEST`.
    """
    if isinstance(value, dict) and _is_plain(value):
        return _plain_object(value, 0)
    return _value(value, 0)


def _value(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return _object(value, depth)
    if isinstance(value, list):
        return _list(value, depth, _value)
    return None if value is None else _number(value)


def _object(value: dict[str, Any], depth: int) -> dict[str, Any] | None:
    if depth > DEEPEST:
        raise Unreadable("too_deep")
    members = {_text(name) or "": _value(member, depth + 1) for name, member in value.items()}
    if len(members) != len(value):
        raise Unreadable("duplicate_key")
    return {name: member for name, member in members.items() if member is not None} or None


def _is_plain(value: dict[str, Any]) -> bool:
    """Whether every name and text in it is in canonical form already, as nearly all are: ASCII without signs that
    JSON escapes. To write all of it costs less than to look at each."""
    try:
        text = orjson.dumps(value)
    except orjson.JSONEncodeError:
        return False
    return text.isascii() and b"\\" not in text


def _plain_object(value: dict[str, Any], depth: int) -> dict[str, Any] | None:
    """What `canonical` makes of it, where all names and texts are plain."""
    if depth > DEEPEST:
        raise Unreadable("too_deep")
    members: dict[str, Any] = {}
    for name, member in value.items():
        kind = type(member)
        if kind is str:
            content: Any = member
        elif kind is int and -LARGEST <= member <= LARGEST:
            content = str(member)
        else:
            content = _plain_value(member, depth + 1)
        if content:
            members[name] = content
    return members or None


def _plain_value(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return value or None
    if isinstance(value, dict):
        return _plain_object(value, depth)
    if isinstance(value, list):
        return _list(value, depth, _plain_value)
    return _value(value, depth)


def _list(values: list[Any], depth: int, canonised: Callable[[Any, int], Any]) -> Any:
    if depth > DEEPEST:
        raise Unreadable("too_deep")
    present = [content for value in values if (content := canonised(value, depth + 1)) is not None]
    try:
        return " ".join(present) or None
    except TypeError:
        return present[0] if len(present) == 1 else present


def _text(value: str) -> str | None:
    if value.isascii():
        if "\0" in value:
            raise Unreadable("nul")
    else:
        if "\0" in value:
            raise Unreadable("nul")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Unreadable("not_unicode") from error
        value = unicodedata.normalize("NFC", value)
    if "\r" in value:
        value = value.replace("\r\n", "\n")
    return value or None


def _number(value: float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Unreadable("number_too_large")
        if not value.is_integer():
            return repr(value)
        value = int(value)
    if abs(value) > LARGEST:
        raise Unreadable("number_too_large")
    return str(value)


def raw_hash(raw: bytes) -> bytes:
    """What stands for the content of an item that cannot be read: the hash of its bytes."""
    return hashlib.sha256(raw).digest()


def batch_hash(contents: Iterable[tuple[str | None, bytes]]) -> bytes:
    """What makes a batch the same batch: its items' ids and contents in their order, not the words around them."""
    digest = hashlib.sha256()
    for given_id, sha256 in contents:
        digest.update(hashlib.sha256((given_id or "").encode()).digest() + sha256)
    return digest.digest()
