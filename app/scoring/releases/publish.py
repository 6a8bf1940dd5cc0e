"""Releasing numbers: the answer of `/scores` kept as it is, with a manifest of all that it was made from."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from app import __version__
from app.access import audit
from app.access.tables import Holder
from app.database import Database
from app.forms.tables import FormMapping, FormVersion
from app.problems import StillScoring
from app.scoring.answer import Asked, answer
from app.scoring.catalogue import PublishedFramework
from app.scoring.releases.tables import Release
from app.scoring.withholding import withhold

ID_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Edition:
    """Who releases when and under what title; `note` says what readers should know."""

    title: str
    note: str | None
    holder: Holder
    at: datetime

    @property
    def communities(self) -> list[str]:
        """The communities whose numbers these are; empty for all."""
        return sorted(self.holder.communities)


def publish(
    database: Database,
    published: PublishedFramework,
    asked: Asked,
    edition: Edition,
    communities: Collection[str] | None,
) -> str:
    """Keep the numbers of this moment, and return the release's id.

    The same numbers under the same title and note are the same release. Raises `StillScoring`.
    """
    if not published.complete:
        raise StillScoring(framework=published.framework.id, version=published.framework.version)
    document = answer(database, published, asked, communities)
    document["scores"] = withhold(published.framework, document["scores"])
    forms = sorted(published.scorer.by_form)
    return database.write(lambda session: _keep(session, document, edition, forms))


def _keep(session: Session, document: Mapping[str, Any], edition: Edition, forms: list[str]) -> str:
    content = canonical(document)
    sha256 = hashlib.sha256(content)
    release_id = _id(sha256.hexdigest(), edition)
    about = document["framework"]
    row = {
        "release_id": release_id,
        "framework_id": about["id"],
        "framework_version": about["version"],
        "round": document["round"],
        "title": edition.title,
        "released_at": edition.at,
        "holder_id": edition.holder.id,
        "communities": edition.communities,
        "sha256": sha256.digest(),
        "content": content,
        "manifest": canonical(
            {
                "release_id": release_id,
                "title": edition.title,
                "note": edition.note,
                "released_at": edition.at,
                "communities": edition.communities,
                "software": {"name": "tangguh", "version": __version__},
                "numbers": {"sha256": sha256.hexdigest(), "bytes": len(content), **_counted(document)},
                "framework": {name: about[name] for name in ("id", "version", "sha256")},
                "round": document["round"],
                "include": document["include"],
                "watermark": document["watermark"],
                **_forms(session, forms),
            }
        ),
    }
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(Release).values(**row).on_conflict_do_nothing().returning(col(Release.release_id))
    if session.connection().execute(statement).first():
        audit.record(session, edition.at, edition.holder, "release_published", release_id, sha256=sha256.hexdigest())
    return release_id


def canonical(document: Mapping[str, Any]) -> bytes:
    """The bytes that are kept, hashed and served: JSON with sorted members and no white space."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def _id(sha256: str, edition: Edition) -> str:
    """A name that follows from what is released, so that asking twice releases once."""
    parts = [sha256, edition.title, edition.note, edition.communities]
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()[:ID_DIGITS]


def _counted(document: Mapping[str, Any]) -> dict[str, int]:
    rows = document["scores"]
    return {"rows": len(rows), "suppressed": sum(row["suppressed"] is not None for row in rows)}


def _forms(session: Session, form_ids: list[str]) -> dict[str, list[dict[str, str]]]:
    """The hashes of every form version whose answers the framework may have read, and of what carries old ones."""
    versions = session.exec(
        select(FormVersion.form_id, FormVersion.version, FormVersion.sha256)
        .where(col(FormVersion.form_id).in_(form_ids))
        .order_by(FormVersion.form_id, col(FormVersion.ordinal))
    )
    mappings = session.exec(
        select(FormMapping.form_id, FormMapping.from_version, FormMapping.to_version, FormMapping.sha256)
        .where(col(FormMapping.form_id).in_(form_ids))
        .order_by(FormMapping.form_id, FormMapping.from_version, FormMapping.to_version)
    )
    return {
        "forms": [{"form_id": form_id, "version": name, "sha256": sha256.hex()} for form_id, name, sha256 in versions],
        "mappings": [
            {"form_id": form_id, "from": begins, "to": ends, "sha256": sha256.hex()}
            for form_id, begins, ends, sha256 in mappings
        ],
    }
