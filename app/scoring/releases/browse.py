"""Looking at releases, within what the caller may see."""

from typing import Any

import orjson
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from app.access.tables import Holder
from app.communities.areas import Areas
from app.database import Database
from app.problems import NotComparable, NotFound
from app.scoring.releases.compare import compare
from app.scoring.releases.tables import Release


def listing(database: Database, holder: Holder, areas: Areas) -> list[dict[str, Any]]:
    """The releases, the last one first."""
    light = select(Release).options(defer(Release.content), defer(Release.manifest))  # type: ignore[arg-type]
    with database.read() as session:
        rows = session.exec(light.order_by(col(Release.released_at).desc(), col(Release.release_id)))
        return [_described(row) for row in rows if _may_see(row, holder, areas)]


def find(session: Session, release_id: str, holder: Holder, areas: Areas) -> Release:
    """One release with its bytes. Raises `NotFound`, also where it is somebody else's."""
    release = session.get(Release, release_id)
    if release is None or not _may_see(release, holder, areas):
        raise NotFound
    return release


def compared(database: Database, ids: tuple[str, str], holder: Holder, areas: Areas) -> dict[str, Any]:
    """What differs between two releases. Raises `NotFound`, and `NotComparable` for those of two frameworks."""
    with database.read() as session:
        a, b = (find(session, each, holder, areas) for each in ids)
    if a.framework_id != b.framework_id:
        raise NotComparable(a=a.framework_id, b=b.framework_id)
    return {"a": _described(a), "b": _described(b), **compare(orjson.loads(a.content), orjson.loads(b.content))}


def _may_see(release: Release, holder: Holder, areas: Areas) -> bool:
    """Numbers of everybody are seen by those who may see everybody."""
    if not holder.communities:
        return True
    return bool(release.communities) and set(release.communities) <= areas.within(holder.communities)


def _described(release: Release) -> dict[str, Any]:
    return {
        "release_id": release.release_id,
        "title": release.title,
        "framework": release.framework_id,
        "version": release.framework_version,
        "round": release.round,
        "communities": release.communities,
        "released_at": release.released_at,
        "sha256": release.sha256.hex(),
        "url": f"/api/v1/releases/{release.release_id}",
    }
