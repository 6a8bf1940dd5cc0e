"""What must hold of estimates whatever the interviews are."""

import json
import math
import random
from copy import deepcopy
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scoring.contribution import Contribution
from app.scoring.framework import Framework
from app.scoring.indicators import compile_framework
from app.scoring.linearised import mean
from app.scoring.sums import Sample, add_up
from tests.support.score_rows import score_rows
from tests.support.scored import by_indicator

values = st.one_of(st.floats(1, 5), st.sampled_from(["dont_know", "refused", "invalid"]))
scores = st.dictionaries(st.sampled_from(["warning", "evacuation", "income", "prepared", "trust", "drill"]), values)
contributions = st.lists(
    st.builds(
        Contribution,
        instance_id=st.uuids().map(str),
        community=st.sampled_from("abc"),
        round=st.none(),
        weight=st.one_of(st.none(), st.floats(1e-3, 1e4)),
        dimensions=st.dictionaries(st.just("sex"), st.sampled_from("fm")),
        values=scores,
    ),
    max_size=12,
)


@given(interviews=contributions, seed=st.randoms())
def test_any_order_gives_the_same_bytes(
    framework: Framework, interviews: list[Contribution], seed: random.Random
) -> None:
    shuffled = list(interviews)
    seed.shuffle(shuffled)
    by = ["community", "sex"]
    assert json.dumps(score_rows(framework, interviews, by)) == json.dumps(score_rows(framework, shuffled, by))


def test_any_order_of_numbers_that_no_computer_holds_exactly(framework: Framework) -> None:
    interviews = [
        Contribution("uuid:1", None, None, weight, {}, {"warning": score})
        for weight, score in [(0.1, 1.1), (0.2, 2.3), (0.7, 4.9), (1e4, 1.3), (1e-3, 3.7)]
    ]
    sums = [add_up(framework, order).indicators["warning"] for order in permutations(interviews)]
    assert len({frozenset(own.cells.items()) for own in sums}) == 1


@given(interviews=contributions, factor=st.floats(1e-3, 1e3))
def test_weights_have_no_unit(framework: Framework, interviews: list[Contribution], factor: float) -> None:
    heavier = [
        Contribution(c.instance_id, c.community, None, c.weight and c.weight * factor, c.dimensions, c.values)
        for c in interviews
    ]
    for one, other in zip(score_rows(framework, interviews), score_rows(framework, heavier), strict=True):
        assert other["estimate"] == (one["estimate"] and pytest.approx(one["estimate"], rel=1e-12))
        assert (one["n"], one["missing"], one["flags"]) == (other["n"], other["missing"], other["flags"])


@given(interviews=contributions)
def test_the_communities_add_up_to_all(framework: Framework, interviews: list[Contribution]) -> None:
    sample = Sample.of(framework, interviews)
    whole, *parts = [sample.within(domain).sums() for domain in sample.domains(["community"])]
    for name, own in whole.indicators.items():
        shares = [part.indicators[name] for part in parts]
        together = [mean(share.cells).respondents for share in shares]
        everyone = mean(own.cells).respondents
        assert float(sum(part.weight for part in together)) == pytest.approx(float(everyone.weight), rel=1e-12)
        assert sum(part.n for part in together) == everyone.n
        for reason, count in own.missing.items():
            assert sum(share.missing.get(reason, 0) for share in shares) == count
    for node, asked in whole.nodes.items():
        assert sum(part.nodes[node].n for part in parts) == asked.n


@given(interviews=contributions)
def test_a_mean_lies_between_its_scores(framework: Framework, interviews: list[Contribution]) -> None:
    for row in score_rows(framework, interviews):
        assert row["estimate"] is None or 1 - 1e-12 <= row["estimate"] <= 5 + 1e-12
        parts = [child["contribution"] for child in row["children"] if child["contribution"] is not None]
        assert not parts or math.fsum(parts) == pytest.approx(row["estimate"], rel=1e-12)


REVERSED: dict[str, Any] = {"type": "map", "question": "q", "map": {"a": 1, "b": 2.5, "c": 5}}


@given(answers=st.lists(st.tuples(st.sampled_from("abc"), st.floats(1e-3, 1e4)), min_size=1, max_size=12))
def test_reversing_an_item_mirrors_its_mean(framework: Framework, answers: list[tuple[str, float]]) -> None:
    document = framework.model_dump(exclude_none=True)
    plain, turned = ({"id": name, "rule": deepcopy(REVERSED)} for name in ("plain", "turned"))
    turned["rule"]["reverse"] = True
    document["indicators"] = [plain, turned]
    document["tree"] = {"id": "total", "children": [{"indicator": "plain"}]}
    both = Framework.model_validate(document)
    scorer = compile_framework(both)
    interviews = [
        Contribution(
            "uuid:1", None, None, weight, {}, by_indicator(both, scorer.score("household", {"q": answer}).values)
        )
        for answer, weight in answers
    ]
    means = {row["node"]: row["estimate"] for row in score_rows(both, interviews)}
    assert means["turned"] == pytest.approx(6 - (means["plain"] or 0), rel=1e-12)
