"""Documents from files: told apart by their content, checked together, published together."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlmodel import Session

from app.communities.check import check_communities
from app.communities.publish import publish_communities
from app.forms.catalogue import Catalogue
from app.forms.check import find_faults
from app.forms.check_mapping import check_mapping
from app.forms.faults import Fault
from app.forms.files import files_named
from app.forms.mapping import is_mapping
from app.forms.publish import publish_form, publish_mapping
from app.forms.questions import Form, compile_form
from app.forms.sheets import read_sheets
from app.forms.xform import CompiledXForm, try_xform
from app.problems import VersionTaken
from app.scoring.check import check_framework
from app.scoring.publish import mark_unscored, publish_framework

ORDER = ("communities", "form", "mapping", "framework")

WITHOUT_FILE = "tablets would lack it, and what depends on it cannot be checked. Add it before you publish."

UNKEEPABLE = re.compile(r"\\u0000|[\ud800-\udfff]")
"""What stands in JSON and can be kept by no database. For forms, their own check tells the cell."""


@dataclass(frozen=True)
class Document:
    """A file's content, and what it is: one of `ORDER`, or `other` for what is not published."""

    file: str
    kind: str
    content: Any

    @cached_property
    def xform(self) -> CompiledXForm | list[Fault]:
        """The XForm of a form, or what pyxform has against it."""
        return try_xform(self.file, self.content)

    def files(self) -> Iterator[tuple[str, bytes | None]]:
        """The files that a checked form names, with what stands under that name in its own folder."""
        if self.kind == "form":
            for name in files_named(read_sheets(self.content)):
                beside = Path(self.file).parent / name
                is_there = Path(name).name == name and beside.is_file()
                yield name, beside.read_bytes() if is_there else None


@dataclass
class Reading:
    """Documents in the order of publication, a sentence a fault, what to think about although it is none, and what
    pyxform, the reference reader of XLSForm, thinks of each form."""

    documents: list[Document] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    opinions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """One document after publication: what it is called, and whether anything was new."""

    kind: str
    name: str
    new: bool


def read_documents(paths: Sequence[Path], catalogue: Catalogue | None, old: Mapping[str, Any] | None = None) -> Reading:
    """Every JSON file of these paths, folders searched, with all their faults.

    Frameworks and mappings are checked against the forms that are read with them and those that are published;
    mappings may also speak of `old`, a checked form.
    """
    reading = Reading()
    for path in _files(paths, reading.faults):
        try:
            content = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            reading.faults.append(f"{path}: cannot be read as JSON ({error}). Correct the file.")
            continue
        reading.documents.append(Document(str(path), kind_of(content), content))
    reading.documents.sort(key=lambda document: (*ORDER, "other").index(document.kind))
    known = _Known(catalogue)
    if old:
        known.add(compile_form(old))
    for document in reading.documents:
        faults = _faults_of_form(document, known, reading) if document.kind == "form" else _faults(document, known)
        if faults:
            reading.faults += faults
        else:
            missing = [name for name, content in document.files() if content is None]
            reading.warnings += [f"{document.file}: {name} is not beside it; {WITHOUT_FILE}" for name in missing]
    return reading


def publish(session: Session, documents: Sequence[Document]) -> list[Published]:
    """Publish checked documents in one transaction; all or, when a version is taken by other content, none."""
    now = datetime.now(UTC)
    published = []
    for document in documents:
        content = document.content
        if document.kind == "communities":
            count = publish_communities(session, content, now=now)
            published.append(Published(document.kind, f"{len(content)} communities", count > 0))
        elif document.kind == "form":
            settings = content["settings"]
            files = {name: bytes_ for name, bytes_ in document.files() if bytes_ is not None}
            xform = document.xform if isinstance(document.xform, CompiledXForm) else None
            new = publish_form(session, content, now=now, files=files, xform=xform)
            published.append(Published(document.kind, f"{settings['form_id']} {settings['version']}", new))
        elif document.kind == "mapping":
            new = publish_mapping(session, content, now=now)
            if new:
                mark_unscored(session, content["form_id"])
            published.append(
                Published(document.kind, f"{content['form_id']} {content['from']} to {content['to']}", new)
            )
        elif document.kind == "framework":
            new = publish_framework(session, content, now=now)
            published.append(Published(document.kind, f"{content['id']} {content['version']}", new))
    return published


def rehearse(session: Session, documents: Sequence[Document]) -> list[str]:
    """What publishing these checked documents would refuse, a sentence a document. Nothing of it stays."""
    faults = []
    with session.begin_nested() as everything:
        for document in documents:
            try:
                publish(session, [document])
            except VersionTaken as taken:
                faults.append(f"{document.file}: {taken}")
        everything.rollback()
    return faults


def _files(paths: Sequence[Path], faults: list[str]) -> Iterator[Path]:
    for path in paths:
        found = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        if not path.exists():
            faults.append(f"{path}: there is no such file or folder.")
        elif not found:
            faults.append(f"{path}: there is no JSON file in this folder.")
        else:
            yield from found


def kind_of(content: Any) -> str:
    """What a document is, told by its content."""
    if isinstance(content, list):
        return "communities"
    if is_mapping(content):
        return "mapping"
    if isinstance(content, dict):
        if "spec" in content or ("indicators" in content and "tree" in content):
            return "framework"
        if "demo" in content:
            return "other"
    return "form"


class _Known:
    """The forms that documents may speak of: those published, and those read so far."""

    def __init__(self, catalogue: Catalogue | None) -> None:
        self._catalogue = catalogue
        self._read: dict[str, dict[str, Form]] = {}

    def add(self, form: Form) -> None:
        self._read.setdefault(form.form_id, {})[form.version] = form

    def latest(self) -> dict[str, Form]:
        """A form that was read is meant rather than one that was published."""
        published = self._catalogue.forms() if self._catalogue else {}
        return published | {form_id: [*versions.values()][-1] for form_id, versions in self._read.items()}

    def versions(self, form_id: str) -> dict[str, Form]:
        """By version, in the order in which they are or will be published."""
        published = self._catalogue.versions(form_id) if self._catalogue else {}
        return published | self._read.get(form_id, {})


def _faults(document: Document, known: _Known) -> list[str]:
    if UNKEEPABLE.search(json.dumps(document.content, ensure_ascii=False)):
        return [f"{document.file}: a text in it holds NUL or half a character. Type it again."]
    if document.kind == "communities":
        return [f"{document.file}: {fault}" for fault in check_communities(document.content)]
    if document.kind == "mapping":
        versions = known.versions(str(document.content.get("form_id")))
        return [str(fault) for fault in check_mapping(document.content, versions, document.file)]
    if document.kind == "framework":
        return [str(fault) for fault in check_framework(document.content, known.latest(), document.file)]
    return []


def _faults_of_form(document: Document, known: _Known, reading: Reading) -> list[str]:
    opinion = document.xform if isinstance(document.xform, list) else []
    reading.opinions[document.file] = f"refuses it: {opinion[0].message}" if opinion else "accepts it"
    faults = find_faults(document.content, document.file) or opinion
    if not faults:
        known.add(compile_form(document.content))
    return [str(fault) for fault in faults]
