"""A form that somebody brings, as XLSForm or as JSON: examined, and published if nothing speaks against it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.forms.catalogue import Catalogue
from app.forms.change import Change
from app.forms.changes import compare, unsettled
from app.forms.check import find_faults
from app.forms.document import canonical_bytes
from app.forms.faults import Fault, quoted
from app.forms.files import files_named
from app.forms.sheets import read_sheets
from app.forms.xform import CompiledXForm, try_xform
from app.problems import InvalidRequest

LARGEST_UPLOAD = 5_000_000
"""Bytes of the largest form; that of 500 questions in two languages has some 200,000."""


@dataclass(frozen=True)
class Examined:
    """A form document, all that speaks against publishing it, what to think about, and what it changes against the
    version that was published last. `is_new` is False for what is published already."""

    document: Any
    faults: Sequence[Fault]
    xform: CompiledXForm | None = None
    warnings: Sequence[str] = ()
    changes: Sequence[Change] = ()
    unsettled: Sequence[Change] = field(default=(), repr=False)
    is_new: bool = False

    @property
    def form_id(self) -> str:
        return _setting(self.document, "form_id")

    @property
    def version(self) -> str:
        return _setting(self.document, "version")

    def described(self) -> dict[str, Any]:
        """For people and programs, without the document."""
        return {
            "form_id": self.form_id,
            "version": self.version,
            "is_new": self.is_new,
            "faults": [fault.described() for fault in self.faults],
            "warnings": list(self.warnings),
            "changes": [{**change.described(), "settled": change not in self.unsettled} for change in self.changes],
        }


def read_upload(body: bytes) -> Any:
    """The document in an .xlsx or JSON file, unchecked. Raises `InvalidRequest` for what is neither."""
    try:
        return _from_spreadsheet(body) if body.startswith(b"PK") else orjson.loads(body)
    except ValueError as error:
        what = f"send an XLSForm (.xlsx) or a form as JSON; this can be read as neither ({error})"
        raise InvalidRequest(where="body", what=what) from error


def _from_spreadsheet(body: bytes) -> Any:
    from app.forms.spreadsheet import parse_spreadsheet

    return parse_spreadsheet("form.xlsx", body)


def examine(document: Any, catalogue: Catalogue) -> Examined:
    """Whatever can be said about a document before it is published. Never raises."""
    faults = find_faults(document, "")
    tried = faults or try_xform("", document)
    if isinstance(tried, list):
        return Examined(document, tried)
    form_id, version = _setting(document, "form_id"), _setting(document, "version")
    published = catalogue.listing().versions.get((form_id, version))
    if published is not None:
        is_same = published == hashlib.sha256(canonical_bytes(document)).digest()
        return Examined(document, [] if is_same else [_taken(version)], tried)
    before = catalogue.find(form_id)
    changes = compare(orjson.loads(before.content), document) if before else []
    return Examined(
        document,
        [],
        tried,
        [f"{name} cannot come with it: tablets would lack this file." for name in files_named(read_sheets(document))],
        changes,
        unsettled(changes, None),
        is_new=True,
    )


def _setting(document: Any, name: str) -> str:
    return read_sheets(document).settings.text(name) if isinstance(document, dict) else ""


def _taken(version: str) -> Fault:
    message = f"The version {quoted(version)} is published with other content, and versions never change."
    return Fault("", "settings", 2, "version", message, "Give it a new version.")
