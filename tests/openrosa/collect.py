"""ODK Collect as a program: the forms on it, the interviews on it, and what it does with each answer of a server.

Written from Collect's rules (v2026.3) and independent of `app`. It forgives nothing that Collect does not forgive.
"""

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

import httpx

from tests.openrosa.wire import Got, Part, Wire, multipart

FORM_LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
RESPONSE = "{http://openrosa.org/http/response}"

MOST_FILES = 100
DEFAULT_LENGTH = 10_000_000


class AuthRequired(Exception):
    """Collect shows its password dialog and does nothing until somebody has answered it."""


class ServerTrouble(Exception):
    """Collect shows its argument, and tries again later."""


class Status(Enum):
    COMPLETE = "complete"
    FAILED = "submissionFailed"
    SUBMITTED = "submitted"


@dataclass
class Instance:
    """A finalised interview on the device, in the order of `finalised_at`."""

    xml: bytes
    media: dict[str, bytes] = field(default_factory=dict)
    finalised_at: int = 0
    status: Status = Status.COMPLETE
    shown: str = ""
    """What the enumerator reads about the last attempt."""


@dataclass(frozen=True)
class ListedForm:
    form_id: str
    name: str
    version: str | None
    hash: str | None
    download_url: str
    manifest_url: str | None


@dataclass(frozen=True)
class ListedFile:
    filename: str
    hash: str
    download_url: str


@dataclass
class FormOnDevice:
    xml: bytes
    version: str | None
    media: dict[str, bytes]

    @property
    def hash(self) -> str:
        return _md5(self.xml)


@dataclass
class Collect:
    """One tablet, set to `form_update_mode=match_exactly`, as a settings QR sets it."""

    server_url: str
    wire: Wire
    forms: dict[str, FormOnDevice] = field(default_factory=dict)
    instances: list[Instance] = field(default_factory=list)
    most_files: int = MOST_FILES
    _redirected: str | None = None

    # Forms.

    def synchronise(self) -> list[str]:
        """Make the forms on the device those of the server. Returns the ids of those that were downloaded.

        Forms that the server does not list are deleted. Raises `AuthRequired`, `ServerTrouble`.
        """
        listed = self.form_list()
        for form_id in self.forms.keys() - {form.form_id for form in listed}:
            del self.forms[form_id]
        return [form.form_id for form in listed if self._update(form)]

    def form_list(self) -> list[ListedForm]:
        got = self.wire.get(f"{_without_slash(self.server_url)}/formList")
        if got.status == 401:
            raise AuthRequired
        if got.status == 404:
            raise ServerTrouble("unreachable")
        return _read_form_list(_document(got))

    def manifest(self, url: str) -> list[ListedFile] | None:
        """The files of a form; None for a manifest with any incomplete entry, which counts as none at all."""
        return _read_manifest(_document(self.wire.get(url)))

    def _update(self, form: ListedForm) -> bool:
        known = self.forms.get(form.form_id)
        if form.hash is None:
            raise ServerTrouble(f"{form.form_id} has no hash")
        files = self.manifest(form.manifest_url) if form.manifest_url else []
        if files is None:
            raise ServerTrouble(f"{form.form_id} has a broken manifest")
        if known and known.hash == form.hash and all(_md5(known.media.get(f.filename, b"")) == f.hash for f in files):
            return False
        xml = known.xml if known and known.hash == form.hash else self._download(form.download_url)
        media = dict(self._media(files, known))
        # As Collect does: what was there goes, whatever came instead of it.
        self.forms[form.form_id] = FormOnDevice(xml, form.version, media)
        return True

    def _media(self, files: list[ListedFile], known: FormOnDevice | None) -> Iterator[tuple[str, bytes]]:
        for each in files:
            old = known.media.get(each.filename, b"") if known else b""
            yield each.filename, old if _md5(old) == each.hash else self._download(each.download_url)

    def _download(self, url: str) -> bytes:
        got = self.wire.get(url)
        if got.status != 200:
            raise ServerTrouble(f"{got.status}")
        return got.content

    # Interviews.

    def finalise(self, xml: bytes, media: dict[str, bytes] | None = None) -> Instance:
        instance = Instance(xml, media or {}, finalised_at=len(self.instances))
        self.instances.append(instance)
        return instance

    @property
    def waiting(self) -> list[Instance]:
        """What auto-send takes: also what has failed, however often."""
        unsent = [each for each in self.instances if each.status is not Status.SUBMITTED]
        return sorted(unsent, key=lambda each: each.finalised_at)

    def send(self) -> list[Instance]:
        """One round of auto-send: one form after the other. A failure stops none but itself, a password all."""
        sent = self.waiting
        for instance in sent:
            instance.status = Status.FAILED
            try:
                self._send(instance)
            except AuthRequired:
                break
            except ServerTrouble as trouble:
                instance.shown = str(trouble)
            except httpx.TransportError as error:
                instance.shown = type(error).__name__
        return sent

    def _send(self, instance: Instance) -> None:
        url, accepted = self._preflight()
        for body in requests_of(instance, accepted, self.most_files):
            got = self.wire.ask("POST", url, *multipart(body))
            instance.shown = _shown(got)
            if got.status not in (201, 202):
                return
        instance.status = Status.SUBMITTED

    def _preflight(self) -> tuple[str, int]:
        """The address to send to, and how many bytes it takes at once. Raises for what would stop the form."""
        url = self._redirected or f"{_without_slash(self.server_url)}/submission"
        got = self.wire.ask("HEAD", url, {})
        if got.status == 401:
            raise AuthRequired
        if got.status == 204:
            if location := got.headers.get("Location"):
                if urlsplit(location).hostname != urlsplit(url).hostname:
                    raise ServerTrouble("Unexpected redirection attempt to a different host")
                url = self._redirected = location
            return url, int(got.headers.get("X-OpenRosa-Accept-Content-Length", DEFAULT_LENGTH))
        if 200 <= got.status < 300:
            raise ServerTrouble("Invalid status code on Head request. If you have a web proxy, log in to it.")
        # Collect goes on: the POST will tell.
        return url, DEFAULT_LENGTH


def requests_of(instance: Instance, accepted: int, most_files: int = MOST_FILES) -> Iterator[list[Part]]:
    """The requests that carry an interview with its files. Each holds the XML, and all but the last one say that they
    are not the last."""
    files = list(instance.media.items())
    index, is_first = 0, True
    while is_first or index < len(files):
        is_first, begin, length = False, index, len(instance.xml)
        parts = [Part("xml_submission_file", instance.xml, "text/xml", "interview.xml")]
        while index < len(files):
            name, content = files[index]
            parts.append(Part(name, content, "application/octet-stream", name))
            length += len(content)
            index += 1
            if index < len(files) and (index - begin > most_files or length + len(files[index][1]) > accepted):
                parts.append(Part("*isIncomplete*", b"yes", "text/plain"))
                break
        yield parts


def _document(got: Got) -> ET.Element:
    if got.status != 200:
        raise ServerTrouble(f"{got.status}")
    if not got.says_text_xml:
        raise ServerTrouble("The server answered with something else, perhaps a log-in page")
    if not got.is_openrosa:
        raise ServerTrouble("This is no OpenRosa server")
    try:
        return ET.fromstring(got.content)
    except ET.ParseError as error:
        raise ServerTrouble("The answer is no XML") from error


def _read_form_list(root: ET.Element) -> list[ListedForm]:
    """Raises `ServerTrouble` for anything incomplete: then no form is known, and none is deleted."""
    if root.tag != f"{FORM_LIST}xforms":
        raise ServerTrouble("The list of forms has another namespace")
    found = []
    for form in root.iter(f"{FORM_LIST}xform"):
        texts = {child.tag.removeprefix(FORM_LIST): (child.text or "").strip() for child in form}
        if texts.get("hash") == "":
            raise ServerTrouble("Collect has crashed over an empty hash")
        if not all(texts.get(name) for name in ("formID", "name", "downloadUrl")):
            raise ServerTrouble("A form is incomplete, so that the list counts for nothing")
        found.append(
            ListedForm(
                texts["formID"],
                texts["name"],
                texts.get("version") or None,
                _hash(texts.get("hash", "")),
                _absolute(texts["downloadUrl"]),
                _absolute(texts["manifestUrl"]) if texts.get("manifestUrl") else None,
            )
        )
    return found


def _read_manifest(root: ET.Element) -> list[ListedFile] | None:
    if root.tag != f"{MANIFEST}manifest":
        return None
    found = []
    for file in root.iter(f"{MANIFEST}mediaFile"):
        texts = {child.tag.removeprefix(MANIFEST): (child.text or "").strip() for child in file}
        if not all(texts.get(name) for name in ("filename", "hash", "downloadUrl")):
            return None
        found.append(ListedFile(texts["filename"], _hash(texts["hash"]) or "", _absolute(texts["downloadUrl"])))
    return found


def _shown(got: Got) -> str:
    """The first message of the answer, where it is one; otherwise what Collect says by itself."""
    if b"OpenRosaResponse" in got.content:
        message = ET.fromstring(got.content).find(f"{RESPONSE}message")
        if message is not None and message.text:
            return message.text
    if got.status == 200:
        return "Network login failure? Again?"
    if got.status == 400:
        return "Make sure the form is configured to accept submissions"
    return f"({got.status})"


def _absolute(url: str) -> str:
    if not urlsplit(url).hostname:
        raise ServerTrouble(f"{url} names no host")
    return url


def _hash(text: str) -> str | None:
    return text.removeprefix("md5:") if text.startswith("md5:") else None


def _md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def _without_slash(url: str) -> str:
    return url.rstrip("/")
