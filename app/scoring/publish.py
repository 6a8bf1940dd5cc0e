"""Publishing a framework: an immutable version. Scoring what is already kept is the work of `submissions`."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from app.access import audit
from app.access.tables import Holder
from app.database import changed
from app.forms.document import canonical_bytes
from app.problems import VersionTaken
from app.scoring.framework import Framework
from app.scoring.indicators import compile_framework
from app.scoring.tables import FrameworkVersion


def unscored(session: Session) -> list[FrameworkVersion]:
    """The versions for which interviews may be kept that they have not scored."""
    return list(session.exec(select(FrameworkVersion).where(col(FrameworkVersion.scored).is_(False))))


def mark_scored(session: Session, versions: Iterable[FrameworkVersion]) -> None:
    """Enter that every interview kept so far has been scored with these versions."""
    for each in versions:
        session.get_one(FrameworkVersion, (each.framework_id, each.version)).scored = True
    changed(session)


def mark_unscored(session: Session, form_id: str) -> None:
    """Enter that interviews of this form mean something else from now on, and have to be scored again."""
    for each in session.exec(select(FrameworkVersion)):
        if form_id in compile_framework(Framework.model_validate_json(each.content)).by_form:
            each.scored = False


def publish_framework(
    session: Session, document: Mapping[str, Any], *, now: datetime, by: Holder | None = None
) -> bool:
    """Publish a checked framework; False when the very same content was published before.

    Raises `VersionTaken` when the version exists with other content.
    """
    framework_id, version = document["id"], document["version"]
    content = canonical_bytes(document)
    sha256 = hashlib.sha256(content).digest()
    known = session.get(FrameworkVersion, (framework_id, version))
    if known is not None:
        if known.sha256 == sha256:
            return False
        raise VersionTaken(
            kind="framework",
            name=framework_id,
            version=version,
            published_sha256=known.sha256.hex(),
            offered_sha256=sha256.hex(),
        )
    ordinal = session.exec(select(func.count()).select_from(FrameworkVersion)).one() + 1
    session.add(
        FrameworkVersion(
            framework_id=framework_id,
            version=version,
            sha256=sha256,
            content=content,
            published_at=now,
            ordinal=ordinal,
        )
    )
    audit.record(session, now, by, "framework_published", f"{framework_id} {version}", sha256=sha256.hex())
    changed(session)
    return True
