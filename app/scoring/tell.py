"""The answer to who asks for scores: every node's row in each domain, as far as it may be told."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from app.scoring.conceal import conceal
from app.scoring.estimation import domain_rows
from app.scoring.inquiry import Inquiry
from app.scoring.intervals import ProportionMethod
from app.scoring.sums import COMMUNITY

COLUMNS = [
    "framework",
    "version",
    "provenance",
    "round",
    "node",
    "level",
    "domain",
    "estimate",
    "standard_error",
    "df",
    "ci_low",
    "ci_high",
    "ci_level",
    "ci_method",
    "n",
    "n_psu",
    "n_strata",
    "n_effective",
    "design_effect",
    "cv",
    "missing",
    "coverage",
    "flags",
    "suppressed",
]


def tell_scores(inquiry: Inquiry, by: Sequence[str], ci_method: ProportionMethod = "logit") -> dict[str, Any]:
    """The rows of all together and of each of `by`, each with its label and, where synthetic, marked so."""
    told = [
        conceal(row, {**domain, **inquiry.restriction}, inquiry.verdicts)
        for domain in inquiry.domains(by)
        for row in domain_rows(inquiry.framework, domain, inquiry.sums(domain), inquiry.design, ci_method)
    ]
    return {**inquiry.about(), "scores": [_described(row, inquiry) for row in told]}


def as_table(answer: dict[str, Any]) -> str:
    """The rows as CSV, their objects as JSON and their flags joined by spaces."""
    about = answer["framework"]
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for row in answer["scores"]:
        writer.writerow(
            {
                **row,
                "framework": about["id"],
                "version": about["version"],
                "provenance": about["provenance"],
                "round": answer["round"],
                "domain": json.dumps(row["domain"]),
                "missing": json.dumps(row["missing"]),
                "flags": " ".join(row["flags"]),
            }
        )
    return table.getvalue()


def _described(row: dict[str, Any], inquiry: Inquiry) -> dict[str, Any]:
    community = row["domain"].get(COMMUNITY)
    synthetic = inquiry.found.synthetic if community is None else inquiry.found.synthetic & {community}
    label = inquiry.published.labels.get(row["node"], {})
    return {**row, "label": label, "flags": [*row["flags"], *(["synthetic"] if synthetic else [])]}
