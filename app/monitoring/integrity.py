"""Proof that the books balance: what tablets were told, what is stored, and what is derived from it."""

from typing import Any

from app.database import Database
from app.submissions.counts import answered, contents, erased, stored, told_again
from app.submissions.incoming import Library
from app.submissions.rebuild import Rebuilding, rebuild


def integrity(database: Database, library: Library) -> dict[str, Any]:
    """The numbers and the checks between them; `ok` when every check holds.

    `told` is what all receipts said, `stored` what the tables hold, `erased` how often something was said to be kept
    that was erased later, `differences` how many interviews would be derived differently from their raw bytes today.
    """
    with database.read() as session:
        told, kept = answered(session), stored(session)
        told_twice, different, gone = told_again(session), contents(session), erased(session)
    differences = rebuild(database, Rebuilding(library, check=True)).differences
    checks = [
        _check(
            "every item was told one status",
            told["items"],
            sum(number for status, number in told.items() if status != "items"),
        ),
        _check(
            "every content that was said to be kept is stored once, or was erased",
            told["accepted"] + told["edited"] + told["conflict"] + told["held"] - told_twice,
            different + gone,
        ),
        _check("everything derived equals what the raw bytes say", 0, differences.total()),
    ]
    return {
        "ok": all(check["ok"] for check in checks),
        "told": told,
        "stored": kept,
        "erased": gone,
        "differences": dict(differences),
        "checks": checks,
    }


def _check(name: str, says: int, holds: int) -> dict[str, Any]:
    return {"check": name, "says": says, "holds": holds, "ok": says == holds}
