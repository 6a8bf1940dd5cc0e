"""Households without a declared PSU, kept in sums only, give what they gave as PSUs of one household each."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scoring.contribution import Contribution
from app.scoring.estimation import ScoreRow, domain_estimates
from app.scoring.framework import Framework
from app.scoring.linearised import difference
from app.scoring.sums import Sample
from app.scoring.variance import covariance, standard_error
from tests.support.score_rows import score_rows

INDICATORS = ["warning", "evacuation", "income", "prepared", "trust"]
values = st.one_of(st.floats(1, 5), st.sampled_from([1.0, 5.0, "dont_know"]))
interviews = st.lists(
    st.builds(
        Contribution,
        instance_id=st.uuids().map(str),
        community=st.sampled_from("ab"),
        round=st.none(),
        weight=st.one_of(st.none(), st.just(1.0), st.floats(0.1, 1e3)),
        dimensions=st.dictionaries(st.just("sex"), st.sampled_from("fm")),
        values=st.dictionaries(st.sampled_from(INDICATORS), values),
        stratum=st.sampled_from(["h", "i", None]),
        psu=st.sampled_from([None, None, None, "1", "2"]),
        fpc_psu=st.sampled_from([None, None, 400.0]),
    ),
    max_size=14,
)


def _declared(contribution: Contribution) -> Contribution:
    return replace(contribution, psu=contribution.psu or contribution.instance_id)


def _numbers(row: ScoreRow) -> dict[str, Any]:
    close = ("standard_error", "ci_low", "ci_high", "design_effect", "cv")
    numbers: dict[str, Any] = dict(row)
    for name in close:
        if numbers[name] is not None:
            # A variance that is nothing on paper is a rounding of the squares, and so its root is not that small.
            numbers[name] = pytest.approx(numbers[name], rel=1e-6, abs=1e-6)
    return numbers


@pytest.mark.parametrize("combine", ["arithmetic", "geometric"])
@pytest.mark.parametrize("lonely", ["adjust", "average", "remove", "certainty", "fail"])
@given(sample=interviews)
def test_the_same_rows(framework: Framework, lonely: str, combine: str, sample: list[Contribution]) -> None:
    document = framework.model_dump(exclude_none=True)
    document["design"]["lonely_psu"] = lonely
    document["tree"]["children"][0]["combine"] = combine
    ruled = Framework.model_validate(document)
    in_sums = score_rows(ruled, sample, ["community", "sex"])
    one_by_one = score_rows(ruled, [_declared(each) for each in sample], ["community", "sex"])
    assert [dict(row) for row in in_sums] == [_numbers(row) for row in one_by_one]


def _gaps(framework: Framework, sample: list[Contribution]) -> list[tuple[float | None, ...]]:
    """How two communities differ, with the standard error and its degrees of freedom, and how they covary."""
    whole = Sample.of(framework, sample)
    design, parts = whole.design(), [whole.within({"community": community}) for community in "ab"]
    a, b = (domain_estimates(framework, part.sums(), design) for part in parts)
    names = [name for name in (*INDICATORS, framework.tree.id) if None not in (a[name].value, b[name].value)]
    gaps = [difference(a[name], b[name]) for name in names]
    return [
        (gap.value, standard_error(design, gap), gap.respondents.df, covariance(design, a[name], b[name]))
        for name, gap in zip(names, gaps, strict=True)
    ]


@pytest.mark.parametrize("combine", ["arithmetic", "geometric"])
@given(sample=interviews)
def test_the_same_differences(framework: Framework, combine: str, sample: list[Contribution]) -> None:
    document = framework.model_dump(exclude_none=True)
    document["tree"]["children"][0]["combine"] = combine
    ruled = Framework.model_validate(document)
    one_by_one = _gaps(ruled, [_declared(each) for each in sample])
    for got, expected in zip(_gaps(ruled, sample), one_by_one, strict=True):
        near = [each if each is None else pytest.approx(each, rel=1e-6, abs=1e-6) for each in expected]
        assert list(got) == near


def test_equal_answers_have_no_error_at_all(framework: Framework) -> None:
    sample = [
        Contribution(f"uuid:{number}", "a", None, weight, {}, dict.fromkeys(INDICATORS, 10 / 3))
        for number, weight in enumerate([0.1, 0.7, 1 / 3, 12345.678])
    ]
    errors = {row["standard_error"] for row in score_rows(framework, sample) if row["estimate"] is not None}
    assert errors == {0.0}
