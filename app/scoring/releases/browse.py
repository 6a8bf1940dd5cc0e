"""Looking at releases, within what the caller may see."""

from typing import Any

import orjson
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from app.access.tables import Holder
from app.database import Database
from app.problems import NotComparable, NotFound, UnequalVersions
from app.scoring.releases.audience import Audience
from app.scoring.releases.compare import compare
from app.scoring.releases.tables import Release


def listing(database: Database, holder: Holder) -> list[dict[str, Any]]:
    """The releases, the last one first."""
    light = select(Release).options(defer(Release.content))  # type: ignore[arg-type]
    with database.read() as session:
        rows = session.exec(light.order_by(col(Release.released_at).desc(), col(Release.release_id)))
        return [_described(row) for row in rows if _may_see(row, holder)]


def find(session: Session, release_id: str, holder: Holder) -> Release:
    """One release with its bytes. Raises `NotFound`, also where it is somebody else's."""
    release = session.get(Release, release_id)
    if release is None or not _may_see(release, holder):
        raise NotFound
    return release


def compared(database: Database, ids: tuple[str, str], holder: Holder) -> dict[str, Any]:
    """What differs between two releases of one framework version.

    Raises `NotFound`, `NotComparable` for those of two frameworks, and `UnequalVersions`.
    """
    with database.read() as session:
        a, b = (find(session, each, holder) for each in ids)
    if a.framework_id != b.framework_id:
        raise NotComparable(a=a.framework_id, b=b.framework_id)
    if a.framework_version != b.framework_version:
        raise UnequalVersions(versions=f"{a.framework_version}, {b.framework_version}")
    told = compare(orjson.loads(a.content), orjson.loads(b.content))
    if a.audience != b.audience:
        told["flags"].append("different_audiences")
    return {"a": _described(a), "b": _described(b), **told}


def _may_see(release: Release, holder: Holder) -> bool:
    """Numbers of all communities are for those who may see all, unless they are for the public."""
    return release.audience == Audience.PUBLIC or not holder.communities


def _described(release: Release) -> dict[str, Any]:
    return {
        "release_id": release.release_id,
        "title": release.title,
        "framework": release.framework_id,
        "version": release.framework_version,
        "round": release.round,
        "score": orjson.loads(release.manifest).get("score", "survey"),
        "audience": release.audience,
        "released_at": release.released_at,
        "sha256": release.sha256.hex(),
        "url": f"/api/v1/releases/{release.release_id}",
    }
