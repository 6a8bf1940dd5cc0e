"""Functions on points, lines and areas on the ground: `lat lon [altitude [accuracy]]`, several joined by `;`."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from app.forms.expressions.context import EvaluationError, Run, Value
from app.forms.expressions.signatures import Function, function
from app.forms.expressions.values import number_of_text, texts_of

_EQUATORIAL_RADIUS = 6_378_100
"""Of the earth in metres, as OpenRosa clients have it."""

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def _points(run: Run, values: tuple[Value, ...]) -> list[Point] | None:
    """The points of all values in order; None if one of them is none, or there are none at all."""
    pieces = [piece for text in texts_of(values, run) for piece in text.split(";") if piece.strip()]
    run.spend(len(pieces))
    points = [_point(piece, run) for piece in pieces]
    found = [point for point in points if point is not None]
    return found if found and len(found) == len(points) else None


def _point(text: str, run: Run) -> Point | None:
    numbers = [number_of_text(part, run.zone) for part in text.split()]
    if not 2 <= len(numbers) <= 4 or any(map(math.isnan, numbers)):
        return None
    latitude, longitude = numbers[:2]
    accuracy = numbers[3] if len(numbers) > 3 else 0
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 and accuracy >= 0 else None


def _area(run: Run, value: Value) -> float:
    """Square metres inside a line that is closed if need be."""
    points = _points(run, (value,))
    if points is None:
        return math.nan
    total = 0.0
    for (south, west), (north, east) in pairwise((*points, points[0])) if len(points) > 2 else ():
        width = math.radians(east - west)
        total += width * (2 + math.sin(math.radians(south)) + math.sin(math.radians(north)))
    return _hundredths(total * _EQUATORIAL_RADIUS**2 / 2)


def _distance(run: Run, value: Value, *others: Value) -> float:
    """Metres along all points."""
    points = _points(run, (value, *others))
    if points is None:
        return math.nan
    return _hundredths(sum(_metres_between(one, other) for one, other in pairwise(points)))


def _metres_between(one: Point, other: Point) -> float:
    turn = math.radians(one[1] - other[1])
    here, there = math.radians(one[0]), math.radians(other[0])
    cosine = math.sin(here) * math.sin(there) + math.cos(here) * math.cos(there) * math.cos(turn)
    return math.acos(max(-1.0, min(1.0, cosine))) * _EQUATORIAL_RADIUS


def _hundredths(number: float) -> float:
    return abs(math.floor(number * 100 + 0.5)) / 100


def _geofence(run: Run, point: Value, shape: Value) -> bool:
    """Whether a point lies inside a shape."""
    here, corners = _points(run, (point,)), _points(run, (shape,))
    if not here or not corners:
        return False
    y, x = here[0]
    inside = False
    for (y1, x1), (y2, x2) in _edges(corners):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _edges(corners: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    return pairwise((*corners, corners[0]))


def _intersects(run: Run, value: Value) -> bool:
    """Whether a line crosses itself. Neighbouring parts always share a point, and the ends of a closed line do."""
    points = _points(run, (value,)) or []
    points = [point for place, point in enumerate(points) if not place or point != points[place - 1]]
    parts = list(pairwise(points))
    run.spend(len(parts) ** 2 // 2)
    closed = len(points) > 1 and points[0] == points[-1]
    for place, part in enumerate(parts):
        last = len(parts) - (1 if closed and place == 0 else 0)
        if any(_cross(part, parts[other]) for other in range(place + 2, last)):
            return True
    return False


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    a, b = one
    c, d = other
    sides = _side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b)
    if sides[0] * sides[1] < 0 and sides[2] * sides[3] < 0:
        return True
    touching = ((sides[0], a, b, c), (sides[1], a, b, d), (sides[2], c, d, a), (sides[3], c, d, b))
    return any(side == 0 and _between(p, q, r) for side, p, q, r in touching)


def _side(p: Point, q: Point, r: Point) -> float:
    """Above zero if r lies to one side of the line from p to q, below if to the other."""
    return (q[1] - p[1]) * (r[0] - p[0]) - (q[0] - p[0]) * (r[1] - p[1])


def _between(p: Point, q: Point, r: Point) -> bool:
    return all(min(p[axis], q[axis]) <= r[axis] <= max(p[axis], q[axis]) for axis in (0, 1))


def _no_signature(text: str, key: str) -> str:
    raise EvaluationError("signatures are not read here")


FUNCTIONS: Mapping[str, Function] = {
    "area": function("run any -> number", _area),
    "distance": function("run any any* -> number", _distance),
    "geofence": function("run any any -> truth", _geofence),
    "intersects": function("run any -> truth", _intersects),
    "extract-signed": function("text text -> text", _no_signature),
}
