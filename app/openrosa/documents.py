"""What tablets read, in the XML of OpenRosa. https://docs.getodk.org/openrosa/"""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class ListedForm:
    """A form in the list. The addresses are absolute; `manifest_url` only where the form has files."""

    form_id: str
    name: str
    version: str
    md5: str
    download_url: str
    manifest_url: str | None


@dataclass(frozen=True)
class ListedFile:
    """A file in a manifest."""

    name: str
    md5: str
    download_url: str


def form_list(forms: Iterable[ListedForm]) -> bytes:
    """One incomplete entry would make Collect throw the whole list away, and with it the forms on the tablet."""
    entries = [
        f"<xform>{_element('formID', form.form_id)}{_element('name', form.name)}{_element('version', form.version)}"
        f"{_element('hash', f'md5:{form.md5}')}{_element('downloadUrl', form.download_url)}"
        f"{_element('manifestUrl', form.manifest_url) if form.manifest_url else ''}</xform>\n"
        for form in forms
    ]
    return f'{HEAD}<xforms xmlns="http://openrosa.org/xforms/xformsList">\n{"".join(entries)}</xforms>\n'.encode()


def manifest(files: Iterable[ListedFile]) -> bytes:
    entries = [
        f"<mediaFile>{_element('filename', file.name)}{_element('hash', f'md5:{file.md5}')}"
        f"{_element('downloadUrl', file.download_url)}</mediaFile>\n"
        for file in files
    ]
    return (
        f'{HEAD}<manifest xmlns="http://openrosa.org/xforms/xformsManifest">\n{"".join(entries)}</manifest>\n'.encode()
    )


def response(message: str, nature: str) -> bytes:
    """The sentence that Collect shows, after a success and after an error alike."""
    return (
        f'{HEAD}<OpenRosaResponse xmlns="http://openrosa.org/http/response">'
        f'<message nature="{nature}">{escape(message)}</message></OpenRosaResponse>\n'
    ).encode("utf-8", "replace")


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
