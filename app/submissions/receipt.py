"""What a tablet is told about each item: a receipt it can match by id and keep as proof."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.forms.flags import Flag
from app.problems import Problem

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [first + second for first in _BASE32 for second in _BASE32]
"""What ten bits are in base 32 (RFC 4648): Python's own way takes longer than all else in a receipt."""


class Status(StrEnum):
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    EDITED = "edited"
    CONFLICT = "conflict"
    HELD = "held"
    REJECTED = "rejected"


@dataclass(slots=True)
class Receipt:
    """`instance_id` is echoed as it was sent; `code` is short enough to be read over the phone."""

    instance_id: str | None
    status: Status
    code: str | None = None
    seq: int | None = None
    flags: list[Flag] = field(default_factory=list)
    problem: Problem | None = None

    def document(self) -> dict[str, Any]:
        return {
            "instance_id": self.instance_id,
            "status": self.status,
            "receipt": self.code,
            "seq": self.seq,
            "flags": [flag.document() for flag in self.flags],
            "problem": self.problem.document() if self.problem else None,
        }


def receipt_code(instance_id: uuid.UUID, sha256: bytes) -> str:
    """Six characters that follow from the content, so that sending it again gives the same receipt."""
    digest = hashlib.sha256(instance_id.bytes + sha256).digest()
    bits = int.from_bytes(digest[:4], "big")
    return _PAIRS[bits >> 22] + _PAIRS[bits >> 12 & 0x3FF] + _PAIRS[bits >> 2 & 0x3FF]


def summary(receipts: Iterable[Receipt]) -> dict[str, int]:
    """How many items, and how many of each status; they add up."""
    counts = Counter(receipt.status for receipt in receipts)
    return {"items": counts.total(), **{str(status): counts[status] for status in Status}}
