"""Dates and times as XPath sees them: text in ISO 8601, or days since 1970-01-01 in UTC."""

import math
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

_MOMENT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LONGEST = 40
_DAY = 86_400_000


class NoDate(str):
    """What JavaScript writes for a date that is none; as a condition it counts as false."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


INVALID = NoDate("Invalid Date")


def looks_like_date(text: str) -> bool:
    return 8 <= len(text) <= _LONGEST and text[4] == "-" and _MOMENT.fullmatch(text) is not None


def read_moment(text: str, zone: tzinfo) -> datetime | None:
    """A date (its midnight) or a date and time; in `zone` where the text names none. None if there is no such day."""
    return _read_moment(text, zone) if looks_like_date(text) else None


@lru_cache(maxsize=4096)
def _read_moment(text: str, zone: tzinfo) -> datetime | None:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    microsecond = int((fraction or "0").ljust(6, "0")[:6])
    try:
        return datetime(
            *(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), microsecond),
            tzinfo=read_offset(offset) if offset else zone,
        )
    except ValueError:
        return None


def read_offset(text: str) -> tzinfo:
    """The zone of Z or +hh:mm. Raises ValueError for an offset that no clock has."""
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 23 or minutes > 59:
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def days_of(text: str, zone: tzinfo) -> float:
    """Days since 1970-01-01 in UTC, NaN for what is no date."""
    moment = read_moment(text, zone)
    return math.nan if moment is None else days_of_moment(moment)


def days_of_moment(moment: datetime) -> float:
    try:
        return ((moment - _EPOCH) // _MILLISECOND) / _DAY
    except OverflowError:
        # The first and last hours that Python can name lie outside once they are in UTC.
        return math.nan


def moment_of_days(days: float, zone: tzinfo) -> datetime | None:
    """None for NaN and for days that no calendar of four digits has."""
    try:
        return (_EPOCH + math.trunc(days * _DAY) * _MILLISECOND).astimezone(zone)
    except (OverflowError, ValueError):
        return None


def moment_text(moment: datetime | None) -> str:
    """ISO 8601 to the millisecond with the offset; the date alone where it is midnight, as tablets write it."""
    if moment is None:
        return INVALID
    text = moment.isoformat(timespec="milliseconds")
    date, _, time = text.partition("T")
    return date if time.startswith("00:00:00.000") else text


def part_of_day(text: str, now: datetime) -> float:
    """The time of day as a part of one, in the zone of `now`; NaN for what is no time."""
    found = _TIME.fullmatch(text)
    if found is None:
        return math.nan
    hour, minute, second, offset = found.groups()
    try:
        there = read_offset(offset) if offset else now.tzinfo
        then = now.replace(hour=int(hour), minute=int(minute), second=int(second or 0), tzinfo=there)
        here = then.astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        return math.nan
    return (here.second / 3600 + here.minute / 60 + here.hour) / 24
