"""Leaving out of a score row what may not be published."""

from collections.abc import Mapping
from typing import Any

from app.scoring.domains import Domain
from app.scoring.margins import Verdicts

# What remains of a hidden row; the rest would give it, or the number of its people, away.
_KEPT = ("node", "level", "domain", "ci_level", "ci_method")


def conceal(row: Mapping[str, Any], domain: Domain, verdicts: Verdicts) -> dict[str, Any]:
    """The row as it may be published, `domain` being all that sets its interviews apart.

    A hidden one keeps no number, and `suppressed` says why; a hidden child has no number in its parent's row.
    """
    verdict = verdicts.on(domain, row["node"])
    if verdict.suppressed is None:
        children = [_child(dict(share), domain, verdicts) for share in row["children"]]
        return {**row, "flags": [*dict.fromkeys((*verdict.flags, *row["flags"]))], "children": children}
    emptied = {name: None for name in row if name not in _KEPT}
    return {**row, **emptied, "missing": {}, "flags": [], "children": [], "suppressed": verdict.suppressed}


def _child(share: dict[str, Any], domain: Domain, verdicts: Verdicts) -> dict[str, Any]:
    suppressed = verdicts.on(domain, share["node"]).suppressed
    return share if suppressed is None else share | {"estimate": None, "contribution": None, "suppressed": suppressed}
