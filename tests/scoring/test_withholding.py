"""What is not told of small cells, and that what is told does not give them away: a law, tried on many tables."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.scoring.framework import Framework
from app.scoring.sums import Contribution
from app.scoring.withholding import Domain, domains_of, hidden_domains, withhold
from tests.support.village import FRAMEWORK

VILLAGE = Framework.model_validate(FRAMEWORK)
LEAST = VILLAGE.policy.n_suppress


def _interview(community: str, round_: str | None, sex: str | None, value: Any) -> Contribution:
    dimensions = {"sex": sex} if sex else {}
    return Contribution("0" * 32, community, round_, 1.0, dimensions, {"warning": value})


INTERVIEWS = st.lists(
    st.builds(
        _interview,
        st.sampled_from("abc"),
        st.sampled_from(["baseline", "endline", None]),
        st.sampled_from(["f", "m", None]),
        st.sampled_from([1.0, 5.0, "dont_know"]),
    ),
    max_size=120,
)


def _counted(interviews: list[Contribution]) -> Counter[Domain]:
    return Counter(
        domain
        for each in interviews
        if not isinstance(each.values["warning"], str)
        for domain in domains_of(each, VILLAGE.design.dimensions)
    )


@given(INTERVIEWS)
def test_nobody_small_is_told_nor_given_away_by_the_rest_of_a_line(interviews: list[Contribution]) -> None:
    counted = _counted(interviews)
    hidden = hidden_domains(VILLAGE, interviews, ["warning"])
    assert {domain for domain, n in counted.items() if n < LEAST} <= hidden
    for margin in counted:
        for name in {"community", "round", "sex"} - {name for name, _ in margin}:
            members = [
                each for each in counted if len(each) == len(margin) + 1 and margin < each and name in dict(each)
            ]
            lost = [each for each in members if each in hidden]
            if margin not in hidden and lost:
                assert len(lost) > 1
                assert sum(counted[each] for each in lost) >= LEAST


@given(INTERVIEWS)
def test_who_has_no_score_counts_for_nothing(interviews: list[Contribution]) -> None:
    scored = [each for each in interviews if not isinstance(each.values["warning"], str)]
    assert hidden_domains(VILLAGE, interviews, ["warning"]) == hidden_domains(VILLAGE, scored, ["warning"])


def _row(node: str, community: str | None, n: int, **members: Any) -> dict[str, Any]:
    domain = {"community": community} if community else {}
    return {"node": node, "domain": domain, "n": n, "estimate": 3.0, "suppressed": None, "children": [], **members}


def test_hidden_child_is_hidden_in_its_parent_too() -> None:
    child = {"node": "warning", "weight": 0.5, "estimate": 3.0, "contribution": 1.5}
    total, warning = withhold(VILLAGE, [_row("total", None, 9, children=[child]), _row("warning", None, 3)])
    assert (warning["estimate"], warning["n"], warning["suppressed"]) == (None, None, "suppressed:n")
    assert total["children"] == [{"node": "warning", "weight": 0.5, "estimate": None, "contribution": None}]
    assert total["estimate"] == 3.0


def test_what_has_been_protected_stays() -> None:
    rows = [_row("total", None, 9), {**_row("total", "a", 1), "n": None, "suppressed": "suppressed:n"}]
    assert withhold(VILLAGE, rows) == rows
