"""The golden cases of suppression, with margins as cells like others."""

import json
from pathlib import Path
from typing import Any

from app.scoring.disclosure import Disclosed, Line, Policy, Verdict, protect


def code(verdict: Verdict) -> str:
    if verdict.suppressed or verdict.flags == ("no_data",):
        return verdict.suppressed or "no_data"
    return f"flag:{verdict.flags[0]}" if verdict.flags else "ok"


def test_cases(golden: Path) -> None:
    document: dict[str, Any] = json.loads((golden / "expected" / "sdc_cases.json").read_text())
    rule = document["rule"]
    policy = Policy(rule["k_suppress"], rule["k_flag"], rule["min_psu"], rule["dominance_top1_share_max"])
    assert policy == Policy()
    assert len(document["cases"]) == 7
    for case in document["cases"]:
        members = {
            cell["domain"]: Disclosed(cell["n"], cell.get("n_psu"), unanimous="value" in cell) for cell in case["cells"]
        }
        margins = {margin: Disclosed(n) for margin, n in case.get("marginal", {}).items()}
        lines = [Line(margin, list(members)) for margin in margins]
        verdicts = protect(members | margins, lines, policy)
        assert {key: code(verdict) for key, verdict in verdicts.items()} == case["published"], case["id"]
