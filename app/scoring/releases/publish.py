"""Releasing numbers: the answer of `/scores` kept as it is, with a manifest of all that it was made from."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlmodel import Session, col, select

from app import __version__
from app.access import audit
from app.access.tables import Holder
from app.database import Database, insert_into
from app.forms.tables import FormMapping, FormVersion
from app.problems import PartialRelease, StillScoring
from app.scoring.ask import check_names
from app.scoring.domains import crossing
from app.scoring.facts.values import Source, Value
from app.scoring.inquiry import Inquiry
from app.scoring.releases.audience import Audience, for_public
from app.scoring.releases.tables import Release
from app.scoring.tell import tell_scores

ID_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Edition:
    """Who releases when, for whom and under what title, and whose numbers; `note` says what readers should know."""

    title: str
    note: str | None
    audience: Audience
    holder: Holder
    at: datetime
    score: Source = "survey"


def publish(
    database: Database, inquiry: Inquiry, by: Sequence[str], edition: Edition, values: Sequence[Value] = ()
) -> str:
    """Keep the numbers of this inquiry, which go by these values where they are not the survey's; return the
    release's id.

    The same numbers for the same audience under the same title and note are the same release. Raises `PartialRelease`,
    `StillScoring`, and `InvalidRequest` for more dimensions than this audience may see apart at once.
    """
    if edition.holder.communities:
        raise PartialRelease
    if not inquiry.published.complete:
        raise StillScoring(framework=inquiry.framework.id, version=inquiry.framework.version)
    for each in by:
        check_names(inquiry, crossing(each), "body.by", edition.audience.most)
    document = tell_scores(inquiry, by, score=edition.score, values=values)
    if edition.audience is Audience.PUBLIC:
        document = for_public(document)
    forms = sorted(inquiry.published.scorer.by_form)
    in_round = [each for each in values if each.is_of(inquiry.scope.round)]
    made_from = {"score": edition.score, "values": _hashed(in_round)}
    return database.write(lambda session: _keep(session, document, edition, made_from | _forms(session, forms)))


def _keep(session: Session, document: Mapping[str, Any], edition: Edition, made_from: Mapping[str, Any]) -> str:
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
        "audience": edition.audience,
        "released_at": edition.at,
        "holder_id": edition.holder.id,
        "sha256": sha256.digest(),
        "content": content,
        "manifest": canonical(
            {
                "release_id": release_id,
                "title": edition.title,
                "note": edition.note,
                "audience": edition.audience,
                "released_at": edition.at,
                "software": {"name": "tangguh", "version": __version__},
                "numbers": {"sha256": sha256.hexdigest(), "bytes": len(content), **_counted(document)},
                "framework": {name: about[name] for name in ("id", "version", "sha256")},
                "round": document["round"],
                "include": document["include"],
                "watermark": document["watermark"],
                **made_from,
            }
        ),
    }
    enter = insert_into(Release, session.get_bind().dialect).values(**row).on_conflict_do_nothing()
    if session.connection().execute(enter.returning(col(Release.release_id))).first():
        audit.record(session, edition.at, edition.holder, "release_published", release_id, sha256=sha256.hexdigest())
    return release_id


def canonical(document: Mapping[str, Any]) -> bytes:
    """The bytes that are kept, hashed and served: JSON with sorted members and no white space."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def _id(sha256: str, edition: Edition) -> str:
    """A name that follows from what is released, so that asking twice releases once."""
    parts = [sha256, edition.title, edition.note, edition.audience]
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()[:ID_DIGITS]


def _counted(document: Mapping[str, Any]) -> dict[str, int]:
    rows = document["scores"]
    return {"rows": len(rows), "suppressed": sum(row["suppressed"] is not None for row in rows)}


def _hashed(values: Sequence[Value]) -> dict[str, Any]:
    """How many scores of facts and workshops the numbers went by, and the hash of all of them."""
    listed = sorted(values, key=lambda each: (each.seq, each.source, each.node))
    return {"count": len(listed), "sha256": hashlib.sha256(orjson.dumps(listed)).hexdigest()}


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
