"""What tablets may load: the XForms that are published and the files that go with them, known by heart."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, and_, col, select

from app.database import Database, Snapshot
from app.forms.tables import FormFile, FormVersion, XForm

ITEMSETS = "itemsets.csv"

Version = tuple[str, str]
"""A form's id and version."""


@dataclass(frozen=True)
class TabletFile:
    """A file that goes with a version; the hashes are in hexadecimal digits."""

    name: str
    md5: str
    sha256: str
    of: Version


@dataclass(frozen=True)
class TabletForm:
    form_id: str
    version: str
    title: str
    md5: str
    files: Sequence[TabletFile]


@dataclass(frozen=True)
class Listing:
    """Every version that has an XForm. `latest` are those that tablets shall have, in the order of publication of their
    forms; `digest` changes with anything that is said of them."""

    versions: Mapping[Version, TabletForm]
    latest: Sequence[TabletForm]
    digest: bytes

    def file(self, sha256: str, name: str) -> TabletFile | None:
        found = (file for form in self.versions.values() for file in form.files)
        return next((file for file in found if (file.sha256, file.name) == (sha256, name)), None)


class TabletForms:
    """Knows what other processes publish as soon as they have committed. While nothing is, asking costs no query."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listing = Snapshot(database, self._load)
        self._md5s: dict[bytes, str] = {}
        self._xmls: dict[str, bytes] = {}

    def listing(self) -> Listing:
        return self._listing()

    def xml(self, form: TabletForm) -> bytes:
        """The bytes whose MD5 the listing tells. Raises `Unavailable`."""
        if form.md5 not in self._xmls:
            with self._database.read() as session:
                self._xmls[form.md5] = session.get_one(XForm, (form.form_id, form.version)).xml
        return self._xmls[form.md5]

    def content(self, file: TabletFile) -> bytes:
        """The bytes of a file. Raises `Unavailable`."""
        with self._database.read() as session:
            published = session.get(FormFile, (*file.of, file.name))
            return published.content if published else session.get_one(XForm, file.of).itemsets or b""

    def _load(self, session: Session) -> Listing:
        same = and_(col(FormVersion.form_id) == XForm.form_id, col(FormVersion.version) == XForm.version)
        columns = select(XForm.form_id, XForm.version, XForm.md5, FormVersion.title).join(FormVersion, same)
        files = self._files(session)
        versions = {
            (form_id, version): TabletForm(form_id, version, title, md5, files.get((form_id, version), ()))
            for form_id, version, md5, title in session.exec(columns.order_by(col(FormVersion.ordinal)))
        }
        # A version that pyxform refused has no XForm: then tablets go on with the one before it.
        latest = list({form.form_id: form for form in versions.values()}.values())
        return Listing(versions, latest, hashlib.sha256(repr(latest).encode()).digest())

    def _files(self, session: Session) -> dict[Version, list[TabletFile]]:
        found: dict[Version, list[TabletFile]] = {}
        named = select(FormFile.form_id, FormFile.version, FormFile.name, FormFile.sha256)
        for form_id, version, name, sha256 in session.exec(named.order_by(FormFile.name)).all():
            of = form_id, version
            md5 = self._md5s.get(sha256) or _md5(session.get_one(FormFile, (*of, name)).content)
            self._md5s[sha256] = md5
            found.setdefault(of, []).append(TabletFile(name, md5, sha256.hex(), of))
        choices = select(XForm.form_id, XForm.version, XForm.itemsets).where(col(XForm.itemsets).is_not(None))
        for form_id, version, itemsets in session.exec(choices):
            of, content = (form_id, version), itemsets or b""
            name = hashlib.sha256(content).hexdigest()
            found.setdefault(of, []).append(TabletFile(ITEMSETS, _md5(content), name, of))
        return found


def _md5(content: bytes) -> str:
    """What OpenRosa asks for; it tells versions apart and protects nothing."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
