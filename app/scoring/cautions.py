"""What to be careful with in a score row. Nothing is hidden because of it."""

from collections.abc import Mapping
from typing import Any

from app.scoring.contribution import INVALID_WEIGHT
from app.scoring.linearised import Estimate
from app.scoring.variance import Design, lonely_strata

LEAST_DF = 8
HIGH_CV = 0.3
HIGH_DESIGN_EFFECT = 3.0
HIGH_NONRESPONSE = 0.2
WIDE, WIDE_SHARE = 1 / 4, 0.3
"""From these on a number is flagged, not hidden: few degrees of freedom, a large cv, a high design effect, a share of
item nonresponse, and an interval's width, as a share of the scale (1 of 1 to 5) and of a proportion. NCHS presentation
rules."""


def cautions(row: Mapping[str, Any], estimate: Estimate, design: Design, few: int, wide: float) -> list[str]:
    """The flags of a row, of `few` interviews or an interval as `wide` as this at most not to be told of."""
    raised = _small(row, estimate, few) | _unsure(row, estimate, design, wide)
    return [flag for flag, holds in raised.items() if holds]


def _small(row: Mapping[str, Any], estimate: Estimate, few: int) -> dict[str, bool]:
    n = row["n"]
    return {
        "no_data": n == 0 and estimate.value is None,
        f"n_lt_{few}": 0 < n < few,
        "low_coverage": n > 0 and estimate.value is None,
        INVALID_WEIGHT: INVALID_WEIGHT in row["missing"],
        "not_from_survey": estimate.value is not None and estimate.effects is None,
    }


def _unsure(row: Mapping[str, Any], estimate: Estimate, design: Design, wide: float) -> dict[str, bool]:
    n, cv, effect, low, high = (row[name] for name in ("n", "cv", "design_effect", "ci_low", "ci_high"))
    nonresponse = sum(count for reason, count in row["missing"].items() if reason != "not_applicable")
    is_sampled = estimate.effects is not None and estimate.value is not None
    return {
        "se_not_available": is_sampled and row["standard_error"] is None,
        "lonely_psu": is_sampled and bool(lonely_strata(design, estimate.respondents)),
        "low_df": row["standard_error"] is not None and row["df"] < LEAST_DF,
        "wide_ci": low is not None and high - low > wide,
        "cv_gt_30": cv is not None and cv > HIGH_CV,
        "high_deff": effect is not None and effect > HIGH_DESIGN_EFFECT,
        "high_item_nonresponse": row["level"] == "indicator" and nonresponse > HIGH_NONRESPONSE * (n + nonresponse),
    }
