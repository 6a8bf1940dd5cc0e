"""How a form document is written down: as bytes to hash and serve, and as text for people, one row a line."""

import json
from collections.abc import Mapping
from typing import Any


def canonical_bytes(document: Mapping[str, Any]) -> bytes:
    """The document as it is hashed and served: JSON with sorted members and no white space, in UTF-8."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def lay_out(document: Mapping[str, Any]) -> str:
    """The document for an editor and a diff: one member a line, and within a sheet one row a line."""
    members = [f" {json.dumps(name)}: {_member(value)}" for name, value in document.items()]
    return "{\n" + ",\n".join(members) + "\n}\n"


def _member(value: Any) -> str:
    if not isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    rows = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in value)
    return f"[\n{rows}\n ]" if rows else "[]"
