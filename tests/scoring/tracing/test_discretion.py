"""Whose values are told: a law, tried on many tables."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.scoring.contribution import Contribution
from app.scoring.domains import within
from app.scoring.framework import Framework
from app.scoring.margins import count, judge_all
from app.scoring.sums import Sample
from app.scoring.tracing.discretion import place_of, reserved
from tests.support.village import FRAMEWORK, version_of

GUARDED = Framework.model_validate(version_of(FRAMEWORK, "1", policy={"n_suppress": 5}))
DIMENSIONS = {"community": "abc", "round": ("first", "second", ""), "sex": ("f", "m", "")}


def _interview(community: str, round_: str, sex: str, value: Any) -> Contribution:
    return Contribution("0" * 32, community, round_ or None, 1.0, {"sex": sex} if sex else {}, {"warning": value})


VALUES = st.sampled_from([1.0, 5.0, "dont_know"])
INTERVIEWS = st.lists(
    st.builds(_interview, *(st.sampled_from(own) for own in DIMENSIONS.values()), VALUES), max_size=120
)


def _domains() -> Iterator[dict[str, str]]:
    places = [(name, value) for name, values in DIMENSIONS.items() for value in values]
    for size in range(3):
        yield from (dict(each) for each in combinations(places, size) if len(dict(each)) == size)


def _scored(interviews: list[Contribution]) -> list[Contribution]:
    return [each for each in interviews if not isinstance(each.values["warning"], str)]


@given(INTERVIEWS)
def test_what_is_not_told_of_a_published_cell_is_nobodys_or_of_enough(interviews: list[Contribution]) -> None:
    everybody = count(Sample.of(GUARDED, interviews))
    verdicts = judge_all(GUARDED, everybody, ())
    silent = reserved(GUARDED, everybody, verdicts, ["warning"])["warning"]
    for domain in _domains():
        people = _scored(within(interviews, domain))
        unsaid = [each for each in people if place_of(GUARDED, each) in silent]
        if verdicts.on(domain, "warning").suppressed:
            assert unsaid == people
        else:
            assert not unsaid or len(unsaid) >= GUARDED.policy.n_suppress


@given(INTERVIEWS)
def test_where_nothing_is_hidden_everybody_is_told(interviews: list[Contribution]) -> None:
    plenty = interviews * 5
    everybody = count(Sample.of(GUARDED, plenty))
    silent = reserved(GUARDED, everybody, judge_all(GUARDED, everybody, ()), ["warning"])
    assert silent == {"warning": frozenset()}


def test_framework_that_hides_nothing_withholds_nothing() -> None:
    framework = Framework.model_validate(FRAMEWORK)
    everybody = count(Sample.of(framework, [_interview("a", "first", "f", 1.0)]))
    assert reserved(framework, everybody, judge_all(framework, everybody, ()), ["warning"]) == {"warning": frozenset()}
