"""Interviews in XML, brought to the intake as a door brings them."""

import uuid
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlmodel import select

from app.access.tables import Holder
from app.forms.instances import write
from app.forms.questions import compile_form
from app.submissions.heartbeat import read_heartbeat
from app.submissions.identity import batch_hash
from app.submissions.incoming import Source, read_instance
from app.submissions.intake import Arrival, receive
from tests.support.server import Server

LARGEST = 1_000_000


def as_xml(form: dict[str, Any], item: dict[str, Any]) -> bytes:
    """An item of a batch as ODK Collect would send it, had it been asked by this form."""
    meta = {"instanceID": item["instance_id"], "instanceName": "somebody's"}
    if item.get("deprecated_id"):
        meta["deprecatedID"] = item["deprecated_id"]
    document = {**form, "settings": {**form["settings"], "form_id": item["form_id"], "version": item["version"]}}
    return write(compile_form(document), item["answers"], meta)


def bring(server: Server, name: str, *xmls: bytes) -> list[dict[str, Any]]:
    """Have the intake receive these interviews from the tablet of that name; returns the receipts."""
    now = datetime.now(UTC)
    with server.database.read() as session:
        holder = session.exec(select(Holder).where(Holder.name == name)).one()
        session.expunge_all()
    generation = server.database.generation()
    library = server.app.state.library.at(generation)
    items = [read_instance(xml, library, Source(holder, now), LARGEST) for xml in xmls]
    arrival = Arrival(
        batch_id=str(uuid.uuid4()),
        sha256=batch_hash((item.given_id, item.sha256) for item in items),
        items=items,
        holder=holder,
        received_at=now,
        heartbeat=read_heartbeat(None, None),
        generation=generation,
    )
    (answer,) = server.database.write(lambda session: receive(session, [arrival]))
    receipts: list[dict[str, Any]] = orjson.loads(answer.receipts)
    return receipts
