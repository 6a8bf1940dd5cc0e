"""Cells are the same bytes whatever the order of their interviews, and whoever was in them for a while."""

import random

from hypothesis import given
from hypothesis import strategies as st

from app.scoring.contribution import Contribution
from app.scoring.framework import Framework
from app.scoring.layout import Layout
from app.scoring.sums import Sample
from app.scoring.tally import FPC_PSU, Change, Key, Tally, apply

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


def _kept(framework: Framework, steps: list[tuple[int, Contribution]], at_once: int = 1) -> Stored:
    """What is stored after these interviews came (1) and went (-1), the cells written and read again between them."""
    layout, cells = Layout.of(framework, invented=True), dict[Key, dict[str, bytes]]()
    for begin in range(0, len(steps), at_once):
        changes = [
            Change.coming(framework, layout, each)._replace(sign=sign) for sign, each in steps[begin : begin + at_once]
        ]
        tallies = {key: Tally.restored(**stored) for key, stored in cells.items()}
        apply(changes, layout, tallies)
        cells = {key: tally.stored() for key, tally in tallies.items() if tally}
    return cells


@given(staying=contributions, leaving=contributions, chance=st.randoms(), at_once=st.integers(1, 20))
def test_any_order_and_any_visitor(
    framework: Framework,
    staying: list[Contribution],
    leaving: list[Contribution],
    chance: random.Random,
    at_once: int,
) -> None:
    steps = [(1, each) for each in (*staying, *leaving)]
    chance.shuffle(steps)
    for each in leaving:
        came = steps.index((1, each))
        steps.insert(chance.randint(came + 1, len(steps)), (-1, each))
    assert _kept(framework, steps, at_once) == _kept(framework, [(1, each) for each in staying])


@given(everyone=contributions)
def test_nobody_leaves_nothing(framework: Framework, everyone: list[Contribution]) -> None:
    assert _kept(framework, [(1, each) for each in everyone] + [(-1, each) for each in everyone]) == {}


@given(coming=contributions, going=contributions)
def test_tallies_apart_add_up_to_one(
    framework: Framework, coming: list[Contribution], going: list[Contribution]
) -> None:
    layout, changes = Layout.of(framework, invented=True), list[Change]()
    changes += [Change.coming(framework, layout, each) for each in coming]
    changes += [Change.coming(framework, layout, each)._replace(sign=-1) for each in going]
    together, apart = dict[Key, Tally](), dict[Key, Tally]()
    apply(changes, layout, together)
    for change in changes:
        alone = dict[Key, Tally]()
        apply([change], layout, alone)
        key = change.key
        apart.setdefault(key, Tally()).add(alone[key])
    assert {key: tally.stored() for key, tally in apart.items()} == {
        key: tally.stored() for key, tally in together.items()
    }


def _interview(values: dict[str, float | str], fpc_psu: float | None = None) -> Contribution:
    return Contribution("1", "a", "1", 1.0, {}, values, psu="1", fpc_psu=fpc_psu)


def test_who_answered_nothing_is_no_respondent(framework: Framework) -> None:
    silent = _interview({"warning": "refused", "income": "refused"})
    half = _interview({"warning": 5, "income": "refused"})
    nodes = Sample.of(framework, [silent, half]).sums().nodes
    assert {
        nodes[node.id].n for node in framework.tree.nodes() if "income" in {leaf.indicator for leaf in node.leaves()}
    } == {1}


def test_the_population_that_only_those_told_who_left_is_forgotten(framework: Framework) -> None:
    layout, tallies = Layout.of(framework, invented=True), dict[Key, Tally]()
    staying, leaving = (Change.coming(framework, layout, _interview({"warning": 5}, each)) for each in (12.0, 40.0))
    apply([staying, leaving, leaving._replace(sign=-1)], layout, tallies)
    assert [list(tally.populations(FPC_PSU)) for tally in tallies.values()] == [[12.0]]
