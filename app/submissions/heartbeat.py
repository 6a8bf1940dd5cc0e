"""What a tablet says about itself with each batch. Odd values are left out: a broken battery gauge refuses no data."""

import datetime as dt
from typing import Any

LONGEST_VERSION = 100


def read_heartbeat(device: Any, sent_at: Any) -> dict[str, Any]:
    """The columns of a `Heartbeat`: what was sent and makes sense, and None for the rest.

    `outbox` is the number of finished interviews that stay on the tablet beside this batch; `battery` is a share of 1.
    """
    said = device if isinstance(device, dict) else {}
    app_version = said.get("app_version")
    return {
        "sent_at": _moment(sent_at),
        "outbox": _count(said.get("outbox")),
        "oldest_unsent_at": _moment(said.get("oldest_unsent_at")),
        "app_version": _clean(app_version) if isinstance(app_version, str) else None,
        "battery": _number(said.get("battery")),
        "free_bytes": _count(said.get("free_bytes")),
    }


def _number(value: Any) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
    return float(value) if usable else None


def _count(value: Any) -> int | None:
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
    return value if usable else None


def _moment(value: Any) -> dt.datetime | None:
    """An ISO 8601 moment with an offset, in UTC."""
    try:
        moment = dt.datetime.fromisoformat(value)
        return moment.astimezone(dt.UTC) if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _clean(text: str) -> str:
    return text[:LONGEST_VERSION].encode("utf-8", "replace").decode().replace("\0", "")
