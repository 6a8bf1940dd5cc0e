"""What differs between two releases of one framework version."""

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]

NUMBERS = ("estimate", "standard_error", "ci_low", "ci_high", "n", "suppressed")


def compare(a: Document, b: Document) -> dict[str, Any]:
    """Rows by node and domain: those whose members differ, with both, and those that stand in only one of the two.

    `difference` is b less a, None where either is suppressed or has no number. Children are told by their own rows.
    """
    before, after = ({_key(row): row for row in each["scores"]} for each in (a, b))
    both = [key for key in before if key in after]
    changed = [each for key in both if (each := _changed(before[key], after[key]))["members"]]
    return {
        "flags": list(_flags(a, b)),
        "changed": changed,
        "added": [_told(row) for key, row in after.items() if key not in before],
        "removed": [_told(row) for key, row in before.items() if key not in after],
        "unchanged": len(both) - len(changed),
    }


def _flags(a: Document, b: Document) -> Iterator[str]:
    """What besides the interviews differs, so that differences need not mean that anything has changed in life."""
    if a["round"] != b["round"]:
        yield "different_rounds"
    if a["include"] != b["include"]:
        yield "different_interviews_included"
    if _score(a) != _score(b):
        yield "different_sources"
    if a["synthetic"] or b["synthetic"]:
        yield "synthetic"


def _score(document: Document) -> str:
    """Whose numbers these are. Releases from before there were several do not say, and hold the survey's."""
    score: str = document.get("score", "survey")
    return score


def _key(row: Document) -> tuple[str, tuple[tuple[str, str], ...]]:
    return row["node"], tuple(sorted(row["domain"].items()))


def _changed(before: Document, after: Document) -> dict[str, Any]:
    members = [name for name in after if name not in ("children", "label") and after[name] != before.get(name)]
    numbers = before["estimate"], after["estimate"]
    return {
        "node": after["node"],
        "domain": after["domain"],
        "members": members,
        "a": _numbers(before),
        "b": _numbers(after),
        "difference": None if None in numbers else numbers[1] - numbers[0],
    }


def _told(row: Document) -> dict[str, Any]:
    return {"node": row["node"], "domain": row["domain"], **_numbers(row)}


def _numbers(row: Document) -> dict[str, Any]:
    return {name: row[name] for name in NUMBERS}
