"""Cells are the same bytes whatever the order of their interviews, and whoever was in them for a while."""

import random

from hypothesis import given
from hypothesis import strategies as st

from app.scoring.contribution import Contribution
from app.scoring.framework import Framework
from app.scoring.layout import Layout
from app.scoring.tally import Key, Tally

contributions = st.lists(
    st.builds(
        Contribution,
        instance_id=st.uuids().map(str),
        community=st.sampled_from(["a", None]),
        round=st.sampled_from(["1", None]),
        weight=st.one_of(st.none(), st.floats(1e-3, 1e9)),
        dimensions=st.dictionaries(st.just("sex"), st.sampled_from("fm")),
        values=st.dictionaries(
            st.sampled_from(["warning", "income", "trust", "drill"]),
            st.one_of(st.floats(1, 5), st.sampled_from(["dont_know", "refused"])),
        ),
        psu=st.sampled_from([None, "1", "2"]),
        fpc_psu=st.sampled_from([None, 12.0, 40.0]),
        synthetic=st.booleans(),
    ),
    max_size=10,
)
Stored = dict[Key, dict[str, bytes]]


def _kept(framework: Framework, steps: list[tuple[int, Contribution]]) -> Stored:
    """What is stored after these interviews came (1) and went (-1), the cells written and read at every step."""
    layout, cells = Layout.of(framework), dict[Key, dict[str, bytes]]()
    for sign, each in steps:
        key = Key.of(framework, each)
        tally = Tally.restored(**cells[key]) if key in cells else Tally()
        tally.add(Tally.of(layout, each), sign)
        cells[key] = tally.stored()
        if not tally:
            del cells[key]
    return cells


@given(staying=contributions, leaving=contributions, chance=st.randoms())
def test_any_order_and_any_visitor(
    framework: Framework, staying: list[Contribution], leaving: list[Contribution], chance: random.Random
) -> None:
    steps = [(1, each) for each in (*staying, *leaving)]
    chance.shuffle(steps)
    for each in leaving:
        came = steps.index((1, each))
        steps.insert(chance.randint(came + 1, len(steps)), (-1, each))
    assert _kept(framework, steps) == _kept(framework, [(1, each) for each in staying])


@given(everyone=contributions)
def test_nobody_leaves_nothing(framework: Framework, everyone: list[Contribution]) -> None:
    assert _kept(framework, [(1, each) for each in everyone] + [(-1, each) for each in everyone]) == {}
