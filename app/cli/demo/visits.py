"""Who is asked where and when: teams that walk from house to house, one RT a day, as long as anybody wants to know."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from random import Random

from app.cli.demo.script import Community, Days, Script
from app.communities.areas import Area, Period, Point
from app.settings import WIB

METRES_A_DEGREE = 111_320
"""Of latitude, everywhere; of longitude at the equator."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One house. `point` is "lat lon altitude accuracy"; times are WIB."""

    community: str
    enumerator: str
    rw: str
    rt: str
    house: str
    point: str
    started_at: dt.datetime
    ended_at: dt.datetime

    def facts(self) -> dict[str, str]:
        """What the visit itself tells, as a form holds it."""
        return {
            "community": self.community,
            "enumerator": self.enumerator,
            "rw": self.rw,
            "rt": self.rt,
            "house": self.house,
            "point": self.point,
            "start": self.started_at.isoformat(timespec="milliseconds"),
            "end": self.ended_at.isoformat(timespec="milliseconds"),
            "today": self.started_at.date().isoformat(),
        }


def visits(script: Script, areas: Mapping[str, Area], seed: int) -> Iterator[Visit]:
    """Without end, and the communities in turn. However many are taken, the first ones are the same.

    Every community of the script must be in `areas`, with a centroid and a period.
    """
    walks = [_walk(script, areas[code], place, seed) for place, code in enumerate(script.communities)]
    return chain.from_iterable(zip(*walks, strict=True))


def _walk(script: Script, area: Area, place: int, seed: int) -> Iterator[Visit]:
    assert area.centroid is not None
    assert area.period is not None
    community, ground = script.communities[area.code], script.ground
    random = Random(f"{seed}/{area.code}")
    sample = [(*each, _near(area.centroid, ground.rt_metres, random)) for each in _sample(community, random)]
    houses = Counter[tuple[str, str]]()
    for shift, (day, enumerator) in enumerate(_shifts(script, area.period, place)):
        rw, rt, middle = sample[shift % len(sample)]
        for started_at, ended_at in _appointments(day, script.days, random):
            houses[rw, rt] += random.randint(1, 3)
            home = _near(middle, ground.house_metres, random)
            accuracy = random.uniform(*ground.accuracy_metres)
            point = f"{home.lat:.6f} {home.lon:.6f} {community.altitude:.1f} {accuracy:.1f}"
            yield Visit(area.code, enumerator, rw, rt, str(houses[rw, rt]), point, started_at, ended_at)


def _sample(community: Community, random: Random) -> list[tuple[str, str]]:
    everything = [(str(rw), str(rt)) for rw in range(1, community.rw + 1) for rt in range(1, community.rt + 1)]
    return random.sample(everything, min(community.sampled, len(everything)))


def _shifts(script: Script, period: Period, place: int) -> Iterator[tuple[dt.date, str]]:
    """Working days with who works. When the period is over, others turn out to have worked beside them."""
    team, off = script.days.enumerators, script.days.off
    length = (period.ends - period.begins).days + 1
    dates = [period.begins + dt.timedelta(days=n) for n in range(length)]
    working = [date for date in dates if date.isoweekday() not in off] or dates
    for first in count(place * team + 1, team * len(script.communities)):
        for n, date in enumerate(working):
            yield date, script.days.enumerator.format(number=first + n % team)


def _appointments(day: dt.date, days: Days, random: Random) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    clock, closing = (dt.datetime.combine(day, time, WIB) for time in (days.opens, days.closes))
    clock += _minutes((0, days.pause_minutes[0]), random)
    while (ended_at := clock + _minutes(days.interview_minutes, random)) <= closing:
        yield clock, ended_at
        clock = ended_at + _minutes(days.pause_minutes, random)


def _minutes(span: tuple[float, float], random: Random) -> dt.timedelta:
    return dt.timedelta(milliseconds=round(random.uniform(*span) * 60_000))


def _near(point: Point, metres: float, random: Random) -> Point:
    north, east = random.gauss(0, metres), random.gauss(0, metres)
    lon = point.lon + east / METRES_A_DEGREE / math.cos(math.radians(point.lat))
    return Point(lat=point.lat + north / METRES_A_DEGREE, lon=lon)
