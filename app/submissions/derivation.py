"""The columns and rows that are derived from an interview, for the intake and for rebuilding alike."""

from collections.abc import Mapping
from typing import Any

from app.submissions.item import Interview


def derived(interview: Interview) -> dict[str, Any]:
    """The derived columns of a `Submission`."""
    return {
        "form_id": interview.form_id,
        "version": interview.version,
        "deprecated_id": interview.deprecated_id,
        "community": interview.community,
        "round": interview.round,
        "enumerator": interview.enumerator,
        "refusal": interview.refusal,
        "files": interview.files,
        "flags": [flag.stored() for flag in interview.flags],
        "started_at": interview.started_at,
        "ended_at": interview.ended_at,
    }


def contribution_rows(
    kept: Mapping[str, Any], interview: Interview, *, counts: bool = True, approved: bool = False
) -> list[dict[str, Any]]:
    """The rows of `ScoredInterview`, one a framework version that reads this form.

    `kept` tells instance_id, seq, received_at and synthetic.
    """
    return [
        {
            "instance_id": kept["instance_id"],
            "framework_id": framework_id,
            "framework_version": version,
            "seq": kept["seq"],
            "received_at": kept["received_at"],
            "community": interview.community,
            "round": interview.round,
            "counts": counts,
            "approved": approved,
            "synthetic": kept["synthetic"],
            "content": content,
        }
        for framework_id, version, content in interview.contributions
    ]
