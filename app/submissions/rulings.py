"""What coordinators have decided about conflicts, laid over the order of arrival."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from sqlmodel import Session, col, select

from app.submissions.lineage import Revision
from app.submissions.tables import Ruling

T = TypeVar("T")


def rulings_of(session: Session, ids: Collection[uuid.UUID] | None = None) -> list[Ruling]:
    """The rulings on these interviews, or on all, in their order."""
    query = select(Ruling).order_by(col(Ruling.number))
    if ids is not None:
        query = query.where(col(Ruling.instance_id).in_(ids))
    return list(session.exec(query).all())


def ruled(session: Session, found: Mapping[Revision, T]) -> dict[Revision, T]:
    """The same revisions with what was decided about them."""
    return under(rulings_of(session, [revision.instance_id for revision in found]), found)


def under(rulings: Iterable[Ruling], found: Mapping[Revision, T]) -> dict[Revision, T]:
    """The same revisions with what was decided about them: the last word counts, and each keeps its old place."""
    last = {each.instance_id: each for each in rulings if each.kind == "edits"}
    places = {each.instance_id: each.place for each in rulings}
    return {_ruled(revision, last.get(revision.instance_id), places): value for revision, value in found.items()}


def _ruled(revision: Revision, ruling: Ruling | None, places: Mapping[uuid.UUID, int]) -> Revision:
    if revision.seq is None or revision.instance_id not in places:
        return revision
    chosen = ruling.number if ruling and ruling.kept else None
    aside = ruling is not None and not ruling.kept
    return replace(revision, seq=places[revision.instance_id], chosen=chosen, set_aside=aside)
