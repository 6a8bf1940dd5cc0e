"""Facts and workshops of the north, to be sent as they are or changed."""

from typing import Any

from tests.support.village import NORTH


def fact(**members: Any) -> dict[str, Any]:
    """A record that the north is warned well."""
    return {
        "node": "warning",
        "community": NORTH,
        "source": "external",
        "value": 4,
        "reference": "BPBD 2025, table 4",
        "observed_on": "2025-12-31",
        "grade": "B",
        **members,
    }


def facts(*own: dict[str, Any], framework: str = "safety") -> dict[str, Any]:
    return {"framework": framework, "facts": list(own or [fact()])}


def entry(**members: Any) -> dict[str, Any]:
    """Two groups that differ from the survey's 5 and met at 4.8."""
    return {
        "node": "warning",
        "scores": [{"group": "women", "before": 3, "after": 4}, {"group": "men", "before": 2}],
        "method": "compromise",
        "agreed": 4.8,
        **members,
    }


def workshop(*entries: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {
        "framework": "safety",
        "community": NORTH,
        "held_on": "2026-11-12",
        "groups": [{"label": "women", "size": 8, "women": 8}, {"label": "men", "size": 6, "men": 6}],
        "entries": list(entries or [entry()]),
        **members,
    }
