"""However interviews are split into batches, ordered and repeated, they end in the same rows, states and scores."""

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from app.scoring.tables import ScoredInterview
from app.submissions.tables import Submission
from tests.submissions.household import interview, new_id
from tests.support.scored import values_of
from tests.support.server import Caller, Server

SCORES = {10: 5.0, 30: 3.0, 90: 1.0}


@dataclass(frozen=True)
class Parcels:
    """`chains` are revisions of one interview each, told apart by their minutes; `order` is how they travel."""

    chains: list[list[int]]
    order: list[tuple[int, int]]
    cuts: set[int]

    def batches(self, items: dict[tuple[int, int], dict[str, Any]]) -> list[list[dict[str, Any]]]:
        batches: list[list[dict[str, Any]]] = [[]]
        for n, position in enumerate(self.order):
            if n in self.cuts:
                batches.append([])
            batches[-1].append(items[position])
        return batches


@st.composite
def parcels(draw: st.DrawFn) -> Parcels:
    chains = draw(st.lists(st.lists(st.sampled_from(sorted(SCORES)), min_size=1, max_size=4), min_size=1, max_size=4))
    positions = [(n, m) for n, chain in enumerate(chains) for m in range(len(chain))]
    sent_again = draw(st.lists(st.sampled_from(positions), max_size=6))
    order = draw(st.permutations(positions + sent_again))
    return Parcels(chains, order, draw(st.sets(st.integers(1, len(order)))))


def chain_of_edits(chain: list[int]) -> list[dict[str, Any]]:
    ids = [new_id() for _ in chain]
    originals = [None, *ids[:-1]]
    return [
        interview(own, edits=edits, minutes=minutes) for own, edits, minutes in zip(ids, originals, chain, strict=True)
    ]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=parcels())
def test_any_split_order_and_repetition_ends_the_same(
    fieldwork: Server, tablet: Caller, admin: Caller, sent: Parcels
) -> None:
    chains = [chain_of_edits(chain) for chain in sent.chains]
    items = {(n, m): item for n, chain in enumerate(chains) for m, item in enumerate(chain)}
    told = [receipt["status"] for batch in sent.batches(items) for receipt in tablet.send(*batch)["receipts"]]
    assert told.count("accepted") == len(chains)
    assert told.count("edited") == len(items) - len(chains)
    assert told.count("duplicate") == len(told) - len(items)
    for n, minutes in enumerate(sent.chains):
        last = len(minutes) - 1
        expected = ["current" if m == last else "superseded" for m in range(len(minutes))]
        ids = [items[n, m]["instance_id"] for m in range(len(minutes))]
        assert kept(fieldwork, ids) == [(s, s == "current", SCORES[m]) for s, m in zip(expected, minutes, strict=True)]
    assert admin.get("/integrity").json()["ok"]


def kept(server: Server, ids: list[str]) -> list[tuple[str, bool, float]]:
    """For each id its state, whether it counts in the scores, and its score."""
    with server.database.read() as session:
        found = {
            f"uuid:{row.instance_id}": (str(row.state), scored.counts, values_of(scored)[0])
            for row, scored in session.exec(
                select(Submission, ScoredInterview).where(Submission.instance_id == ScoredInterview.instance_id)
            )
        }
    return [found[each] for each in ids]
