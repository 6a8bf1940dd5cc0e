"""The shapes on the wire, as OpenAPI shows them. The intake itself reads item by item and refuses less than these."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from app.submissions.receipt import Status

# Texts that a database can keep and look for: no NUL, and with a pattern no lone surrogates either.
Name = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Reason = Annotated[str, Field(min_length=1, max_length=1_000, pattern=r"^[^\x00]*\S[^\x00]*$")]


class Device(BaseModel):
    """The tablet's word about itself; every member may be left out."""

    outbox: int | None = Field(None, description="Finished interviews that stay on the tablet beside this batch.")
    oldest_unsent_at: datetime | None = None
    app_version: str | None = None
    battery: float | None = Field(None, description="Share of a full battery, 0 to 1.")
    free_bytes: int | None = None


class Item(BaseModel):
    """One finished interview. `answers` mirror the form: groups are objects, repeats lists of objects,
    `select_multiple` lists of names, dates ISO 8601, `geopoint` "lat lon alt accuracy"."""

    instance_id: str = Field(examples=["uuid:0196b2a4-7d1c-7c3e-9a51-0d6f3f2b8c11"])
    device_seq: int | None = Field(None, description="Counts the interviews of one tablet: gaps show what is missing.")
    form_id: str
    version: str
    deprecated_id: str | None = Field(None, description="The instance_id of the interview that this one replaces.")
    answers: dict[str, Any]


class BatchIn(BaseModel):
    """Interviews on their way in. Sending a batch again is always safe."""

    batch_id: str = Field(examples=["0196b2a4-8f00-7000-8000-000000000001"])
    sent_at: datetime | None = None
    device: Device | None = None
    items: list[Item]


class FlagOut(BaseModel):
    code: str
    path: str
    message: dict[str, str]


class ReceiptOut(BaseModel):
    """What became of one item. After every status but `rejected` the tablet may delete its copy."""

    instance_id: str | None
    status: Status
    receipt: str | None
    seq: int | None
    flags: list[FlagOut]
    problem: dict[str, Any] | None


class Hints(BaseModel):
    max_items: int
    max_bytes: int
    retry_after_seconds: int | None


class BatchOut(BaseModel):
    """Receipts are matched by id, never by position. `summary` adds up to `items`."""

    batch_id: str
    server_id: str
    epoch: str
    received_at: datetime
    durable_seq: int
    summary: dict[str, int]
    receipts: list[ReceiptOut]
    hints: Hints


class HaveIn(BaseModel):
    instance_ids: list[str] = Field(max_length=1_000)


class HaveState(BaseModel):
    instance_id: str
    state: Literal["kept", "held", "conflict", "missing", "erased"]
    sha256: str | None


class HaveOut(BaseModel):
    """One entry an id, in the order asked."""

    server_id: str
    epoch: str
    instances: list[HaveState]


class Limits(BaseModel):
    """What one request may hold. Bytes are counted after decompression."""

    max_items: int
    max_bytes: int
    max_item_bytes: int
    max_have: int
    content_encodings: list[str]
