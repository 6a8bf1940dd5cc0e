"""XLSForm's vocabulary: which sheets, columns and languages a form document may have, and its shape.

A form document is XLSForm's rows in JSON. The model accepts or refuses it and changes nothing.
Columns and their older spellings are those of pyxform 4.5 (`aliases.py`, `question.py`); see also
https://xlsform.org/en/ref-table/.
"""

import math
import re
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Annotated, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

ROW_SHEETS = ("survey", "choices", "external_choices", "osm", "entities")
SHEETS = ("settings", *ROW_SHEETS)

_MEDIA = frozenset({"image", "big-image", "audio", "video"})
_MESSAGES = frozenset({"constraint_message", "required_message", "no_app_error_string"})
TRANSLATED = frozenset({"label", "hint", "guidance_hint"}) | _MESSAGES | _MEDIA

_SMS = frozenset(
    {
        *("sms_field", "sms_option", "sms_separator", "sms_allow_media"),
        *("sms_date_format", "sms_datetime_format", "sms_response"),
    }
)
_CHOICE_COLUMNS = frozenset({"list_name", "name", "label", "geometry", "sms_option"}) | _MEDIA
COLUMNS: Mapping[str, frozenset[str]] = {
    "settings": _SMS
    | {
        *("form_id", "form_title", "version", "default_language", "instance_name", "name", "style"),
        *("allow_choice_duplicates", "clean_text_values", "add_none_option", "omit_instanceID", "flat"),
        *("namespaces", "instance_xmlns", "instance_id", "submission_url", "public_key", "auto_send"),
        *("auto_delete", "client_editable", "sms_keyword", "prefix", "delimiter"),
    },
    "survey": TRANSLATED
    | _SMS
    | {
        *("type", "name", "required", "relevant", "constraint", "calculation", "choice_filter", "appearance"),
        *("default", "readonly", "repeat_count", "trigger", "parameters", "note", "autoplay", "rows"),
        *("intent", "save_to", "disabled", "compact_tag"),
    },
    "choices": _CHOICE_COLUMNS,
    "external_choices": _CHOICE_COLUMNS,
    "osm": _CHOICE_COLUMNS,
    "entities": frozenset({"list_name", "entity_id", "create_if", "update_if", "repeat", "label"}),
}
_FREE_COLUMNS = frozenset({"choices", "external_choices", "osm"})
_PREFIXES: Mapping[str, frozenset[str]] = {
    "survey": frozenset({"bind", "body", "instance", "media"}),
    "settings": frozenset({"attribute"}),
    "choices": frozenset({"media"}),
}

_CHOICE_ALIASES = {"list name": "list_name", "caption": "label", "value": "name"}
_ALIASES: Mapping[str, Mapping[str, str]] = {
    "settings": {
        "id_string": "form_id",
        "set_form_id": "form_id",
        "title": "form_title",
        "set_form_title": "form_title",
    },
    "survey": {
        "command": "type",
        "tag": "name",
        "value": "name",
        "caption": "label",
        "relevance": "relevant",
        "read_only": "readonly",
        "calculate": "calculation",
        "count": "repeat_count",
        "jr:count": "repeat_count",
        "constraining_message": "constraint_message",
        "requiredmsg": "required_message",
        "noapperrorstring": "no_app_error_string",
        "control": "body",
        "bind::relevant": "relevant",
        "bind::required": "required",
        "bind::constraint": "constraint",
        "bind::readonly": "readonly",
        "bind::calculate": "calculation",
        "bind::jr:constraintMsg": "constraint_message",
        "bind::jr:requiredMsg": "required_message",
        "bind::jr:noAppErrorString": "no_app_error_string",
        "body::appearance": "appearance",
        "body::jr:count": "repeat_count",
    },
    "choices": _CHOICE_ALIASES,
    "external_choices": _CHOICE_ALIASES,
    "osm": _CHOICE_ALIASES,
    "entities": {"dataset": "list_name"},
}

# Character ranges of an XML name without colon: https://www.w3.org/TR/xml/#NT-NameStartChar
_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_XML_NAME = re.compile(f"[{_NAME_START}][-.0-9\u00b7\u0300-\u036f\u203f-\u2040{_NAME_START}]*")
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# After the "_", what Excel takes for the name of a sheet.
_REMARK_SHEET = re.compile(r"_[^\\*?:/\[\]]{0,30}")
_LARGEST_EXACT_NUMBER = 2**53


def is_xml_name(text: str) -> bool:
    return _XML_NAME.fullmatch(text) is not None


class Column(NamedTuple):
    """What a header means: its name of today, and its language ("" where the header names none)."""

    name: str
    language: str = ""


@lru_cache(maxsize=8192)
def read_header(sheet: str, header: str) -> Column | None:
    """The column that a header names in a sheet, None where XLSForm knows no such column."""
    first, *rest = (part.strip() for part in header.split("::"))
    aliases = _ALIASES[sheet]
    name = _todays_name(sheet, first)
    if rest and rest[0] and name in _PREFIXES.get(sheet, ()):
        name = aliases.get(f"{name}::{rest[0]}", rest[0] if name == "media" else f"{name}::{rest[0]}")
        rest = rest[1:]
        if "::" not in name and name not in COLUMNS[sheet]:
            return None
    elif name not in COLUMNS[sheet] and not (sheet in _FREE_COLUMNS and is_xml_name(name) and not rest):
        return None
    if not rest:
        return Column(name)
    return Column(name, rest[0]) if name in TRANSLATED and len(rest) == 1 and rest[0] else None


def _todays_name(sheet: str, name: str) -> str:
    """Headers are read as pyxform reads them: exactly, else without regard to capitals and spaces."""
    aliases = _ALIASES[sheet]
    for spelled in (name, "_".join(name.split()).lower()):
        if spelled in aliases:
            return aliases[spelled]
        if spelled in COLUMNS[sheet] or spelled in _PREFIXES.get(sheet, ()):
            return spelled
    return name


def cell_text(value: object) -> str:
    """What a cell says, as pyxform reads it from a spreadsheet; "" if it is empty or no cell at all."""
    if isinstance(value, str):
        return value.replace("\u00a0", " ").strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_EXACT_NUMBER:
        return str(int(value))
    if isinstance(value, float) or (isinstance(value, int) and abs(value) <= _LARGEST_EXACT_NUMBER):
        return str(value)
    return ""


def _accept_cell(value: object) -> object:
    if isinstance(value, str) and (found := NOT_IN_XML.search(value)):
        raise PydanticCustomError("unprintable", "{code}", {"code": f"U+{ord(found[0]):04X}"})
    if isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= _LARGEST_EXACT_NUMBER):
        raise PydanticCustomError("inexact_number", "not exact")
    if value is None or isinstance(value, str | int | float):
        return value
    raise PydanticCustomError("not_a_cell", "{kind}", {"kind": "list" if isinstance(value, list) else "object"})


def _accept_header(header: str, sheet: str) -> str:
    if read_header(sheet, header) is None:
        raise PydanticCustomError("unknown_column", "unknown column")
    return header


def _accept_sheet(name: str) -> str:
    if not _REMARK_SHEET.fullmatch(name):
        raise PydanticCustomError("unknown_sheet", "unknown sheet")
    return name


Cell = Annotated[str | int | float | bool | None, BeforeValidator(_accept_cell)]
SettingsRow = dict[Annotated[str, BeforeValidator(partial(_accept_header, sheet="settings"))], Cell]
SurveyRow = dict[Annotated[str, BeforeValidator(partial(_accept_header, sheet="survey"))], Cell]
ChoiceRow = dict[Annotated[str, BeforeValidator(partial(_accept_header, sheet="choices"))], Cell]
EntityRow = dict[Annotated[str, BeforeValidator(partial(_accept_header, sheet="entities"))], Cell]


class Consent(BaseModel):
    """The question that asks for consent, and the choices that give it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    question: str
    given: list[str]


class Fieldwork(BaseModel):
    """How interviews of a form are placed and protected: every member names questions of the form."""

    model_config = ConfigDict(extra="forbid", strict=True)
    community: str | None = None
    household_key: list[str] = []
    consent: Consent | None = None
    personal: list[str] = []
    sensitive: list[str] = []
    enumerator: str | None = None
    round: str | None = None


class FormDocument(BaseModel):
    """A questionnaire: one object a row, column names XLSForm's. Sheets that begin with "_" are remarks."""

    model_config = ConfigDict(extra="allow", strict=True)
    __pydantic_extra__: dict[Annotated[str, BeforeValidator(_accept_sheet)], list[dict[str, Cell]]]
    settings: SettingsRow
    survey: list[SurveyRow]
    choices: list[ChoiceRow] = []
    external_choices: list[ChoiceRow] = []
    osm: list[ChoiceRow] = []
    entities: list[EntityRow] = []
    fieldwork: Fieldwork = Fieldwork()
