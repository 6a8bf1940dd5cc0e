"""One item of a batch, and the interview that it holds."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.forms.flags import Flag
from app.problems import Problem


@dataclass(slots=True)
class Interview:
    """What a usable interview means by its form: all that is derived from its raw bytes.

    `values` are what the frameworks still have to score; `contributions` tell the id and the version of each, and what
    is kept of it: a `Content` in JSON.
    """

    form_id: str
    version: str
    deprecated_id: uuid.UUID | None = None
    community: str | None = None
    round: str | None = None
    enumerator: str | None = None
    refusal: bool = False
    flags: list[Flag] = field(default_factory=list)
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    files: list[str] = field(default_factory=list)
    values: Mapping[str, Any] | None = None
    contributions: list[tuple[str, str, bytes]] = field(default_factory=list)


def _nothing() -> None:
    """What is not XML has no second hash."""


@dataclass(slots=True)
class Incoming:
    """An item. Without `instance_id` it is rejected for `problem`; without `interview` it is held for `problem`.

    `untyped_sha256` gives the hash under which an interview in XML was kept if it came before its form was known. It
    is hardly ever asked for, and costs as much as all else about the content.
    """

    given_id: str | None
    raw: bytes
    instance_id: uuid.UUID | None = None
    sha256: bytes = b""
    device_seq: int | None = None
    named_form: tuple[str | None, str | None] = (None, None)
    interview: Interview | None = None
    problem: Problem | None = None
    untyped_sha256: Callable[[], bytes | None] = _nothing

    def is_content(self, sha256: bytes | None) -> bool:
        """Whether this is the content that was kept under that hash."""
        return sha256 is not None and (sha256 == self.sha256 or sha256 == self.untyped_sha256())
