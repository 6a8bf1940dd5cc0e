"""How interviews travel over a bad network: in batches of any size, out of order, and some of them twice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from app.cli.demo.imagination import Interview

LARGEST = 25

DISORDER = 12
"""How many interviews may overtake one on its way."""

FORGOTTEN = 40
"""How many interviews after its own correction one original comes: more than a batch holds."""

UNHEARD = 0.05
"""Share of interviews whose receipt gets lost, so that they are sent again in the next batch."""

UNANSWERED = 0.1
"""Share of batches whose answer gets lost, so that they are sent again as they are."""

PACKED = 0.5


@dataclass(frozen=True, slots=True)
class Item:
    """An interview, and its number on its tablet: 1, 2, 3 in the order of their making."""

    device_seq: int
    interview: Interview


@dataclass(frozen=True, slots=True)
class Parcel:
    """One batch. `device` is what the tablet says about itself."""

    tablet: int
    items: tuple[Item, ...]
    device: dict[str, Any]
    packed: bool
    unanswered: bool


def parcels(interviews: Sequence[Interview], tablets: int, seed: int) -> list[Parcel]:
    """All that the tablets send, in the order of sending; each enumerator keeps to one tablet."""
    random = Random(seed)
    enumerators = list(dict.fromkeys(interview.enumerator for interview in interviews))
    made: dict[int, list[Interview]] = defaultdict(list)
    for interview in interviews:
        made[enumerators.index(interview.enumerator) % tablets].append(interview)
    journeys = [_journey(tablet, own, random) for tablet, own in made.items()]
    sent = []
    while journeys := [journey for journey in journeys if journey]:
        sent.append(random.choice(journeys).pop(0))
    return sent


def _journey(tablet: int, made: Sequence[Interview], random: Random) -> list[Parcel]:
    waiting, again, sent = _disordered(made, random), list[Item](), list[Parcel]()
    while waiting or again:
        size = max(1, random.randint(1, LARGEST) - len(again))
        new, waiting = waiting[:size], waiting[size:]
        word = _word(new, waiting, random)
        packed, unanswered = random.random() < PACKED, random.random() < UNANSWERED
        sent.append(Parcel(tablet, (*again, *new), word, packed, unanswered))
        again = [item for item in new if random.random() < UNHEARD]
    return sent


def _disordered(made: Sequence[Interview], random: Random) -> list[Item]:
    items = [Item(device_seq, interview) for device_seq, interview in enumerate(made, start=1)]
    turns = {item.interview.instance_id: item.device_seq + random.uniform(0, DISORDER) for item in items}
    corrections = (interview for interview in made if interview.deprecated_id)
    for correction in list(corrections)[:1]:
        assert correction.deprecated_id is not None
        turns[correction.deprecated_id] = turns[correction.instance_id] + FORGOTTEN
    return sorted(items, key=lambda item: turns[item.interview.instance_id])


def _word(new: Sequence[Item], waiting: Sequence[Item], random: Random) -> dict[str, Any]:
    """What the tablet says about itself; of those that wait it has only what was made before its newest."""
    newest = max((item.device_seq for item in new), default=0)
    unsent = [item.interview.ended_at for item in waiting if item.device_seq < newest]
    return {
        "outbox": len(unsent),
        "oldest_unsent_at": min(unsent).isoformat() if unsent else None,
        "app_version": "demo",
        "battery": round(random.uniform(0.15, 1), 2),
        "free_bytes": random.randrange(2**30, 2**34),
    }
