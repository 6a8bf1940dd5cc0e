"""Laws of which revision counts, over every family that can arrive in any order."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.submissions.lineage import Revision, State, settle

Links = Sequence[int | None]
"""For each revision the number of the one that it replaces."""


def family(links: Links, order: Sequence[int]) -> list[Revision]:
    """Revisions that have arrived in this order, and those that are only named."""
    arrived = [Revision(_id(n), None if links[n] is None else _id(links[n] or 0), order.index(n) + 1) for n in order]
    named = {each.deprecated_id for each in arrived} - {each.instance_id for each in arrived} - {None}
    return arrived + [Revision(each, None, None) for each in named if each]


def states(links: Links, order: Sequence[int]) -> Mapping[int, State]:
    return {instance_id.int: state for instance_id, state in settle(family(links, order)).items()}


def _id(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


@st.composite
def arrivals(draw: st.DrawFn, links: st.SearchStrategy[Links]) -> tuple[Links, list[int]]:
    """A family, and some of its members in the order in which they arrive."""
    drawn = draw(links)
    order = draw(st.permutations(range(len(drawn))))
    return drawn, order[: draw(st.integers(1, len(drawn)))]


CHAINS = st.integers(1, 7).map(lambda length: [None, *range(length - 1)])
TREES = st.integers(1, 8).flatmap(lambda size: st.tuples(st.none(), *(st.integers(0, n) for n in range(size - 1))))
ANYTHING = st.integers(1, 8).flatmap(lambda size: st.lists(st.none() | st.integers(0, size - 1), min_size=size))


@given(CHAINS.flatmap(lambda links: st.tuples(st.just(links), st.permutations(range(len(links))))))
def test_a_chain_ends_the_same_in_any_order(arrival: tuple[Links, list[int]]) -> None:
    links, order = arrival
    *before, last = range(len(links))
    assert states(links, order) == {**dict.fromkeys(before, State.SUPERSEDED), last: State.CURRENT}


@given(arrivals(CHAINS))
def test_of_a_chain_with_gaps_each_piece_has_one_that_counts(arrival: tuple[Links, list[int]]) -> None:
    links, order = arrival
    found = states(links, order)
    for number, state in found.items():
        arrived, replaced = number in order, number + 1 in order
        assert state == ((State.SUPERSEDED if replaced else State.CURRENT) if arrived else State.ANNOUNCED)


@given(arrivals(TREES))
def test_of_several_edits_the_first_to_arrive_counts(arrival: tuple[Links, list[int]]) -> None:
    links, order = arrival
    found = states(links, order)
    edits = {number: [each for each in order if links[each] == number] for number in found}
    assert {each for each in order if edits[each]} == {n for n, state in found.items() if state == State.SUPERSEDED}
    for number in found:
        if links[number] not in found:
            while edits[number]:
                number = edits[number][0]
            assert found[number] == State.CURRENT


@given(arrivals(ANYTHING))
def test_one_revision_of_every_family_counts_even_in_circles(arrival: tuple[Links, list[int]]) -> None:
    links, order = arrival
    found = states(links, order)
    assert {n for n, state in found.items() if state == State.ANNOUNCED} == found.keys() - set(order)
    for members in _families(links, order):
        assert [found[each] for each in members].count(State.CURRENT) == 1


@given(arrivals(ANYTHING), st.randoms(use_true_random=False))
def test_the_order_of_looking_does_not_matter(arrival: tuple[Links, list[int]], random: Random) -> None:
    revisions = family(*arrival)
    shuffled = list(revisions)
    random.shuffle(shuffled)
    assert settle(shuffled) == settle(revisions)


@given(arrivals(TREES), st.data())
def test_after_a_decision_the_chosen_end_counts_and_only_what_nobody_saw_waits(
    arrival: tuple[Links, list[int]], data: st.DataObject
) -> None:
    revisions = family(*arrival)
    ends = [i for i, state in settle(revisions).items() if state in (State.CURRENT, State.CONFLICT)]
    seen = data.draw(st.sets(st.sampled_from(ends), min_size=1))
    for number, kept in enumerate(data.draw(st.lists(st.sampled_from(sorted(seen)), min_size=1, max_size=3)), start=1):
        revisions = [
            replace(r, chosen=number if r.instance_id == kept else None, set_aside=r.instance_id != kept)
            if r.instance_id in seen
            else r
            for r in revisions
        ]
        found = settle(revisions)
        for root in {_root(each, revisions) for each in ends}:
            own = {each: found[each] for each in ends if _root(each, revisions) == root}
            assert list(own.values()).count(State.CURRENT) == 1
            if kept in own:
                assert own[kept] == State.CURRENT
                assert {i for i, s in own.items() if s == State.SET_ASIDE} == (seen & own.keys()) - {kept}


def _root(instance_id: uuid.UUID, revisions: Sequence[Revision]) -> uuid.UUID:
    parents = {revision.instance_id: revision.deprecated_id for revision in revisions}
    while parent := parents.get(instance_id):
        instance_id = parent
    return instance_id


def _families(links: Links, order: Sequence[int]) -> list[set[int]]:
    """The sets of revisions that links of arrived ones hold together."""
    families: list[set[int]] = []
    for number in order:
        own = {number} | ({links[number] or 0} if links[number] is not None else set())
        touching = [each for each in families if each & own]
        families = [each for each in families if not each & own] + [own.union(*touching)]
    return families
