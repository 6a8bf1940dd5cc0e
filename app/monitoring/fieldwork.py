"""The coordinator's one call: how the fieldwork goes, from counts alone."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from app.communities.areas import Area, Areas, Period
from app.settings import WIB
from app.submissions.counts import REVIEWED, Cell, Tablet, Waiting

Counted = TypeVar("Counted", Cell, Waiting)


def fieldwork(
    areas: Areas,
    inside: frozenset[str],
    cells: Sequence[Cell],
    waiting: Sequence[Waiting],
    tablets: Sequence[Tablet],
    missing: Mapping[uuid.UUID, dict[str, Any]],
    now: dt.datetime,
) -> dict[str, Any]:
    """Counts by community, tablet, enumerator and day. Days are those of arrival, in WIB.

    `received` counts each interview once, refusals included; `completed` leaves refusals out and what a review
    rejects, and is what a target counts. `known_unsent` is what tablets last said is still on them, `not_arrived` what
    is missing of their numbers.
    """
    today = now.astimezone(WIB).date()
    places = {cell.community for cell in cells} | {each.community for each in waiting}
    shown = [area for area in areas.values() if area.code in inside and (area.targets or area.code in places)]
    return {
        "as_of": now,
        "today": today,
        "timezone": "WIB (UTC+07:00)",
        "synthetic": any(cell.synthetic for cell in cells),
        "totals": {**_counts(cells, waiting), "known_unsent": _unsent(tablets), "not_arrived": _missing(missing)},
        "communities": [_community(area, cells, waiting, tablets, today) for area in shown],
        "unplaced": _counts(_in(None, cells), _in(None, waiting)),
        "devices": [
            {**_device(tablet, cells, waiting), "not_arrived": missing[tablet.holder.id]} for tablet in tablets
        ],
        "enumerators": _enumerators(cells),
        "days": _days(cells),
    }


def expected_by(target: int | None, period: Period | None, today: dt.date) -> int | None:
    """The share of the target that is due at the end of this day, counted evenly over the period's days.

    None without a target or a period.
    """
    if target is None or period is None:
        return None
    days = (period.ends - period.begins).days + 1
    gone = min(max((today - period.begins).days + 1, 0), days)
    return round(target * gone / days)


def _community(
    area: Area, cells: Sequence[Cell], waiting: Sequence[Waiting], tablets: Sequence[Tablet], today: dt.date
) -> dict[str, Any]:
    own_cells, own_waiting = _in(area.code, cells), _in(area.code, waiting)
    forms = sorted(
        {cell.form_id for cell in own_cells} | {each.form_id or "" for each in own_waiting} | {*area.targets}
    )
    due = {form_id: expected_by(area.targets.get(form_id), area.period, today) for form_id in forms}
    rows = [
        {
            "form_id": form_id or None,
            "target": area.targets.get(form_id),
            "expected_by_today": due[form_id],
            **_counts(
                [cell for cell in own_cells if cell.form_id == form_id],
                [each for each in own_waiting if (each.form_id or "") == form_id],
            ),
        }
        for form_id in forms
    ]
    return {
        "community": area.code,
        "name": area.name,
        "target": _total(area.targets.get(form_id) for form_id in forms),
        "expected_by_today": _total(due.values()),
        **_counts(own_cells, own_waiting),
        "known_unsent": _unsent(tablet for tablet in tablets if _works_in(tablet) == area.code),
        "forms": rows,
        "days": _days(own_cells),
    }


def _device(tablet: Tablet, cells: Iterable[Cell], waiting: Iterable[Waiting]) -> dict[str, Any]:
    holder, said = tablet.holder, tablet.heartbeat
    offset = (said.sent_at - said.at).total_seconds() if said.sent_at else None
    return {
        "device_id": str(holder.id),
        "name": holder.name,
        "last_contact_at": said.at,
        "last_community": tablet.last_community,
        "known_unsent": said.outbox,
        "oldest_unsent_at": said.oldest_unsent_at,
        "clock_offset_seconds": offset,
        "app_version": said.app_version,
        "battery": said.battery,
        "free_bytes": said.free_bytes,
        **_counts(
            [cell for cell in cells if cell.device_id == holder.id],
            [each for each in waiting if each.device_id == holder.id],
        ),
    }


def _enumerators(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    by_name: dict[str, list[Cell]] = {}
    for cell in cells:
        by_name.setdefault(cell.enumerator or "", []).append(cell)
    return [{"enumerator": name or None, **_received(own), "days": _days(own)} for name, own in sorted(by_name.items())]


def _counts(cells: Sequence[Cell], waiting: Iterable[Waiting]) -> dict[str, int]:
    kinds = Counter[str]()
    for each in waiting:
        kinds[each.kind] += each.count
    return {**_received(cells), "held": kinds["held"], "conflicts": kinds["conflict"]}


def _received(cells: Sequence[Cell]) -> dict[str, int]:
    received = sum(cell.received for cell in cells)
    reviewed = {str(said): sum(getattr(cell, said) for cell in cells) for said in REVIEWED}
    return {
        "received": received,
        "refusals": sum(cell.refusals for cell in cells),
        "completed": sum(cell.completed for cell in cells),
        **reviewed,
        "unreviewed": received - sum(reviewed.values()),
        "flagged": sum(cell.flagged for cell in cells),
        "synthetic": sum(cell.synthetic for cell in cells),
    }


def _days(cells: Iterable[Cell]) -> dict[str, int]:
    days = Counter[str]()
    for cell in cells:
        days[cell.day.isoformat()] += cell.received
    return dict(sorted(days.items()))


def _in(community: str | None, counted: Iterable[Counted]) -> list[Counted]:
    return [each for each in counted if each.community == community]


def _total(numbers: Iterable[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _unsent(tablets: Iterable[Tablet]) -> int:
    return sum(tablet.heartbeat.outbox or 0 for tablet in tablets)


def _missing(missing: Mapping[uuid.UUID, dict[str, Any]]) -> int:
    return sum(each["missing"] for each in missing.values())


def _works_in(tablet: Tablet) -> str | None:
    """Where a tablet's unsent interviews most likely belong: where it last worked, at first its only community."""
    mine = tablet.holder.communities
    return tablet.last_community or (mine[0] if len(mine) == 1 else None)
