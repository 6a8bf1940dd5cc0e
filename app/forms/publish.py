"""Publishing a form, or a mapping between two of its versions: immutable, kept for ever."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, func, select

from app.access import audit
from app.access.tables import Holder
from app.database import changed
from app.forms.document import canonical_bytes
from app.forms.questions import compile_form
from app.forms.tables import FormFile, FormMapping, FormVersion, XForm
from app.forms.xform import CompiledXForm
from app.problems import VersionTaken

NO_FILES: Mapping[str, bytes] = {}


def publish_form(
    session: Session,
    document: Mapping[str, Any],
    *,
    now: datetime,
    by: Holder | None = None,
    files: Mapping[str, bytes] = NO_FILES,
    xform: CompiledXForm | None = None,
) -> bool:
    """Publish a checked document, its XForm and the files that it names; False when the very same was published before.

    Without an XForm it is not for ODK Collect.

    Raises `VersionTaken` when the version exists with other content, or without one of these files.
    """
    form = compile_form(document)
    content = canonical_bytes(document)
    sha256 = hashlib.sha256(content).digest()
    known = session.get(FormVersion, (form.form_id, form.version))
    if known is not None:
        if known.sha256 == sha256:
            _must_have(session, known, files)
            return False
        raise VersionTaken(
            kind="form",
            name=form.form_id,
            version=form.version,
            published_sha256=known.sha256.hex(),
            offered_sha256=sha256.hex(),
        )
    for name, bytes_ in files.items():
        key = {"form_id": form.form_id, "version": form.version, "name": name}
        session.add(FormFile(**key, sha256=hashlib.sha256(bytes_).digest(), content=bytes_))
    if xform:
        session.add(xform_row(form.form_id, form.version, xform))
    session.add(
        FormVersion(
            form_id=form.form_id,
            version=form.version,
            sha256=sha256,
            title=form.title,
            languages=list(form.languages),
            content=content,
            published_at=now,
            ordinal=session.exec(select(func.count()).select_from(FormVersion)).one() + 1,
        )
    )
    audit.record(session, now, by, "form_published", f"{form.form_id} {form.version}", sha256=sha256.hex())
    changed(session)
    return True


def xform_row(form_id: str, version: str, xform: CompiledXForm) -> XForm:
    md5 = hashlib.md5(xform.xml, usedforsecurity=False).hexdigest()
    return XForm(form_id=form_id, version=version, md5=md5, xml=xform.xml, itemsets=xform.itemsets)


def _must_have(session: Session, known: FormVersion, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        published = session.get(FormFile, (known.form_id, known.version, name))
        offered = hashlib.sha256(content)
        if published is None or published.sha256 != offered.digest():
            raise VersionTaken(
                kind="form",
                name=f"{known.form_id} ({name})",
                version=known.version,
                published_sha256=published.sha256.hex() if published else "-",
                offered_sha256=offered.hexdigest(),
            )


def publish_mapping(session: Session, document: Mapping[str, Any], *, now: datetime, by: Holder | None = None) -> bool:
    """Publish a checked mapping; False when the very same content was published before.

    Raises `VersionTaken` when there is another mapping between the two versions.
    """
    form_id, begins, ends = document["form_id"], document["from"], document["to"]
    content = canonical_bytes(document)
    sha256 = hashlib.sha256(content).digest()
    known = session.get(FormMapping, (form_id, begins, ends))
    if known is not None:
        if known.sha256 == sha256:
            return False
        raise VersionTaken(
            kind="mapping",
            name=form_id,
            version=f"{begins} to {ends}",
            published_sha256=known.sha256.hex(),
            offered_sha256=sha256.hex(),
        )
    session.add(
        FormMapping(
            form_id=form_id,
            from_version=begins,
            to_version=ends,
            sha256=sha256,
            content=content,
            published_at=now,
        )
    )
    audit.record(session, now, by, "mapping_published", f"{form_id} {begins} to {ends}", sha256=sha256.hex())
    changed(session)
    return True
