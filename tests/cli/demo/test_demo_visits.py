import math
from collections import defaultdict
from datetime import timedelta
from itertools import islice, pairwise

import pytest

from app.cli.demo.script import Script
from app.cli.demo.visits import Visit, visits
from app.communities.areas import Areas


@pytest.fixture(scope="module")
def made(script: Script, areas: Areas) -> list[Visit]:
    """More than the period holds for the first teams."""
    return list(islice(visits(script, areas, seed=3), 900))


def test_they_keep_to_the_working_hours_of_the_period(made: list[Visit], areas: Areas, script: Script) -> None:
    for visit in made:
        period = areas[visit.community].period
        assert period is not None
        assert period.begins <= visit.started_at.date() <= period.ends
        assert visit.started_at.isoweekday() not in script.days.off
        assert script.days.opens <= visit.started_at.time() < visit.ended_at.time() <= script.days.closes
        assert visit.started_at.utcoffset() == timedelta(hours=7)


def test_they_take_as_long_as_interviews_take(made: list[Visit]) -> None:
    minutes = [(visit.ended_at - visit.started_at).total_seconds() / 60 for visit in made]
    assert 25 <= min(minutes) < 30
    assert 55 < max(minutes) <= 60


def test_nobody_is_in_two_houses_at_once(made: list[Visit]) -> None:
    days = defaultdict(list)
    for visit in made:
        days[visit.enumerator].append((visit.started_at, visit.ended_at))
    for own in days.values():
        assert all(end < start for (_, end), (start, _) in pairwise(sorted(own)))


def test_no_house_is_visited_twice(made: list[Visit]) -> None:
    assert len({(visit.community, visit.rw, visit.rt, visit.house) for visit in made}) == len(made)


def test_they_take_the_communities_in_turn_and_many_rt_in_each(made: list[Visit], script: Script) -> None:
    assert [visit.community for visit in made[:6]] == [*script.communities] * 2
    for code, community in script.communities.items():
        rt = {(visit.rw, visit.rt) for visit in made if visit.community == code}
        assert len(rt) == community.sampled
        assert all(int(each_rw) <= community.rw and int(each_rt) <= community.rt for each_rw, each_rt in rt)


def test_they_are_near_the_centroid(made: list[Visit], areas: Areas) -> None:
    for visit in made:
        centroid = areas[visit.community].centroid
        assert centroid is not None
        lat, lon, _, accuracy = map(float, visit.point.split())
        metres = math.hypot(lat - centroid.lat, (lon - centroid.lon) * math.cos(math.radians(lat))) * 111_320
        assert metres < 1_000
        assert 4 <= accuracy <= 20
