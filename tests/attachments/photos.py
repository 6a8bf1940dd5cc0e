"""A form that asks for files, interviews that name some, and a tablet that brings them in pieces."""

import hashlib
import random
import uuid
from typing import Any

from tests.support.server import Caller
from tests.support.village import COMMUNITIES, NORTH

__all__ = ["COMMUNITIES", "FORM", "begin", "bring", "interview", "photo", "piece", "progress"]

FORM: dict[str, Any] = {
    "settings": {"form_id": "photos", "form_title": "Photos", "version": "1", "default_language": "English (en)"},
    "survey": [
        {"type": "audit", "name": "audit"},
        {"type": "text", "name": "community", "label::English (en)": "Community"},
        {"type": "begin_group", "name": "house", "label::English (en)": "House"},
        {"type": "image", "name": "roof", "label::English (en)": "The roof"},
        {"type": "end_group"},
        {"type": "audio", "name": "voice", "label::English (en)": "What did they tell?"},
        {"type": "begin_repeat", "name": "damage", "label::English (en)": "Damage"},
        {"type": "image", "name": "picture", "label::English (en)": "A picture"},
        {"type": "text", "name": "remark", "label::English (en)": "A remark"},
        {"type": "end_repeat"},
    ],
    "fieldwork": {"community": "community", "personal": ["voice"]},
}


def interview(community: str = NORTH, *, version: str = "1", **answers: Any) -> dict[str, Any]:
    return {
        "instance_id": f"uuid:{uuid.uuid4()}",
        "form_id": "photos",
        "version": version,
        "answers": {"community": community, **answers},
    }


def photo(seed: int, size: int = 1_000) -> bytes:
    return random.Random(seed).randbytes(size)


def begin(caller: Caller, instance_id: str, name: str, content: bytes, **members: Any) -> Any:
    announced = {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), **members}
    return caller.post(f"/submissions/{instance_id}/attachments", json=announced)


def piece(caller: Caller, upload_id: str, offset: int, content: bytes) -> Any:
    headers = {**caller.headers, "Upload-Offset": str(offset)}
    return caller.client.patch(f"/api/v1/uploads/{upload_id}", headers=headers, content=content)


def progress(caller: Caller, upload_id: str) -> Any:
    return caller.client.head(f"/api/v1/uploads/{upload_id}", headers=caller.headers)


def bring(caller: Caller, instance_id: str, name: str, content: bytes, size: int = 400) -> None:
    """As a tablet does: in pieces, each after the answer to the one before."""
    told = begin(caller, instance_id, name, content).json()
    while not told["complete"]:
        offset = told["offset"]
        told = piece(caller, told["upload_id"], offset, content[offset : offset + size]).json()
