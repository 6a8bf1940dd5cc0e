"""Documents from files: told apart by their content, checked together, published together."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from app.communities.check import check_communities
from app.communities.publish import publish_communities
from app.forms.catalogue import Catalogue
from app.forms.check import check
from app.forms.publish import publish_form
from app.forms.questions import Form, compile_form
from app.problems import VersionTaken
from app.scoring.check import check_framework
from app.scoring.publish import publish_framework

ORDER = ("communities", "form", "framework")

UNKEEPABLE = re.compile(r"\\u0000|[\ud800-\udfff]")
"""What stands in JSON and can be kept by no database. For forms, their own check tells the cell."""


@dataclass(frozen=True)
class Document:
    """A file's content, and what it is: `communities`, `form`, `framework`, or `other` for what is not published."""

    file: str
    kind: str
    content: Any


@dataclass
class Reading:
    """Documents in the order of publication, and a sentence a fault."""

    documents: list[Document] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Published:
    """One document after publication: what it is called, and whether anything was new."""

    kind: str
    name: str
    new: bool


def read_documents(paths: Sequence[Path], catalogue: Catalogue | None) -> Reading:
    """Every JSON file of these paths, folders searched, with all their faults.

    Frameworks are checked against the forms that are read with them and those that are published.
    """
    reading = Reading()
    for path in _files(paths, reading.faults):
        try:
            content = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            reading.faults.append(f"{path}: cannot be read as JSON ({error}). Correct the file.")
            continue
        reading.documents.append(Document(str(path), _kind(content), content))
    reading.documents.sort(key=lambda document: (*ORDER, "other").index(document.kind))
    forms = dict(catalogue.forms()) if catalogue else {}
    for document in reading.documents:
        reading.faults += _faults(document, forms)
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
            new = publish_form(session, content, now=now)
            published.append(Published(document.kind, f"{settings['form_id']} {settings['version']}", new))
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


def _kind(content: Any) -> str:
    if isinstance(content, list):
        return "communities"
    if isinstance(content, dict):
        if "spec" in content or ("indicators" in content and "tree" in content):
            return "framework"
        if "demo" in content:
            return "other"
    return "form"


def _faults(document: Document, forms: dict[str, Form]) -> list[str]:
    if document.kind != "form" and UNKEEPABLE.search(json.dumps(document.content, ensure_ascii=False)):
        return [f"{document.file}: a text in it holds NUL or half a character. Type it again."]
    if document.kind == "communities":
        return [f"{document.file}: {fault}" for fault in check_communities(document.content)]
    if document.kind == "framework":
        return [str(fault) for fault in check_framework(document.content, forms, document.file)]
    if document.kind == "other":
        return []
    faults = [str(fault) for fault in check(document.content, document.file)]
    if not faults:
        form = compile_form(document.content)
        forms[form.form_id] = form
    return faults
