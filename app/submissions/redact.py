"""Taking out of the answers to batches what they say of interviews that were erased."""

import uuid
from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import String, cast, func, or_, select, update
from sqlmodel import Session, col

from app.problems import Erased
from app.submissions.identity import instance_uuid
from app.submissions.tables import Batch

FORGOTTEN: dict[str, Any] = {"flags": [], "problem": Erased().document()}


def redact(session: Session, ids: Collection[uuid.UUID], devices: Collection[uuid.UUID] | None = None) -> None:
    """Leave of the receipts of these interviews only that and as what they came, for these tablets or for all.

    Reads every answer that they were ever given: a batch that comes again is answered with what is left.
    """
    query = select(col(Batch.device_id), col(Batch.batch_id), col(Batch.receipts)).where(_names_any(session, ids))
    if devices is not None:
        query = query.where(col(Batch.device_id).in_(devices))
    for device_id, batch_id, told in session.execute(query).all():
        receipts = [_redacted(receipt, ids) for receipt in orjson.loads(told)]
        own = (col(Batch.device_id) == device_id, col(Batch.batch_id) == batch_id)
        session.execute(update(Batch).where(*own).values(receipts=orjson.dumps(receipts)))


def _names_any(session: Session, ids: Collection[uuid.UUID]) -> Any:
    """Whether receipts name one of them. However an id was spelled, its last digits stand together."""
    is_server = session.get_bind().dialect.name == "postgresql"
    told = func.encode(Batch.receipts, "escape") if is_server else cast(col(Batch.receipts), String)
    return or_(*(func.lower(told).contains(each.hex[-12:]) for each in sorted(ids)))


def _redacted(receipt: dict[str, Any], ids: Collection[uuid.UUID]) -> dict[str, Any]:
    return receipt | FORGOTTEN if instance_uuid(receipt["instance_id"]) in ids else receipt
