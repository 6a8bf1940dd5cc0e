"""Publishing a form: an immutable version, kept for ever."""

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
from app.forms.tables import FormVersion
from app.problems import VersionTaken


def publish_form(session: Session, document: Mapping[str, Any], *, now: datetime, by: Holder | None = None) -> bool:
    """Publish a checked document; False when the very same content was published before.

    Raises `VersionTaken` when the version exists with other content.
    """
    form = compile_form(document)
    content = canonical_bytes(document)
    sha256 = hashlib.sha256(content).digest()
    known = session.get(FormVersion, (form.form_id, form.version))
    if known is not None:
        if known.sha256 == sha256:
            return False
        raise VersionTaken(
            kind="form",
            name=form.form_id,
            version=form.version,
            published_sha256=known.sha256.hex(),
            offered_sha256=sha256.hex(),
        )
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
