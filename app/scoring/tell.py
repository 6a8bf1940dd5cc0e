"""The answer to who asks for scores: every node's row in each domain, as far as it may be told."""

import csv
import io
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.scoring.domains import COMMUNITY
from app.scoring.facts.sources import source_rows
from app.scoring.facts.values import Source, Value
from app.scoring.inquiry import Inquiry
from app.scoring.intervals import ProportionMethod

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
    "score",
    "source",
]


def tell_scores(
    inquiry: Inquiry,
    by: Sequence[str],
    ci_method: ProportionMethod = "logit",
    score: Source = "survey",
    values: Sequence[Value] = (),
) -> dict[str, Any]:
    """The rows of all together and of each of `by`, each with its label and, where synthetic, marked so.

    `score` is whose numbers they are; all but the survey's go by these `values` too.
    """
    if score == "survey":
        rows = [row for domain in inquiry.domains(by) for row in inquiry.rows(domain, ci_method)]
    else:
        rows = source_rows(score, inquiry, values, by, ci_method)
    about, labels = inquiry.about(), inquiry.published.labels
    synthetic = inquiry.found.sample.synthetic | {each.community for each in values if each.synthetic}
    return {
        **about,
        "watermark": _reaching(about["watermark"], values, inquiry.scope.round),
        "score": score,
        "synthetic": bool(synthetic),
        "scores": [_marked({**row, "label": labels.get(row["node"], {})}, synthetic) for row in rows],
    }


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
                "score": answer["score"],
            }
        )
    return table.getvalue()


def _reaching(watermark: Mapping[str, Any], values: Sequence[Value], round_: str | None) -> dict[str, Any]:
    """How far an answer reaches that rests on these values too, and how many of them hold in the round."""
    moments = [*([watermark["as_of"]] if watermark["as_of"] else []), *(each.recorded_at for each in values)]
    return {
        **watermark,
        "seq": max([watermark["seq"], *(each.seq for each in values)]),
        "values": sum(each.is_of(round_) for each in values),
        "as_of": max(moments, default=None),
    }


def _marked(row: dict[str, Any], synthetic: Collection[str]) -> dict[str, Any]:
    community = row["domain"].get(COMMUNITY)
    touched = bool(synthetic) if community is None else community in synthetic
    return {**row, "flags": [*row["flags"], *(["synthetic"] if touched else [])]}
