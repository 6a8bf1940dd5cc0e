"""XLSForm's question types: every spelling that pyxform 4.5 accepts, and our one base name for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.forms.faults import closest, did_you_mean, quoted

_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "string", "q string", "add text prompt", "phone number"),
    "integer": (
        *("integer", "int", "q int", "add integer prompt", "percentage"),
        *("number of days in last month", "number of days in last six months", "number of days in last year"),
    ),
    "decimal": ("decimal", "q decimal", "add decimal prompt"),
    "range": ("range",),
    "date": ("date", "q date", "add date prompt"),
    "time": ("time",),
    "datetime": (
        "datetime",
        "dateTime",
        "date time",
        "q dateTime",
        "q date time",
        "add dateTime prompt",
        "add date time prompt",
    ),
    "geopoint": ("geopoint", "gps", "location", "q geopoint", "q location", "add location prompt"),
    "geotrace": ("geotrace", "q geotrace"),
    "geoshape": ("geoshape", "q geoshape"),
    "image": ("image", "photo", "q image", "q picture", "add image prompt", "add photo prompt"),
    "audio": ("audio", "q audio", "add audio prompt"),
    "video": ("video", "q video", "add video prompt"),
    "file": ("file", "add file prompt"),
    "osm": ("osm",),
    "barcode": ("barcode", "q barcode", "add barcode prompt"),
    "acknowledge": ("acknowledge", "trigger", "q acknowledge", "add acknowledge prompt"),
    "note": ("note", "q note", "add note prompt"),
    "calculate": ("calculate", "q calculate", "add calculate prompt"),
    "hidden": ("hidden",),
    "start": ("start", "start time", "get start time"),
    "end": ("end", "end time", "get end time"),
    "today": ("today", "get today"),
    "deviceid": ("deviceid", "device id", "get device id", "imei", "uri:deviceid"),
    "phonenumber": ("phonenumber", "get phone number", "uri:phonenumber"),
    "simserial": ("simserial", "sim id", "get sim id", "uri:simserial"),
    "subscriberid": ("subscriberid", "subscriber id", "get subscriber id", "uri:subscriberid"),
    "username": ("username", "uri:username"),
    "email": ("email", "uri:email"),
    "audit": ("audit",),
    "start-geopoint": ("start-geopoint",),
    "background-geopoint": ("background-geopoint",),
    "background-audio": ("background-audio",),
    "xml-external": ("xml-external",),
    "csv-external": ("csv-external",),
}
_SELECTS: Mapping[str, tuple[str, ...]] = {
    "select_one": (
        *("select_one", "select one", "select1", "select one from", "add select one prompt using"),
        *("select_one_from_file", "select one from file", "select_one_external"),
    ),
    "select_multiple": (
        *(
            "select_multiple",
            "select all that apply",
            "select all that apply from",
            "add select multiple prompt using",
        ),
        *("select_multiple_from_file", "select multiple from file"),
    ),
    "rank": ("rank",),
}
_CONTROLS: Mapping[str, str] = {
    "group": "group",
    "repeat": "repeat",
    "lgroup": "repeat",
    "looped group": "repeat",
    "loop": "loop",
}

NOT_ANSWERS = frozenset({"xml-external", "csv-external", "audit"})
UNSEEN = NOT_ANSWERS | {
    *("calculate", "hidden", "start", "end", "today"),
    *("deviceid", "phonenumber", "simserial", "subscriberid", "username", "email"),
    *("start-geopoint", "background-geopoint", "background-audio"),
}
CALCULATED = UNSEEN | {"note"}

_BASES = {spelling: base for base, spellings in _SPELLINGS.items() for spelling in spellings}
_SELECT_BASES = {spelling: base for base, spellings in _SELECTS.items() for spelling in spellings}
_EDGES = ("begin_group", "end_group", "begin_repeat", "end_repeat")

_BEGIN = re.compile(rf"begin[\s_]({'|'.join(_CONTROLS)})(?: (?:over )?(\S+))?")
_END = re.compile(rf"end[\s_]({'|'.join(_CONTROLS)})")
_SELECT = re.compile(rf"({'|'.join(_SELECT_BASES)}) (\S+)(?: (or specify other|or_other|or other))?")
_OSM = re.compile(r"osm (\S+)")
_DATA_FILE = re.compile(r".*\.(csv|xml|geojson)")


@dataclass(frozen=True, slots=True)
class RowType:
    """What the type column of a survey row says.

    `base` is a question's base type, "" where a `control` (group, repeat or loop) begins or ends: its `edge`.
    `choices_in` says where the list of a select is: the sheet choices or external_choices, a "file",
    or the "answers" of a repeat; "" for a type without choices.
    """

    base: str = ""
    edge: str = ""
    control: str = ""
    list_name: str | None = None
    or_other: bool = False
    choices_in: str = ""


@lru_cache(maxsize=2048)
def read_type(text: str) -> RowType | None:
    """The meaning of a type cell, None where no such type exists."""
    text = re.sub(" +", " ", text)
    if text in _BASES:
        return RowType(_BASES[text])
    if begin := _BEGIN.fullmatch(text):
        return RowType("", "begin", _CONTROLS[begin[1]], begin[2])
    if end := _END.fullmatch(text):
        return RowType("", "end", _CONTROLS[end[1]])
    if select := _SELECT.fullmatch(text):
        spelling, list_name, other = select.groups()
        return RowType(
            _SELECT_BASES[spelling],
            list_name=list_name,
            or_other=other is not None,
            choices_in=_place_of_choices(spelling, list_name),
        )
    if osm := _OSM.fullmatch(text):
        return RowType("osm", list_name=osm[1], choices_in="osm")
    return None


def _place_of_choices(spelling: str, list_name: str) -> str:
    if "${" in list_name:
        return "answers"
    if spelling.endswith("file") or _DATA_FILE.fullmatch(list_name):
        return "file"
    return "external_choices" if spelling == "select_one_external" else "choices"


def suggest_type(text: str) -> str:
    """A remedy for a type that does not exist."""
    first, _, rest = text.partition(" ")
    if text in _SELECT_BASES:
        return f"Write the name of its list behind it, as in {quoted(f'{text} yes_no')}."
    near = closest(first, ("select_one", "select_multiple", "rank"))
    if near and rest:
        return f"Did you mean {quoted(f'{near} {rest}')}?"
    return did_you_mean(text, (*_BASES, *_EDGES), "See https://xlsform.org/en/#question-types for the types there are.")
