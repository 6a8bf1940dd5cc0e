"""The answer of `/scores`: a framework's rows with all that they rest on."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from app.access.tables import Holder
from app.communities.areas import Areas
from app.database import Database
from app.problems import InvalidRequest
from app.scoring.catalogue import PublishedFramework
from app.scoring.estimation import score_rows
from app.scoring.queries import Contributions, load_contributions
from app.scoring.sums import COMMUNITY


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a framework: one round or all, and by which dimensions."""

    round: str | None = None
    by: tuple[str, ...] = ()
    include: str = "all"


def answer(
    database: Database, published: PublishedFramework, asked: Asked, communities: Collection[str] | None
) -> dict[str, Any]:
    """The document, of these communities or of all. Raises `InvalidRequest` for an unknown dimension."""
    _check_dimensions(published, asked.by)
    framework = published.framework
    with database.read() as session:
        found = load_contributions(session, framework, communities)
    return {
        "framework": described(published),
        "round": asked.round,
        "watermark": {
            "seq": found.last_seq,
            "submissions": sum(asked.round in (None, each.round) for each in found.contributions),
            "as_of": found.as_of,
        },
        "include": asked.include,
        "synthetic": bool(found.synthetic),
        "design": {"declared": framework.design.is_declared, **framework.design.model_dump()},
        "scores": _rows(published, found, asked),
    }


def described(published: PublishedFramework) -> dict[str, Any]:
    """Which framework version this is."""
    framework = published.framework
    return {
        "id": framework.id,
        "version": framework.version,
        "sha256": published.sha256.hex(),
        "provenance": framework.provenance,
        "label": framework.label,
        "note": framework.note,
        "complete": published.complete,
    }


def within(holder: Holder, areas: Areas) -> Collection[str] | None:
    """The communities that this holder may see; None for all."""
    return areas.within(holder.communities) if holder.communities else None


def _rows(published: PublishedFramework, found: Contributions, asked: Asked) -> list[dict[str, Any]]:
    """The score rows, each with its label and, where synthetic interviews are in it, marked so."""
    labels = published.labels
    rows: list[dict[str, Any]] = []
    for row in score_rows(published.framework, found.contributions, asked.by, asked.round):
        community = row["domain"].get(COMMUNITY)
        synthetic = found.synthetic if community is None else found.synthetic & {community}
        flags = [*row["flags"], *(["synthetic"] if synthetic else [])]
        rows.append({**row, "label": labels.get(row["node"], {}), "flags": flags})
    return rows


def _check_dimensions(published: PublishedFramework, by: Collection[str]) -> None:
    known = [COMMUNITY, *published.framework.design.dimensions]
    for each in by:
        if each not in known:
            raise InvalidRequest(where="query.by", what=f"'{each}' is none of {', '.join(known)}.")
