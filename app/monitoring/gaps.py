"""Interviews that a tablet must have finished, because it has numbered later ones, and that have not come."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from app.submissions.numbering import Numbered, Numbers

MOST_RANGES = 20

FARTHEST = 1_000
"""A leap over more numbers than this is another way of counting, not that many lost interviews."""


def gaps(name: str, numbers: Numbers) -> dict[str, Any]:
    """What is missing below the highest number of the tablet's present counting.

    A tablet that is set up anew begins to count anew: then numbers come a second time, and only those since then are
    looked at. `restarts` tells how often that was; many of them are two tablets with one token.
    """
    run, restarts = _present_counting(numbers.kept)
    found = sorted({each.number for each in run})
    missing = _between([_before_first(found, 1 if restarts else numbers.first), *found]) if found else []
    count = sum(last - first + 1 for first, last in missing)
    return {
        "highest": found[-1] if found else None,
        "missing": count,
        "ranges": [list(each) for each in missing[:MOST_RANGES]],
        "restarts": restarts,
        "message": _said(name, count),
    }


def _present_counting(kept: Sequence[Numbered]) -> tuple[list[Numbered], int]:
    """What came since the tablet last began to count anew, and how often it did.

    That a number comes again with another interview shows it; where it began is the largest step back since.
    """
    arrived = sorted(kept, key=lambda each: (each.received_at, each.number))
    begin, restarts, places = 0, 0, dict[int, int]()
    for place, each in enumerate(arrived):
        before = places.get(each.number)
        if before is not None and arrived[before].instance_id != each.instance_id:
            if each.is_edit:
                continue
            begin = max(range(before + 1, place + 1), key=lambda at: arrived[at - 1].number - arrived[at].number)
            places = {arrived[at].number: at for at in range(begin, place)}
            restarts += 1
        places[each.number] = place
    return arrived[begin:], restarts


def _before_first(found: Sequence[int], first: int) -> int:
    """The number after which the first one is due."""
    return first - 1 if found[0] - first <= FARTHEST else found[0] - 1


def _between(numbers: Sequence[int]) -> list[tuple[int, int]]:
    return [(low + 1, high - 1) for low, high in pairwise(numbers) if 1 < high - low <= FARTHEST]


def _said(name: str, count: int) -> dict[str, str] | None:
    if not count:
        return None
    return {
        "id": f"{name}: {count} wawancara sudah diumumkan, belum tiba",
        "en": f"{name}: {count} interview{'' if count == 1 else 's'} announced, not arrived",
    }
