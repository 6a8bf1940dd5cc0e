"""The published forms, kept in memory: once warm, serving a form touches no table."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

import orjson
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from app.database import Database, Snapshot
from app.forms.answers import Answers, reader
from app.forms.carrying import Carrying, Hop, carry, route
from app.forms.choice_lists import Table
from app.forms.files import read_table
from app.forms.logic import Logic
from app.forms.mapping import VersionMapping
from app.forms.media import file_questions
from app.forms.pairing import Items, Path, items_of
from app.forms.questions import Form, Question, compile_form
from app.forms.tables import FormFile, FormMapping, FormVersion


@dataclass(frozen=True)
class Files:
    """The files of a version: their hashes by name, and how to get their bytes."""

    sha256: Mapping[str, bytes]
    load: Callable[[str], bytes]


class PublishedForm:
    """One version: the bytes that are served and, made when first needed, what they mean."""

    def __init__(self, content: bytes, files: "Files") -> None:
        self.content = content
        self.files = files
        self.etag = f'"{hashlib.sha256(content).hexdigest()}"'

    @cached_property
    def form(self) -> Form:
        return compile_form(orjson.loads(self.content))

    @cached_property
    def items(self) -> Items:
        return items_of(self.form)

    @cached_property
    def clock(self) -> tuple[str | None, str | None]:
        """The questions in which the tablet notes when the interview began and ended."""
        names = {child.type: name for name, child in self.form.root.children.items() if isinstance(child, Question)}
        return names.get("start"), names.get("end")

    @cached_property
    def file_questions(self) -> tuple[Path, ...]:
        return file_questions(self.form)

    @cached_property
    def read(self) -> Callable[[Mapping[str, Any]], Answers]:
        return reader(self.form)

    @cached_property
    def logic(self) -> Logic:
        return Logic(orjson.loads(self.content), Tables(self.files))


class Tables(Mapping[str, Table]):
    """The CSV files of a version as rows, each read when an interview first needs it."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._read: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._read:
            self._read[name] = read_table(self._files.load(name))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._files.sha256 if name.endswith(".csv"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True)
class Listing:
    """What is published: the answer to `GET /forms`, the hash of each version in the order of publication, and the
    mappings between versions, by form."""

    content: bytes
    etag: str
    versions: Mapping[tuple[str, str], bytes]
    latest: Mapping[str, str]
    mappings: Mapping[str, Sequence[VersionMapping]]
    carryings: dict[tuple[str, str], Carrying] = field(default_factory=dict)

    def order(self, form_id: str) -> list[str]:
        """The versions of a form in the order of publication."""
        return [version for each, version in self.versions if each == form_id]


class Catalogue:
    """Finds forms by id and version. Knows what other processes publish as soon as they have committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listing = Snapshot(database, _load_listing)
        self._opened: dict[bytes, PublishedForm] = {}
        self._lock = threading.Lock()

    def listing(self) -> Listing:
        return self._listing()

    def find(self, form_id: str, version: str | None = None) -> PublishedForm | None:
        """This version, or the one published last; None when there is none."""
        listing = self._listing()
        if version is None:
            version = listing.latest.get(form_id, "")
        sha256 = listing.versions.get((form_id, version))
        if sha256 is None:
            return None
        if sha256 not in self._opened:
            self._open(form_id, version, sha256)
        return self._opened[sha256]

    def forms(self) -> dict[str, Form]:
        """The latest version of every form, by id."""
        found = {form_id: self.find(form_id) for form_id in self._listing().latest}
        return {form_id: published.form for form_id, published in found.items() if published}

    def versions(self, form_id: str) -> dict[str, Form]:
        """Every version of a form in the order of publication."""
        found = {version: self.find(form_id, version) for version in self._listing().order(form_id)}
        return {version: published.form for version, published in found.items() if published}

    def carrying(self, form_id: str, version: str) -> Carrying | None:
        """How answers of this version are scored: as far as mappings lead. None where there is nothing to carry."""
        listing = self._listing()
        if form_id not in listing.mappings:
            return None
        key = form_id, version
        if key not in listing.carryings:
            listing.carryings[key] = self._carry(listing, form_id, version)
        return listing.carryings[key]

    def carrying_into(self, form_id: str, version: str, target: str) -> Carrying:
        """How answers of this version stand in the columns of the target version."""
        return self._carry(self._listing(), form_id, version, target)

    def _carry(self, listing: Listing, form_id: str, version: str, target: str | None = None) -> Carrying:
        order = listing.order(form_id)
        if target is not None:
            order = order[: order.index(target) + 1]
        known = version in order
        hops = route(order, listing.mappings.get(form_id, ()), version) if known else []
        here = hops[-1][1] if hops else version
        if target is not None and here != target:
            hops.append((here, target, None))
        return carry(
            self._items(form_id, version),
            [Hop(self._items(form_id, old), self._items(form_id, new), mapping) for old, new, mapping in hops],
        )

    def _items(self, form_id: str, version: str) -> Items:
        published = self.find(form_id, version)
        return published.items if published else {}

    def _open(self, form_id: str, version: str, sha256: bytes) -> None:
        with self._lock, self._database.read() as session:
            content = session.get_one(FormVersion, (form_id, version)).content
            of_version = select(FormFile.name, FormFile.sha256).where(
                FormFile.form_id == form_id, FormFile.version == version
            )
            hashes = dict(session.exec(of_version.order_by(FormFile.name)).all())
            files = Files(hashes, partial(self._load_file, form_id, version))
            self._opened.setdefault(sha256, PublishedForm(content, files))

    def _load_file(self, form_id: str, version: str, name: str) -> bytes:
        with self._database.read() as session:
            return session.get_one(FormFile, (form_id, version, name)).content


def _load_listing(session: Session) -> Listing:
    light = select(FormVersion).options(defer(FormVersion.content))  # type: ignore[arg-type]
    published = session.exec(light.order_by(col(FormVersion.ordinal))).all()
    entries = [
        {
            "form_id": each.form_id,
            "version": each.version,
            "title": each.title,
            "sha256": each.sha256.hex(),
            "languages": each.languages,
            "published_at": each.published_at,
            "url": f"/api/v1/forms/{quote(each.form_id, safe='')}/versions/{quote(each.version, safe='')}",
        }
        for each in published
    ]
    content = orjson.dumps(entries)
    mappings: dict[str, list[VersionMapping]] = {}
    for row in session.exec(select(FormMapping).order_by(col(FormMapping.from_version), col(FormMapping.to_version))):
        mappings.setdefault(row.form_id, []).append(VersionMapping.model_validate_json(row.content))
    return Listing(
        content=content,
        etag=f'"{hashlib.sha256(content).hexdigest()}"',
        versions={(each.form_id, each.version): each.sha256 for each in published},
        latest={each.form_id: each.version for each in published},
        mappings=mappings,
    )
