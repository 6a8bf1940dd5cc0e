"""Everything that is wrong with a communities file, at once."""

from collections import Counter
from typing import Any

from pydantic import ValidationError

from app.communities.areas import Area, Areas


def check_communities(document: Any) -> list[str]:
    """One sentence a fault, each naming the entry (counted from 1) and what to do."""
    if not isinstance(document, list):
        return ['The file is not a list of communities: write [{"code": …, "name": …, "level": …}, …].']
    faults: list[str] = []
    areas: list[Area] = []
    for place, entry in enumerate(document, start=1):
        try:
            areas.append(Area.model_validate(entry))
        except ValidationError as error:
            faults += [f"Entry {place}: {_told(each)}" for each in error.errors()]
    return faults + _faults_between(areas)


def _told(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "the entry"
    return f"{where}: {error['msg']}. Correct it there."


def _faults_between(areas: list[Area]) -> list[str]:
    faults = []
    codes = Counter(area.code for area in areas)
    bps_codes = Counter(area.bps_code for area in areas if area.bps_code)
    faults += [f"The code {code} stands {n} times: keep one." for code, n in codes.items() if n > 1]
    faults += [f"The BPS code {code} stands {n} times: keep one." for code, n in bps_codes.items() if n > 1]
    for area in areas:
        if area.parent is not None and area.parent not in codes:
            faults.append(f"{area.code}: its parent {area.parent} is not in the file. Add it, or leave it out.")
    known = Areas(areas)
    faults += [f"{code}: its parents lead back to itself." for code in known if _circles(known, code)]
    return faults


def _circles(areas: Areas, code: str) -> bool:
    seen = set()
    parent = areas[code].parent
    while parent is not None and parent in areas and parent not in seen:
        if parent == code:
            return True
        seen.add(parent)
        parent = areas[parent].parent
    return False
